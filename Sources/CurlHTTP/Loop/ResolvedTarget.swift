import CLibcurl

/// A request's URL, checked, and where the connection goes if another name is to be asked for by TLS.
///
/// libcurl has no option for that name: it always asks for the URL's host. So the URL gets the name to ask for,
/// the connection is told where to go instead, and `Host` keeps what the URL said.
struct ResolvedTarget {
    let url: String
    /// For CURLOPT_CONNECT_TO.
    private(set) var connectTo: String?
    /// For the `Host` header field, if libcurl's own would be wrong.
    private(set) var host: String?

    /// - Throws: `TransferError` with reason `invalidRequest`, which never repeats the URL's secrets.
    init(_ request: TransferRequest) throws(TransferError) {
        guard let parts = curl_url() else { throw Self.invalid(request, "no memory for the URL") }
        defer { curl_url_cleanup(parts) }
        let code = curl_url_set(parts, CURLUPART_URL, request.url, UInt32(CURLU_PATH_AS_IS))
        guard code == CURLUE_OK else {
            throw Self.invalid(request, "not a usable URL: \(String(cString: curl_url_strerror(code)))")
        }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: parts), scheme == "https" || scheme == "http" else {
            throw Self.invalid(request, "not an http or https URL")
        }
        guard Self.part(CURLUPART_USER, of: parts) == nil, Self.part(CURLUPART_PASSWORD, of: parts) == nil else {
            throw Self.invalid(request, "credentials in the URL are not supported, they belong in a header field")
        }
        guard let name = request.tls.serverName, scheme == "https" else {
            url = request.url
            return
        }
        guard let host = Self.part(CURLUPART_HOST, of: parts),
            let port = Self.part(CURLUPART_PORT, of: parts, UInt32(CURLU_DEFAULT_PORT)),
            curl_url_set(parts, CURLUPART_HOST, name, 0) == CURLUE_OK,
            let changed = Self.part(CURLUPART_URL, of: parts)
        else { throw Self.invalid(request, "not a usable server name: \(name)") }
        url = changed
        connectTo = "::\(host):\(port)"
        self.host = port == "443" ? host : "\(host):\(port)"
    }

    private static func invalid(_ request: TransferRequest, _ message: String) -> TransferError {
        TransferError(.invalidRequest, "\(request): \(message)")
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
