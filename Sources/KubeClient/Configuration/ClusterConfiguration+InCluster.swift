package import KubeCore

extension ClusterConfiguration {
    static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration that every pod gets; nil outside of one.
    ///
    /// Errors: `.configuration` when the pod has no service account mounted.
    package static func inCluster(_ environment: [String: String], _ files: FileSource) throws(KubeError) -> ClusterConfiguration? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else { return nil }
        let port = environment["KUBERNETES_SERVICE_PORT"] ?? ""
        guard let number = UInt16(port), number > 0 else {
            throw KubeError(.configuration, "KUBERNETES_SERVICE_PORT is \"\(port)\" and no port; the kubelet should set it in every pod")
        }
        let tokenPath = serviceAccountDirectory + "/token"
        guard try files.read(tokenPath) != nil else {
            throw KubeError(
                .configuration,
                "\(tokenPath) does not exist: the pod's service account is not mounted; set automountServiceAccountToken: true")
        }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        var configuration = ClusterConfiguration(server: "https://\(bracketed):\(number)", origin: "the pod's service account")
        configuration.credential = .tokenFile(tokenPath, fallback: nil)
        configuration.trust = .authorities(.file(serviceAccountDirectory + "/ca.crt"))
        if let bytes = try files.read(serviceAccountDirectory + "/namespace") {
            let name = String(decoding: bytes, as: UTF8.self).trimmed
            if !name.isEmpty { configuration.namespace = name }
        }
        return configuration
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
