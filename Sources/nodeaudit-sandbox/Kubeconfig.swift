import FoundationEssentials

/// The smallest kubeconfig that reaches a server.
struct Kubeconfig {
    var server: String

    var text: String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: sandbox
          cluster:
            server: \(server)
        contexts:
        - name: sandbox
          context:
            cluster: sandbox
            user: sandbox
        users:
        - name: sandbox
          user: {}
        current-context: sandbox

        """
    }

    /// Readers see either no file or the whole file.
    func write(to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
