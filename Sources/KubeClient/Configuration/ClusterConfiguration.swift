package import KubeCore

/// How to reach one API server, as whom, and whom to believe.
package struct ClusterConfiguration: Sendable, Hashable {
    /// Bytes that are given, or a file that may change while the program runs.
    package enum Material: Sendable, Hashable {
        case data([UInt8])
        case file(String)
    }

    package enum Trust: Sendable, Hashable {
        case system
        case authorities(Material)
        /// Anyone: `insecure-skip-tls-verify`.
        case unverified
    }

    package struct ClientCertificate: Sendable, Hashable {
        package var chain: Material
        package var key: Material
    }

    package enum Credential: Sendable, Hashable {
        case none
        case token(String)
        /// Read again at most every minute; `fallback` when it cannot be read.
        case tokenFile(String, fallback: String?)
        case basic(user: String, password: String)
        /// Run when there is need; what it says counts until it expires.
        case exec(ExecPlugin)
    }

    package struct Impersonation: Sendable, Hashable {
        package var user: String
        package var uid: String?
        package var groups: [String] = []
        package var extra: [String: [String]] = [:]
    }

    package enum ProxyChoice: Sendable, Hashable {
        /// By `HTTPS_PROXY` and `NO_PROXY`.
        case environment
        /// This one, whatever `NO_PROXY` says: `proxy-url`.
        case fixed(String)
    }

    /// `https://host:port`, perhaps with a path, without a slash at the end.
    package var server: String
    /// The namespace of the context or of the pod; `default` when neither says one.
    package var namespace: String
    package var trust: Trust = .system
    package var tlsServerName: String?
    package var clientCertificate: ClientCertificate?
    package var credential: Credential = .none
    package var impersonation: Impersonation?
    package var proxy: ProxyChoice = .environment
    /// For messages: `the pod's service account`, or `context a of /home/x/.kube/config`.
    package var origin: String

    package init(server: String, namespace: String = "default", origin: String) {
        self.server = server
        self.namespace = namespace
        self.origin = origin
    }
}

extension ClusterConfiguration: CustomStringConvertible {
    /// Without any secret.
    package var description: String { "\(server) (\(origin))" }
}

extension ClusterConfiguration {
    /// Where configuration comes from: values that the executable reads.
    package struct Sources: Sendable {
        /// `--kubeconfig`
        package var kubeconfig: String?
        /// `--context`
        package var context: String?
        package var environment: [String: String]
        package var home: String?
        package var files: FileSource

        package init(
            kubeconfig: String? = nil, context: String? = nil, environment: [String: String], home: String?, files: FileSource = .disk
        ) {
            self.kubeconfig = kubeconfig
            self.context = context
            self.environment = environment
            self.home = home
            self.files = files
        }
    }

    /// The flag's file, else the files of `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
    ///
    /// Errors: `.configuration`, naming the file, the context and what to do.
    package static func load(_ sources: Sources) throws(KubeError) -> ClusterConfiguration {
        if let path = sources.kubeconfig, !path.isEmpty {
            return try resolve([path], mustExist: true, sources)
        }
        let listed = (sources.environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        if !listed.isEmpty { return try resolve(listed, mustExist: false, sources) }
        if sources.context == nil, let configuration = try inCluster(sources.environment, sources.files) { return configuration }
        guard let home = sources.home, !home.isEmpty else {
            throw KubeError(
                .configuration, "no cluster is configured: there is no home directory; pass --kubeconfig FILE or set KUBECONFIG")
        }
        return try resolve([home + "/.kube/config"], mustExist: true, sources)
    }

    private static func resolve(_ paths: [String], mustExist: Bool, _ sources: Sources) throws(KubeError) -> ClusterConfiguration {
        let kubeconfig = try Kubeconfig.load(paths, mustExist: mustExist, sources.files)
        return try kubeconfig.configuration(forContext: sources.context)
    }
}
