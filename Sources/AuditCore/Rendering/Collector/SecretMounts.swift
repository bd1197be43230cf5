import KubeCore

/// The secrets of a policy's outputs, in the order of first use: each a file in the collector's pod and, where the
/// collector wants the content itself, a variable that Fluent Bit fills from the file.
///
/// The operator never sees what is inside. One that is missing keeps the pod from starting, which its events say.
struct SecretMounts: Sendable {
    private var references: [AuditPolicy.SecretReference] = []
    private var variables: Set<Int> = []
    /// The file of AWS credentials, where an output has one; the process knows one.
    private(set) var awsCredentials: String?

    private static let root = "/var/run/secrets/nodeaudit"
    /// A rotated secret is in the pod's file after about a minute. Fluent Bit 5.1.1 reads the file when it starts, and again
    /// only for plugins that ask, which no output does: a new secret needs a restart (docs/destinations.md).
    private static let refreshSeconds = 60

    /// The file with the secret's content.
    mutating func file(of reference: AuditPolicy.SecretReference) -> String { Self.path(index(of: reference)) }

    /// `${…}`, which Fluent Bit replaces by the content without a final line break.
    mutating func variable(of reference: AuditPolicy.SecretReference) -> String {
        let index = index(of: reference)
        variables.insert(index)
        return "${\(Self.name(index))}"
    }

    /// The first one counts; the review refuses others.
    mutating func useAWSCredentials(_ reference: AuditPolicy.SecretReference) {
        if awsCredentials == nil { awsCredentials = file(of: reference) }
    }

    private mutating func index(of reference: AuditPolicy.SecretReference) -> Int {
        if let index = references.firstIndex(of: reference) { return index }
        references.append(reference)
        return references.count - 1
    }

    private static func name(_ index: Int) -> String { "NODEAUDIT_SECRET_\(index)" }
    private static func path(_ index: Int) -> String { "\(root)/\(index)/value" }

    /// Fluent Bit's section `env`.
    var environment: CollectorDocument {
        .list(
            variables.sorted().map { index in
                .mapping([
                    .init("name", Self.name(index)), .init("uri", "file://\(Self.path(index))"),
                    .init("refresh_interval", Self.refreshSeconds),
                ])
            })
    }

    var hasVariables: Bool { !variables.isEmpty }

    var volumes: [Volume] {
        references.enumerated().map { index, reference in
            var volume = Volume(name: "secret-\(index)")
            let item = Volume.KeyToPath(key: reference.secretRef.key, path: "value")
            // 0400: read by the collector's root alone.
            volume.secret = Volume.SecretSource(secretName: reference.secretRef.name, items: [item], defaultMode: 0o400)
            return volume
        }
    }

    /// Directories, not single files: only those are renewed when the Secret changes.
    var mounts: [Container.VolumeMount] {
        references.indices.map { Container.VolumeMount(name: "secret-\($0)", mountPath: "\(Self.root)/\($0)", readOnly: true) }
    }
}
