import KubeCore

/// A kind as the server serves it.
struct ResourceDefinition: Sendable {
    /// What moves `metadata.generation`.
    enum Generation: Sendable {
        case none
        /// A change of `spec`.
        case spec
        /// A change of anything but metadata, and of `status` only when it is no subresource.
        case content
    }

    var type: ResourceType
    /// Where the objects are kept; two API groups may serve one table (Events).
    var storage: GroupResource
    var singular: String
    var listKind: String
    var shortNames: [String] = []
    var categories: [String] = []
    var verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    var hasStatus = false
    /// Beside `status`, such as `eviction`.
    var subresources: [Subresource] = []
    var generation = Generation.none
    var strategy: any ResourceStrategy = PlainStrategy()
    /// The fields and how they merge; nil for kinds that are taken as they come.
    var fields: FieldType = .any
    var columns: [PrinterColumn] = []
    var custom: CustomKind?
    var names = NameRule.subdomain
    /// PUT to a missing object creates it.
    var createsOnUpdate = false
    /// PUT without a resourceVersion overwrites.
    var updatesUnconditionally = true
    /// A completed deletion is answered with the object, not with a Status.
    var returnsDeletedObject = false

    struct Subresource: Sendable {
        var name: String
        var kind: String
        var group: String
        var version: String
        var verbs: [String]
    }

    var groupResource: GroupResource { GroupResource(type) }
    var isCustom: Bool { custom != nil }

    /// `Widget.example.dev`, as messages name a kind.
    var qualifiedKind: String { type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)" }

    init(_ type: ResourceType, singular: String? = nil) {
        self.type = type
        storage = GroupResource(type)
        self.singular = singular ?? type.kind.lowercased()
        listKind = "\(type.kind)List"
    }
}

/// What a kind does beyond storing: defaults, what clients may not set, and what is refused.
protocol ResourceStrategy: Sendable {
    /// The defaults of the API version: what is owned by whoever wrote the object.
    func applyDefaults(_ object: inout JSONValue)
    /// Drops what clients may not set and adds what admission and the server add, which nobody owns.
    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState)
    /// Keeps what clients may not change.
    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue, subresource: String?)
    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem]
}

extension ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {}
    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {}
    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue, subresource: String?) {}
    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] { [] }
}

/// Stores what comes.
struct PlainStrategy: ResourceStrategy {}

struct PrinterColumn: Sendable, Hashable {
    var name: String
    var type: String
    var format = ""
    var description = ""
    var priority: Int64 = 0
    var jsonPath = ""
}
