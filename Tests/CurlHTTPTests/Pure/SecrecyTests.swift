import Testing

@testable import CurlHTTP

@Suite struct SecrecyTests {
    @Test(arguments: [
        ("https://host:6443/api/v1/pods?watch=1&token=x", "https://host:6443/api/v1/pods?…"),
        ("https://user:p%40ss@host/a@b", "https://host/a@b"),
        ("http://user:p@ss@host", "http://host"),
        ("user:secret@host/x#secret", "host/x?…"),
        ("", ""),
    ])
    func `a URL is shown without credentials and query`(_ url: String, _ shown: String) {
        #expect(RedactedURL(url).description == shown)
    }

    @Test func `no value tells its secrets when it is printed or dumped`() {
        let identity = ClientIdentity(certificateChain: Array("secret".utf8), privateKey: Array("secret".utf8))
        let request = TransferRequest(
            .post, "https://host/x?secret", headers: ["Authorization": "Bearer secret"], tls: TLSMaterial(identity: identity),
            proxy: Proxy(url: "http://user:secret@proxy:1"))
        var text = "\(request) \(request.headers) \(request.tls) \(identity) \(String(describing: request.proxy))"
        dump(request.tls, to: &text)
        dump(request.headers, to: &text)
        dump(request.proxy, to: &text)
        // A PEM text is bytes: the first of them would show as their numbers.
        #expect(!text.contains("secret") && !text.contains("115"))
        #expect(request.description == "POST https://host/x?…")
    }

    @Test func `header fields are found whatever their case`() {
        var fields: HeaderFields = ["Content-Type": "a", "X": "1", "x": "2"]
        #expect(fields["content-TYPE"] == "a" && fields["Content_Type"] == nil)
        #expect(fields.values("X") == ["1", "2"])
        fields["X"] = "3"
        #expect(fields.values("x") == ["3"])
        fields["x"] = nil
        #expect(fields["X"] == nil && fields.fields.count == 1)
    }

    @Test func `an empty header value is sent, not left out`() throws {
        let lines = try HeaderLines(TransferRequest(.get, "http://h", headers: ["A": "", "B": " ", "C": "d"]), host: nil).lines
        #expect(lines == ["Expect:", "Accept-Encoding: identity", "A;", "B;", "C: d"])
    }
}
