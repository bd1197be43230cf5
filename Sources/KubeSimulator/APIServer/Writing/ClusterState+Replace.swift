import KubeCore

extension ClusterState {
    /// Writes `value` over `current`, as PUT and the patches do after they have made the new object.
    /// Returns the object as it then is; unchanged objects keep their revision.
    mutating func replace(
        _ definition: ResourceDefinition, _ current: StoredObject, with value: JSONValue, subresource: String?, _ context: WriteContext
    ) throws(KubeError) -> JSONValue {
        let old = current.value
        let name = current.key.name
        var new = value
        let given = new["metadata"] ?? .object([:])
        if let version = try Self.revision(given), version != current.revision { throw .modified(definition.groupResource, name) }
        if !context.isPatch, let uid = given["uid"]?.string, !uid.isEmpty, uid != current.uid {
            throw .conflict(
                definition.groupResource, name,
                "StorageError: invalid object, Code: 4, Key: \(definition.registryPath(of: current.key)), "
                    + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: \(uid), "
                    + "UID in object meta: \(current.uid)")
        }
        new["apiVersion"] = .string(definition.type.apiVersion)
        new["kind"] = .string(definition.type.kind)
        keepSystemMembers(of: old, in: &new)
        keepOtherPart(of: old, in: &new, definition, subresource: subresource)
        definition.strategy.applyDefaults(&new)
        definition.normalize(&new)
        track(&new, replacing: old, definition, subresource: subresource, isReset: ManagedFields.isReset(given), context)
        definition.strategy.prepareForUpdate(&new, from: old, subresource: subresource)
        if definition.moves(new, from: old) {
            new.updateMetadata { $0["generation"] = .integer(($0["generation"]?.integer ?? 0) + 1) }
        }
        definition.normalize(&new)
        let problems =
            (definition.isCustom && subresource == "status" ? [] : Self.immutableProblems(given, of: current))
            + metadataProblems(definition, new, replacing: old)
            + definition.strategy.validate(new, replacing: old, subresource: subresource)
        if !problems.isEmpty { throw .invalid(definition.kindForMessages, name, problems) }
        if new.withoutManagedTimes == old.withoutManagedTimes { return old }
        if isFinished(new, definition) {
            if !context.isDryRun { remove(definition, current) }
            return new
        }
        if context.isDryRun { return new }
        return commit(definition, current.key, new).value
    }

    /// The revision that a write expects; nil when it expects none. Errors: 500 for a text that is no number, as in the server.
    static func revision(_ metadata: JSONValue) throws(KubeError) -> Int64? {
        guard let text = metadata["resourceVersion"]?.string, !text.isEmpty else { return nil }
        guard let revision = UInt64(text) else {
            throw KubeError(
                httpStatus: 500, status: Status(message: "strconv.ParseUint: parsing \"\(text)\": invalid syntax", reason: nil, code: 500))
        }
        return revision == 0 ? nil : Int64(clamping: revision)
    }

    /// The server checks twice, and both causes show.
    private static func immutableProblems(_ given: JSONValue, of current: StoredObject) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if let uid = given["uid"]?.string, !uid.isEmpty, uid != current.uid {
            problems.append(.invalid("metadata.uid", .string(uid), "field is immutable"))
        }
        if let time = given["deletionTimestamp"], !time.isNull, !current.isDeleting {
            problems.append(.invalid("metadata.deletionTimestamp", time, "field is immutable"))
        }
        return problems + problems
    }

    private func keepSystemMembers(of old: JSONValue, in new: inout JSONValue) {
        let metadata = old["metadata"] ?? .object([:])
        new.updateMetadata { members in
            if case .object = members {} else { members = .object([:]) }
            for member in Self.systemMembers + ["name", "namespace", "generateName"] where member != "managedFields" {
                members[member] = metadata[member]
            }
        }
    }

    /// A write through the main door leaves the status as it was, and the other way round.
    private func keepOtherPart(of old: JSONValue, in new: inout JSONValue, _ definition: ResourceDefinition, subresource: String?) {
        switch subresource {
        case nil where definition.hasStatus: new["status"] = old["status"]
        case "status" where definition.isCustom:
            let managed = new["metadata"]?["managedFields"]
            var whole = old
            whole["status"] = new["status"]
            whole.updateMetadata { $0["managedFields"] = managed }
            new = whole
        case "status": new["spec"] = old["spec"]
        default: break
        }
    }

    /// Whether nothing holds a deleting object any longer.
    func isFinished(_ object: JSONValue, _ definition: ResourceDefinition) -> Bool {
        let metadata = object["metadata"] ?? .object([:])
        guard metadata["deletionTimestamp"] != nil, metadata["finalizers"]?.array?.isEmpty ?? true else { return false }
        if definition.storage == .namespaces { return object["spec"]?["finalizers"]?.array?.isEmpty ?? true }
        return (metadata["deletionGracePeriodSeconds"]?.integer ?? 0) == 0
    }
}

extension ResourceDefinition {
    /// Where etcd has the object.
    fileprivate func registryPath(of key: ObjectKey) -> String {
        "/registry/\(isCustom ? "\(type.group)/" : "")\(type.plural)/\(key.storagePath)"
    }

    /// Whether a change moves the generation.
    func moves(_ new: JSONValue, from old: JSONValue) -> Bool {
        switch generation {
        case .none: false
        case .spec: new["spec"] != old["spec"]
        case .content:
            {
                var left = new.object ?? [:]
                var right = old.object ?? [:]
                for member in hasStatus ? ["metadata", "status"] : ["metadata"] {
                    left[member] = nil
                    right[member] = nil
                }
                return left != right
            }()
        }
    }
}

extension JSONValue {
    /// A write that changes nothing but the times in managedFields is no change, as for the server
    /// (`IgnoreManagedFieldsTimestampsTransformer`): it happens where an applied value leaves out what is defaulted inside an atomic one.
    fileprivate var withoutManagedTimes: JSONValue {
        guard let entries = self["metadata"]?["managedFields"]?.array else { return self }
        var object = self
        object.updateMetadata { metadata in
            metadata["managedFields"] = .array(
                entries.map { entry in
                    var entry = entry
                    entry["time"] = nil
                    return entry
                })
        }
        return object
    }
}
