package import CurlHTTP
package import KubeCore
package import Logging

/// Carries requests to a real API server over libcurl, signed and secured as a `ClusterConfiguration` says.
///
/// Guarantees: as `KubeTransport`, but that a request refused with 401 may be made once more, and those of `Signer`.
/// Errors: `.configuration` for unusable certificates or proxies, `.unreachable`, `.timedOut`, `.outcomeUnknown` when a write may
/// have been executed, `.cancelled`.
package final class CurlTransport: KubeTransport {
    private let configuration: ClusterConfiguration
    private let http: CurlHTTPClient
    private let proxy: Proxy?
    private let signer: Signer

    /// Errors: `.configuration` when a certificate or token cannot be read now. A credential plugin is first run by a request.
    package init(
        _ configuration: ClusterConfiguration, http: CurlHTTPClient, proxies: ProxyRules, files: FileSource = .disk,
        programs: ProgramRunner = .system, time: any TimeSource, logger: Logger
    ) throws(KubeError) {
        self.configuration = configuration
        self.http = http
        switch configuration.proxy {
        case .environment: proxy = proxies.proxy(for: configuration.server).map { Proxy(url: $0) }
        case .fixed(let url): proxy = Proxy(url: ProxyRules.withScheme(url))
        }
        signer = try Signer(configuration, files: files, programs: programs, time: time, logger: logger)
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        try await signer.send { (identification) async throws(KubeError) in try await exchange(request, identification) }
    }

    private func exchange(_ request: KubeRequest, _ identification: Signer.Identification) async throws(KubeError) -> KubeResponse {
        let transfer = TransferRequest(
            request, to: configuration, authorization: identification.authorization, tls: identification.tls, proxy: proxy)
        let response: TransferResponse
        do {
            response = try await http.execute(transfer)
        } catch {
            throw KubeError(error, origin: configuration.origin)
        }
        let origin = configuration.origin
        let iterator = response.body.makeAsyncIterator()
        let body = KubeBody { () async throws(KubeError) -> [UInt8]? in
            do throws(TransferError) {
                return try await iterator.next(isolation: nil)
            } catch {
                throw KubeError(error, origin: origin)
            }
        }
        let headers = response.headers.fields.map { HeaderField($0.name, $0.value) }
        return KubeResponse(status: response.status, headers: headers, body: body)
    }
}

extension TransferRequest {
    /// The HTTP exchange for a request, as a pure value.
    init(
        _ request: KubeRequest, to configuration: ClusterConfiguration, authorization: String?, tls: TLSMaterial, proxy: Proxy?
    ) {
        var headers: HeaderFields = [:]
        headers.append("Accept", request.accept)
        if let type = request.contentType { headers.append("Content-Type", type) }
        if let authorization { headers.append("Authorization", authorization) }
        for field in configuration.impersonation?.headers ?? [] { headers.append(field.name, field.value) }
        for field in request.headers { headers.append(field.name, field.value) }
        let method: Method =
            switch request.method {
            case .get: .get
            case .post: .post
            case .put: .put
            case .patch: .patch
            case .delete: .delete
            }
        self.init(
            method, configuration.server + request.target, headers: headers, body: method.isSafe ? nil : request.body, tls: tls,
            proxy: proxy, totalTimeout: request.timeout, idleTimeout: request.idleTimeout)
    }
}

extension ClusterConfiguration.Impersonation {
    /// Keys of extras are percent-encoded, as the API server decodes them.
    var headers: [HeaderField] {
        var fields = [HeaderField("Impersonate-User", user)]
        if let uid { fields.append(HeaderField("Impersonate-Uid", uid)) }
        fields += groups.map { HeaderField("Impersonate-Group", $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            fields += values.map { HeaderField("Impersonate-Extra-\(key.percentEncodedPathSegment)", $0) }
        }
        return fields
    }
}
