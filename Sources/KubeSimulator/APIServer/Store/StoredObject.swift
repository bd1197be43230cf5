import KubeCore
import Synchronization

/// One revision of an object, immutable; its bytes are made once and shared by every list and watch.
final class StoredObject: Sendable {
    let key: ObjectKey
    let revision: Int64
    /// The whole object as a client would read it in its storage version.
    let value: JSONValue
    private let members: Mutex<[UInt8]?> = Mutex(nil)
    private let wrapped: Mutex<[UInt8]?> = Mutex(nil)

    init(key: ObjectKey, revision: Int64, value: JSONValue) {
        self.key = key
        self.revision = revision
        self.value = value
    }

    /// The serialised members without `apiVersion` and `kind` and without the braces; never empty.
    var memberBytes: [UInt8] {
        members.withLock { cached in
            if let cached { return cached }
            let made = Self.memberBytes(of: value)
            cached = made
            return made
        }
    }

    /// The whole object in protobuf; empty for kinds that have no such form.
    var protobuf: [UInt8] {
        wrapped.withLock { cached in
            if let cached { return cached }
            let made = ProtobufEncoder.wrapped(value) ?? []
            cached = made
            return made
        }
    }

    static func memberBytes(of value: JSONValue) -> [UInt8] {
        var members = value.object ?? [:]
        members["apiVersion"] = nil
        members["kind"] = nil
        return Array(JSONValue.object(members).serialized.dropFirst().dropLast())
    }

    var metadata: JSONValue { value["metadata"] ?? .object([:]) }
    var uid: String { metadata["uid"]?.string ?? "" }
    var labels: [String: JSONValue] { metadata["labels"]?.object ?? [:] }
    var isDeleting: Bool { metadata["deletionTimestamp"] != nil }
}

/// One step of a table's history.
struct StoredChange: Sendable {
    enum Kind: Sendable { case added, modified, deleted }

    var revision: Int64
    var kind: Kind
    /// The object after the change; for a deletion its last state, with the deletion's revision.
    var object: StoredObject
    var previous: StoredObject?
}
