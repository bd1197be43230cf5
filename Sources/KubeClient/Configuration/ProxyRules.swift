/// Which requests go through a proxy, decided as Go's programs do it, from values and never from libcurl's own look at the environment.
///
/// `HTTPS_PROXY` and `HTTP_PROXY` by the request's scheme (lower-case names count where upper-case ones are absent); `NO_PROXY` is a
/// comma-separated list of `*`, addresses, CIDR ranges and domains, each domain with its subdomains, a leading dot for those alone,
/// and optionally with a port. Loopback is never proxied.
package struct ProxyRules: Sendable, Hashable {
    package var httpsProxy: String?
    package var httpProxy: String?
    package var noProxy: String

    package init(httpsProxy: String? = nil, httpProxy: String? = nil, noProxy: String = "") {
        self.httpsProxy = httpsProxy
        self.httpProxy = httpProxy
        self.noProxy = noProxy
    }

    package init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            for key in [name, name.lowercased()] {
                if let value = environment[key], !value.isEmpty { return value }
            }
            return nil
        }
        self.init(httpsProxy: value("HTTPS_PROXY"), httpProxy: value("HTTP_PROXY"), noProxy: value("NO_PROXY") ?? "")
    }

    /// The proxy's URL for an absolute URL, or nil for none.
    package func proxy(for url: String) -> String? {
        guard let target = Target(url) else { return nil }
        guard let proxy = target.isSecure ? httpsProxy : httpProxy else { return nil }
        guard !target.isLoopback, !isExempt(target) else { return nil }
        return Self.withScheme(proxy)
    }

    static func withScheme(_ proxy: String) -> String { proxy.contains("://") ? proxy : "http://" + proxy }

    private func isExempt(_ target: Target) -> Bool {
        for part in noProxy.split(separator: ",") {
            let rule = String(part).trimmed.lowercased()
            if rule == "*" { return true }
            if !rule.isEmpty, matches(rule, target) { return true }
        }
        return false
    }

    private func matches(_ rule: String, _ target: Target) -> Bool {
        if let slash = rule.lastIndex(of: "/") {
            guard let network = IPAddress(String(rule[..<slash])), let length = Int(rule[rule.index(after: slash)...]),
                let address = target.address
            else { return false }
            return address.isIn(network, prefixLength: length)
        }
        let (written, port) = Target.split(rule)
        var host = written
        if let port, port != target.port { return false }
        if let address = IPAddress(host) { return address == target.address }
        if host.hasPrefix("*.") { host.removeFirst() }
        if host.hasPrefix(".") { return target.host.hasSuffix(host) }
        return target.host == host || target.host.hasSuffix("." + host)
    }

    /// Scheme, host and port of a URL.
    struct Target {
        let isSecure: Bool
        let host: String
        let port: String
        let address: IPAddress?

        init?(_ url: String) {
            guard let separator = url.firstRange(of: "://") else { return nil }
            let scheme = url[..<separator.lowerBound].lowercased()
            guard scheme == "https" || scheme == "http" else { return nil }
            isSecure = scheme == "https"
            let authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let (host, port) = Self.split(authority.lowercased())
            guard !host.isEmpty else { return nil }
            self.host = host
            self.port = port ?? (isSecure ? "443" : "80")
            address = IPAddress(host)
        }

        var isLoopback: Bool { host == "localhost" || address?.isLoopback == true }

        /// `host:port`, `[v6]:port`, `v6` or `host`; brackets are taken off.
        static func split(_ text: String) -> (host: String, port: String?) {
            if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
                let host = String(text[text.index(after: text.startIndex)..<end])
                let rest = text[text.index(after: end)...]
                return (host, rest.hasPrefix(":") ? String(rest.dropFirst()) : nil)
            }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (text, nil)
        }
    }
}
