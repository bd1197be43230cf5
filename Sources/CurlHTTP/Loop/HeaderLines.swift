/// The header fields of a request, checked and spelled as libcurl wants them.
struct HeaderLines {
    let lines: [String]

    /// Fields that the client itself answers for.
    private static let reserved: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "expect", "te", "upgrade",
    ]

    /// - Throws: `TransferError` with reason `invalidRequest` for a field that is reserved or would break out of its line.
    ///   The message tells the field's name, never its value.
    init(_ request: TransferRequest, host: String?) throws(TransferError) {
        // A colon and nothing behind it: libcurl leaves the field out.
        var lines = ["Expect:"]
        if let host { lines.append("Host: \(host)") }
        if request.headers["Accept-Encoding"] == nil { lines.append("Accept-Encoding: identity") }
        for field in request.headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isNameByte) else {
                throw .invalid(request, "not a name for a header field")
            }
            guard !Self.reserved.contains(field.name.lowercased()) else {
                throw .invalid(request, "the header field \(field.name) is not the caller's")
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalid(request, "the header field \(field.name) has a control character in its value")
            }
            // A semicolon stands for an empty value: libcurl would leave out a field that ends with its colon.
            let isBlank = field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        self.lines = lines
    }

    /// RFC 9110, 5.6.2: a token, though without those marks that nobody uses.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

extension TransferError {
    static func invalid(_ request: TransferRequest, _ message: String) -> TransferError {
        TransferError(.invalidRequest, "\(request): \(message)")
    }
}
