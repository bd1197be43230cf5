import FoundationEssentials
package import KubeCore

extension Kubeconfig {
    /// What the context says, or the current one when nil.
    ///
    /// Errors: `.configuration`, naming the file, the context and what to do.
    package func configuration(forContext wanted: String?) throws(KubeError) -> ClusterConfiguration {
        guard let name = wanted ?? currentContext else {
            throw KubeError(.configuration, "\(place) has no current-context; choose one with --context\(known(contexts, "contexts"))")
        }
        guard let context = contexts[name] else {
            let origin = wanted == nil ? "the current-context of \(place)" : "--context"
            throw KubeError(.configuration, "\(origin) names the context \"\(name)\", which does not exist\(known(contexts, "contexts"))")
        }
        let origin = "context \(name) of \(context.file)"
        let cluster = try entry(context, "cluster", in: clusters, origin)
        var configuration = try connection(to: cluster, origin)
        if let namespace = context.value["namespace"]?.string, !namespace.isEmpty { configuration.namespace = namespace }
        if let userName = context.value["user"]?.string, !userName.isEmpty {
            let user = try entry(context, "user", in: users, origin)
            try authenticate(&configuration, as: Details(user, "user \(userName)", origin))
        }
        return configuration
    }

    private func known(_ entries: [String: Entry], _ what: String) -> String {
        entries.isEmpty ? "; it has no \(what)" : "; there are: \(entries.keys.sorted().joined(separator: ", "))"
    }

    private func entry(
        _ context: Entry, _ member: String, in entries: [String: Entry], _ origin: String
    ) throws(KubeError) -> Entry {
        guard let name = context.value[member]?.string, !name.isEmpty else {
            throw KubeError(.configuration, "\(origin) names no \(member)")
        }
        guard let entry = entries[name] else {
            throw KubeError(
                .configuration, "\(origin) names the \(member) \"\(name)\", which does not exist\(known(entries, "\(member)s"))")
        }
        return entry
    }

    private func connection(to entry: Entry, _ origin: String) throws(KubeError) -> ClusterConfiguration {
        let details = Details(entry, "its cluster", origin)
        guard var server = try details.text("server") else { throw KubeError(.configuration, "\(origin): its cluster has no server") }
        while server.hasSuffix("/") { server.removeLast() }
        if !server.contains("://") { server = "http://" + server }
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw KubeError(.configuration, "\(origin): the server \(server) is neither https nor http")
        }
        var configuration = ClusterConfiguration(server: server, origin: origin)
        configuration.tlsServerName = try details.text("tls-server-name")
        let authority = try details.material("certificate-authority")
        if entry.value["insecure-skip-tls-verify"]?.bool == true {
            guard authority == nil else {
                throw KubeError(
                    .configuration, "\(origin): its cluster has both a certificate-authority and insecure-skip-tls-verify; remove one")
            }
            configuration.trust = .unverified
        } else if let authority {
            configuration.trust = .authorities(authority)
        }
        if let proxy = try details.text("proxy-url") { configuration.proxy = .fixed(proxy) }
        return configuration
    }

    private func authenticate(_ configuration: inout ClusterConfiguration, as user: Details) throws(KubeError) {
        for plugin in ["exec", "auth-provider"] where user.value[plugin]?.isNull == false {
            let command = user.value[plugin]?["command"]?.string ?? user.value[plugin]?["name"]?.string ?? "unnamed"
            throw KubeError(
                .configuration,
                "\(user.origin): \(user.who) signs in through \(plugin) (\(command)), which is not supported yet; "
                    + "use a context with a token, for example from: kubectl create token")
        }
        let chain = try user.material("client-certificate")
        let key = try user.material("client-key")
        switch (chain, key) {
        case (let chain?, let key?): configuration.clientCertificate = ClusterConfiguration.ClientCertificate(chain: chain, key: key)
        case (nil, nil): break
        case (_?, nil): throw KubeError(.configuration, "\(user.origin): \(user.who) has a client-certificate and no client-key")
        case (nil, _?): throw KubeError(.configuration, "\(user.origin): \(user.who) has a client-key and no client-certificate")
        }
        let token = try user.text("token")
        if let file = try user.text("tokenFile") {
            configuration.credential = .tokenFile(user.path(file), fallback: token)
        } else if let token {
            configuration.credential = .token(token)
        } else if let name = try user.text("username") {
            configuration.credential = .basic(user: name, password: try user.text("password") ?? "")
        }
        configuration.impersonation = try user.impersonation()
    }
}

/// The members of one cluster or user, read with messages that say where.
private struct Details {
    let value: JSONValue
    let file: String
    let who: String
    let origin: String

    init(_ entry: Kubeconfig.Entry, _ who: String, _ origin: String) {
        value = entry.value
        file = entry.file
        self.who = who
        self.origin = origin
    }

    /// nil when absent or empty.
    func text(_ key: String) throws(KubeError) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string else { throw KubeError(.configuration, "\(origin): \(key) of \(who) is no text") }
        return text.isEmpty ? nil : text
    }

    /// `key-data` in base64, else the file that `key` names.
    func material(_ key: String) throws(KubeError) -> ClusterConfiguration.Material? {
        if let encoded = try text(key + "-data") {
            guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw KubeError(.configuration, "\(origin): \(key)-data of \(who) is not base64")
            }
            return .data(Array(data))
        }
        return try text(key).map { .file(path($0)) }
    }

    /// Relative to the directory of the file in which it stands.
    func path(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }

    func impersonation() throws(KubeError) -> ClusterConfiguration.Impersonation? {
        guard let user = try text("as") else {
            guard value["as-groups"] == nil, value["as-uid"] == nil, value["as-user-extra"] == nil else {
                throw KubeError(.configuration, "\(origin): \(who) impersonates groups, a uid or extras, but no user: set `as`")
            }
            return nil
        }
        var impersonation = ClusterConfiguration.Impersonation(user: user)
        impersonation.uid = try text("as-uid")
        impersonation.groups = (value["as-groups"]?.array ?? []).compactMap(\.string)
        for (key, values) in value["as-user-extra"]?.object ?? [:] {
            impersonation.extra[key] = (values.array ?? []).compactMap(\.string)
        }
        return impersonation
    }
}
