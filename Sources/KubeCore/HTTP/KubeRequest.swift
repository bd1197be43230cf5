/// One call of the Kubernetes API as a plain value, so that every verb is tested without a socket.
package struct KubeRequest: Sendable, Hashable {
    package enum Method: String, Sendable, Hashable { case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE" }

    package var method: Method
    /// Percent-encoded already, with a leading slash and without a query.
    package var path: String
    /// Unencoded names and values, in the order they are sent.
    package var query: [QueryItem]
    package var contentType: String?
    package var accept: String
    package var body: [UInt8]
    /// Further headers in wire order, such as `Impersonate-User`.
    package var headers: [HeaderField]
    /// How long the whole exchange may take; nil for watches, which are bounded by their own `timeoutSeconds` and the idle limit.
    package var timeout: Duration?
    /// The longest silence between two received bytes before the exchange is given up; nil for none.
    package var idleTimeout: Duration?

    package init(
        method: Method, path: String, query: [QueryItem] = [], contentType: String? = nil, accept: String = "application/json",
        body: [UInt8] = [], headers: [HeaderField] = [], timeout: Duration? = .seconds(30), idleTimeout: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.accept = accept
        self.body = body
        self.headers = headers
        self.timeout = timeout
        self.idleTimeout = idleTimeout
    }

    /// Path and encoded query, as the request line carries them.
    package var target: String {
        guard !query.isEmpty else { return path }
        let items = query.map { "\($0.name.percentEncodedQueryPart)=\($0.value.percentEncodedQueryPart)" }
        return path + "?" + items.joined(separator: "&")
    }
}

package struct QueryItem: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

package struct HeaderField: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension String {
    /// RFC 3986 unreserved characters stay; everything else is percent-encoded, so no name can add a path segment.
    package var percentEncodedPathSegment: String { percentEncoded }
    package var percentEncodedQueryPart: String { percentEncoded }

    private var percentEncoded: String {
        var output: [UInt8] = []
        let hex = Array("0123456789ABCDEF".utf8)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                output.append(byte)
            default:
                output.append(UInt8(ascii: "%"))
                output.append(hex[Int(byte >> 4)])
                output.append(hex[Int(byte & 15)])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Percent-decoded UTF-8, or nil when an escape is broken. `plusIsSpace` for query strings.
    package func percentDecoded(plusIsSpace: Bool = false) -> String? {
        var output: [UInt8] = []
        var bytes = Array(utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
                bytes = bytes.dropFirst(2)
                output.append(value)
            } else {
                output.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: output, as: UTF8.self)
    }
}
