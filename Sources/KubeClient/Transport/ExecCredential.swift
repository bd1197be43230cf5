import CurlHTTP
import FoundationEssentials
import KubeCore

/// What a credential plugin answered: a token, a client certificate, or both, and until when.
struct ExecCredential: Sendable, Hashable {
    var token: String?
    var identity: ClientIdentity?
    /// nil: for as long as the server takes it.
    var expiry: Timestamp?

    func isExpired(at now: Timestamp) -> Bool { expiry.map { $0 <= now } ?? false }

    /// Errors: `.configuration`, without a word of what stands in the answer.
    init(answer: [UInt8], of plugin: ExecPlugin) throws(KubeError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: answer)
        } catch {
            throw plugin.problem("answered with something that is not JSON")
        }
        guard value["kind"]?.string == "ExecCredential" else { throw plugin.problem("answered with something that is no ExecCredential") }
        guard value["apiVersion"]?.string == plugin.version.rawValue else {
            throw plugin.problem(
                "answered in \(value["apiVersion"]?.string ?? "no version"); its entry in the kubeconfig says \(plugin.version.rawValue)")
        }
        let status = value["status"]
        if let token = status?["token"]?.string, !token.isEmpty { self.token = token }
        identity = try Self.identity(status, plugin)
        guard token != nil || identity != nil else { throw plugin.problem("answered without a token or a client certificate") }
        if let text = status?["expirationTimestamp"]?.string {
            guard let time = Timestamp(text) else { throw plugin.problem("answered with an expirationTimestamp that is no time") }
            expiry = time
        }
    }

    private static func identity(_ status: JSONValue?, _ plugin: ExecPlugin) throws(KubeError) -> ClientIdentity? {
        let chain = status?["clientCertificateData"]?.string ?? ""
        let key = status?["clientKeyData"]?.string ?? ""
        if chain.isEmpty, key.isEmpty { return nil }
        guard !chain.isEmpty, !key.isEmpty else { throw plugin.problem("answered with half of a client certificate and its key") }
        return ClientIdentity(certificateChain: Array(chain.utf8), privateKey: Array(key.utf8))
    }
}

extension ExecPlugin {
    /// `what` goes on after the program's name.
    func problem(_ what: String) -> KubeError { KubeError(.configuration, "the credential plugin \(command) \(what)") }

    /// The value of `KUBERNETES_EXEC_INFO`: the version, that there is no terminal, and the cluster if it is wanted.
    ///
    /// Errors: `.configuration` when the cluster's certificate authority cannot be read.
    func question(about configuration: ClusterConfiguration, _ files: FileSource) throws(KubeError) -> String {
        var spec: JSONValue = ["interactive": false]
        if wantsClusterInfo { spec["cluster"] = try clusterInfo(configuration, files) }
        let question: JSONValue = ["kind": "ExecCredential", "apiVersion": .string(version.rawValue), "spec": spec]
        return String(decoding: question.serialized, as: UTF8.self)
    }

    private func clusterInfo(_ configuration: ClusterConfiguration, _ files: FileSource) throws(KubeError) -> JSONValue {
        var cluster: JSONValue = ["server": .string(configuration.server)]
        if let name = configuration.tlsServerName { cluster["tls-server-name"] = .string(name) }
        switch configuration.trust {
        case .system: break
        case .unverified: cluster["insecure-skip-tls-verify"] = true
        case .authorities(let authorities):
            let bytes = try configuration.bytes(of: authorities, files, "the cluster's certificate authority")
            cluster["certificate-authority-data"] = .string(Data(bytes).base64EncodedString())
        }
        if case .fixed(let proxy) = configuration.proxy { cluster["proxy-url"] = .string(proxy) }
        if let clusterConfiguration { cluster["config"] = clusterConfiguration }
        return cluster
    }
}
