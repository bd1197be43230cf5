import KubeClient
import Testing

/// The cases are those that Go's documentation of `httpproxy` promises.
struct ProxyRulesTests {
    private let proxy = "http://proxy:3128"

    @Test func `the scheme of the request chooses the proxy`() {
        let rules = ProxyRules(environment: ["HTTPS_PROXY": "http://s:1", "HTTP_PROXY": "http://p:2"])
        #expect(rules.proxy(for: "https://example.com/x") == "http://s:1")
        #expect(rules.proxy(for: "http://example.com/x") == "http://p:2")
        #expect(rules.proxy(for: "ftp://example.com") == nil)
    }

    @Test func `lower-case names count where upper-case ones are absent`() {
        #expect(ProxyRules(environment: ["https_proxy": "http://low"]).proxy(for: "https://a.b") == "http://low")
        #expect(
            ProxyRules(environment: ["https_proxy": "http://low", "HTTPS_PROXY": "http://up"]).proxy(for: "https://a.b") == "http://up")
        #expect(ProxyRules(environment: ["HTTPS_PROXY": "http://p", "no_proxy": "a.b"]).proxy(for: "https://a.b") == nil)
    }

    @Test func `a proxy without a scheme is an http one`() {
        #expect(ProxyRules(httpsProxy: "proxy:3128").proxy(for: "https://example.com") == "http://proxy:3128")
    }

    @Test(arguments: ["https://localhost", "https://127.0.0.1:6443", "https://127.9.9.9", "https://[::1]:6443", "https://LOCALHOST/x"])
    func `loopback is never proxied`(url: String) {
        #expect(ProxyRules(httpsProxy: proxy).proxy(for: url) == nil)
    }

    @Test(arguments: [
        ("*", "https://anything.example", true),
        ("example.com", "https://example.com", true),
        ("example.com", "https://api.example.com:6443", true),
        ("example.com", "https://notexample.com", false),
        (".example.com", "https://api.example.com", true),
        (".example.com", "https://example.com", false),
        ("*.example.com", "https://api.example.com", true),
        ("*.example.com", "https://example.com", false),
        ("EXAMPLE.com", "https://Example.COM", true),
        ("example.com:6443", "https://example.com:6443", true),
        ("example.com:6443", "https://example.com", false),
        ("example.com:443", "https://example.com", true),
        ("10.0.0.1", "https://10.0.0.1", true),
        ("10.0.0.1", "https://10.0.0.2", false),
        ("10.0.0.1:6443", "https://10.0.0.1:6443", true),
        ("10.0.0.1:6443", "https://10.0.0.1", false),
        ("10.0.0.0/8", "https://10.200.3.4", true),
        ("10.0.0.0/8", "https://11.0.0.1", false),
        ("10.96.0.0/12", "https://10.111.255.255", true),
        ("10.96.0.0/12", "https://10.112.0.0", false),
        ("10.0.0.0/33", "https://10.0.0.0", false),
        ("0.0.0.0/0", "https://8.8.8.8", true),
        ("fd00::/8", "https://[fd12:3456::1]:443", true),
        ("fd00::/8", "https://[fe80::1]", false),
        ("::ffff:10.0.0.1", "https://10.0.0.1", true),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", true),
        ("fd00::1", "https://[fd00:0:0:0:0:0:0:1]", true),
        ("a.example, , 10.0.0.0/8 ,b.example", "https://x.b.example", true),
        ("10.0.0.0/8", "https://api.example.com", false),
        ("", "https://example.com", false),
    ])
    func `NO_PROXY is read as Go reads it`(noProxy: String, url: String, isExempt: Bool) {
        let rules = ProxyRules(httpsProxy: proxy, noProxy: noProxy)
        #expect((rules.proxy(for: url) == nil) == isExempt)
    }
}
