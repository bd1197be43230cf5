import KubeCore

/// `metadata.managedFields` as a value: who owns which fields, per manager, operation, version and subresource.
struct ManagedFields: Sendable {
    struct Identifier: Hashable, Sendable {
        var manager: String
        var operation: String
        var apiVersion: String
        var subresource: String
    }

    struct Entry: Sendable {
        var fields: FieldSet
        var time: String?
    }

    private(set) var entries: [Identifier: Entry] = [:]

    /// What nobody owns: the server's own, and the identity of the object.
    private static let unowned: [[String]] =
        [["f:apiVersion"], ["f:kind"], ["f:metadata"]]
        + [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion",
        ].map { ["f:metadata", "f:\($0)"] }

    /// Whether a client asks to end the bookkeeping: an empty list, or one of an empty entry.
    static func isReset(_ metadata: JSONValue) -> Bool {
        guard let entries = metadata["managedFields"]?.array else { return false }
        return entries.isEmpty || entries == [[:]]
    }

    init(_ object: JSONValue) {
        for entry in object["metadata"]?["managedFields"]?.array ?? [] {
            let identifier = Identifier(
                manager: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "",
                apiVersion: entry["apiVersion"]?.string ?? "", subresource: entry["subresource"]?.string ?? "")
            entries[identifier] = Entry(fields: FieldSet(json: entry["fieldsV1"] ?? [:]), time: entry["time"]?.string)
        }
    }

    /// Applies first, then by time and manager, as the server sorts them; nil when nobody owns anything.
    var json: JSONValue? {
        let sorted = entries.sorted { left, right in
            func key(_ item: (key: Identifier, value: Entry)) -> [String] {
                [item.key.operation, item.value.time ?? "", item.key.manager, item.key.apiVersion, item.key.subresource]
            }
            return key(left).lexicographicallyPrecedes(key(right))
        }
        if sorted.isEmpty { return nil }
        return .array(
            sorted.map { identifier, entry in
                var object: JSONValue = [
                    "manager": .string(identifier.manager), "operation": .string(identifier.operation),
                    "apiVersion": .string(identifier.apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.json,
                ]
                object["time"] = entry.time.map(JSONValue.string)
                if !identifier.subresource.isEmpty { object["subresource"] = .string(identifier.subresource) }
                return object
            })
    }

    func owners(except identifier: Identifier) -> [Identifier: Entry] { entries.filter { $0.key != identifier } }

    subscript(identifier: Identifier) -> FieldSet? { entries[identifier]?.fields }

    /// Takes fields from everybody but `identifier`; who has none left is forgotten.
    mutating func take(_ fields: FieldSet, except identifier: Identifier?) {
        for (other, entry) in entries where other != identifier {
            let left = entry.fields.subtracting(fields)
            if left == entry.fields { continue }
            entries[other] = left.isEmpty ? nil : Entry(fields: left, time: entry.time)
        }
    }

    /// Records a plain write.
    mutating func update(_ change: FieldComparison, by identifier: Identifier, ignoring ignored: [[String]], at time: String) {
        take(change.removed.union(change.modified).union(change.added), except: nil)
        let own = change.added.union(change.modified).removing(ignored).removingMembers(Self.unowned)
        guard !own.isEmpty else { return }
        let before = entries[identifier]?.fields ?? FieldSet()
        entries[identifier] = Entry(fields: before.union(own), time: time)
    }

    /// Records what an applied configuration owns from now on. `isChange`: whether the object changed.
    mutating func set(_ fields: FieldSet, for identifier: Identifier, ignoring ignored: [[String]], isChange: Bool, at time: String) {
        let own = fields.removing(ignored).removingMembers(Self.unowned)
        let before = entries[identifier]
        if own.isEmpty {
            entries[identifier] = nil
        } else {
            entries[identifier] = Entry(fields: own, time: isChange ? time : before?.time ?? time)
        }
    }
}

extension ClusterState {
    /// Works out who owns what after a plain write and puts it into the object.
    func track(
        _ object: inout JSONValue, replacing old: JSONValue?, _ definition: ResourceDefinition, subresource: String?,
        isReset: Bool = false, _ context: WriteContext
    ) {
        let manager: String
        switch context.tracking {
        case .applied: return
        case .off:
            guard let old else { return }
            let kept = old["metadata"]?["managedFields"]
            object.updateMetadata { $0["managedFields"] = kept }
            return
        case .update(let name): manager = name
        }
        // A client may write the books itself, as kubectl does that goes over to server-side apply. Only an apply begins to keep them of
        // an object that exists.
        let given = ManagedFields(object)
        var managed = isReset || old == nil ? ManagedFields([:]) : given.entries.isEmpty ? ManagedFields(old ?? [:]) : given
        if old != nil, managed.entries.isEmpty {
            object.updateMetadata { $0["managedFields"] = nil }
            return
        }
        let identifier = ManagedFields.Identifier(
            manager: manager, operation: "Update", apiVersion: context.apiVersion ?? definition.type.apiVersion,
            subresource: subresource ?? "")
        var change = FieldComparison(from: old ?? definition.emptyObject, to: object, definition.fields)
        if subresource == "scale", object["spec"]?["replicas"] == 0 {
            // A scale leaves a zero out, so that nobody has written it.
            change.removed = change.modified.union(change.added)
            change.modified = FieldSet()
            change.added = FieldSet()
        }
        managed.update(change, by: identifier, ignoring: definition.ignoredFields(subresource), at: context.now.description)
        object.updateMetadata { $0["managedFields"] = managed.json }
    }
}

extension ResourceDefinition {
    /// What decoding `{}` gives: structs that are always there belong to nobody.
    var emptyObject: JSONValue {
        var object: JSONValue = ["apiVersion": .string(type.apiVersion), "kind": .string(type.kind)]
        normalize(&object)
        return object
    }

    /// Fields that a door does not write and therefore does not own.
    func ignoredFields(_ subresource: String?) -> [[String]] {
        switch subresource {
        case nil: hasStatus ? [["f:status"]] : []
        case "status": [["f:spec"]] + (isCustom ? [["f:metadata"]] : [])
        default: []
        }
    }
}
