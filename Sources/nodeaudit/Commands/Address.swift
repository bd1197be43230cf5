import ArgumentParser

/// `host:port`, with brackets around an IPv6 host; an empty host means all addresses.
struct Address {
    var host: String
    var port: Int

    init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
            throw ValidationError("\"\(text)\" is not an address; write host:port, such as 0.0.0.0:8080")
        }
        let host = text[..<colon]
        self.port = port
        self.host =
            host.isEmpty ? "0.0.0.0" : host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}
