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
            try authenticate(&configuration, as: KubeconfigDetails(user, "user \(userName)", origin), at: cluster.value)
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
        let details = KubeconfigDetails(entry, "its cluster", origin)
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

    /// What the file itself has goes before what a program would say, as for kubectl.
    private func authenticate(
        _ configuration: inout ClusterConfiguration, as user: KubeconfigDetails, at cluster: JSONValue
    ) throws(KubeError) {
        if let provider = user.value["auth-provider"], !provider.isNull {
            throw user.problem(
                "signs in through auth-provider (\(provider["name"]?.string ?? "unnamed")), which Kubernetes 1.26 removed; "
                    + "use an exec plugin or a token")
        }
        let chain = try user.material("client-certificate")
        let key = try user.material("client-key")
        switch (chain, key) {
        case (let chain?, let key?): configuration.clientCertificate = ClusterConfiguration.ClientCertificate(chain: chain, key: key)
        case (nil, nil): break
        case (_?, nil): throw user.problem("has a client-certificate and no client-key")
        case (nil, _?): throw user.problem("has a client-key and no client-certificate")
        }
        let token = try user.text("token")
        if let file = try user.text("tokenFile") {
            configuration.credential = .tokenFile(user.path(file), fallback: token)
        } else if let token {
            configuration.credential = .token(token)
        } else if let name = try user.text("username") {
            configuration.credential = .basic(user: name, password: try user.text("password") ?? "")
        } else if let exec = user.value["exec"], !exec.isNull {
            configuration.credential = .exec(try ExecPlugin(exec, of: user, at: cluster))
        }
        configuration.impersonation = try user.impersonation()
    }
}
