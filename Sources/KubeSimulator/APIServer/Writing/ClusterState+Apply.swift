import KubeCore

extension ClusterState {
    /// Server-side apply: the object as it then is, and whether it was created.
    mutating func apply(
        _ definition: ResourceDefinition, _ key: ObjectKey, _ configuration: JSONValue, manager: String, isForced: Bool,
        subresource: String?, _ context: WriteContext
    ) throws(KubeError) -> (JSONValue, isCreated: Bool) {
        var configuration = configuration
        configuration["apiVersion"] = .string(definition.type.apiVersion)
        configuration.updateMetadata { metadata in
            if case .object = metadata {} else { metadata = .object([:]) }
            metadata["name"] = .string(key.name)
            if definition.type.isNamespaced { metadata["namespace"] = .string(key.namespace) }
            // The server's own are not applied; a resourceVersion stays as a precondition.
            for member in Self.systemMembers where member != "resourceVersion" && member != "uid" { metadata[member] = nil }
        }
        let current = store.object(definition.storage, key)
        if current == nil { try authorizeCreation(definition, key, context) }
        if current == nil, subresource != nil { throw .notFound(definition.groupResource, key.name) }
        let live = current?.value ?? definition.emptyObject
        let identifier = ManagedFields.Identifier(
            manager: manager, operation: "Apply", apiVersion: context.apiVersion ?? definition.type.apiVersion,
            subresource: subresource ?? "")
        var managed = ManagedFields(live)
        let ignored = definition.ignoredFields(subresource)
        if current != nil, managed.entries.isEmpty {
            // Whatever was there before anybody applied belongs to a manager of that name.
            var before = identifier
            before.manager = "before-first-apply"
            before.operation = "Update"
            managed.update(
                FieldComparison(from: definition.emptyObject, to: live, definition.fields), by: before, ignoring: ignored,
                at: context.now.description)
        }
        let applied = definition.fields.fieldSet(of: configuration)
        var merged = definition.fields.merged(live, configuration)
        merged = giveUp(identifier, applied, in: merged, managed, definition)
        for path in ignored where path.count == 1 {
            let member = String(path[0].dropFirst(2))
            if member != "metadata" { merged[member] = live[member] }
        }
        let change = FieldComparison(from: live, to: merged, definition.fields)
        if !isForced {
            try checkConflicts(change, managed, identifier, except: inherited(by: manager, from: live, definition))
        }
        let taken = change.modified.union(change.added).union(change.removed)
        managed.take(taken, except: identifier)
        // What changed between two applied versions of one manager by another of its doors is the applier's now.
        managed.set(
            applied, for: identifier, ignoring: ignored, isChange: !withoutIdentity(change).isSame, at: context.now.description)
        var settled = context
        settled.tracking = .applied
        settled.isPatch = true
        merged.updateMetadata { $0["managedFields"] = managed.json }
        guard let current else {
            merged.updateMetadata { $0["resourceVersion"] = nil }
            if let uid = configuration["metadata"]?["uid"]?.string, !uid.isEmpty {
                throw .conflict(
                    definition.groupResource, key.name,
                    "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
            }
            return (try create(definition, merged, namespace: key.namespace, settled), true)
        }
        return (try replace(definition, current, with: merged, subresource: subresource, settled), false)
    }

    /// resourceVersion and uid in a configuration are preconditions, not changes.
    private func withoutIdentity(_ change: FieldComparison) -> FieldComparison {
        var change = change
        let paths = [["f:metadata", "f:resourceVersion"], ["f:metadata", "f:uid"]]
        change.added = change.added.removing(paths)
        change.modified = change.modified.removing(paths)
        return change
    }

    /// Removes what the manager applied before, does not apply now, and nobody else owns.
    private func giveUp(
        _ identifier: ManagedFields.Identifier, _ applied: FieldSet, in merged: JSONValue, _ managed: ManagedFields,
        _ definition: ResourceDefinition
    ) -> JSONValue {
        guard let last = managed[identifier], !last.isEmpty else { return merged }
        let kept = managed.owners(except: identifier).values.reduce(applied) { $0.union($1.fields) }
        return definition.fields.removing(last, except: kept, from: merged)
    }

    /// `kubectl apply --server-side` takes over what `kubectl apply` has left in its annotation and nobody has changed since.
    private func inherited(by manager: String, from live: JSONValue, _ definition: ResourceDefinition) -> FieldSet {
        let annotation = live["metadata"]?["annotations"]?["kubectl.kubernetes.io/last-applied-configuration"]?.string
        guard manager == "kubectl", let annotation else { return FieldSet() }
        var last: JSONValue
        do throws(JSONError) {
            last = try JSONValue(parsing: annotation)
        } catch {
            return FieldSet()
        }
        definition.normalize(&last)
        let change = FieldComparison(from: live, to: definition.fields.merged(live, last), definition.fields)
        return definition.fields.fieldSet(of: last).subtracting(change.modified).subtracting(change.added)
    }

    private func checkConflicts(
        _ change: FieldComparison, _ managed: ManagedFields, _ identifier: ManagedFields.Identifier, except allowed: FieldSet
    ) throws(KubeError) {
        let changed = change.modified.union(change.added).subtracting(allowed)
        let conflicts = managed.owners(except: identifier).flatMap { owner, entry in
            entry.fields.intersection(changed).paths.map { (owner: owner, path: $0) }
        }
        if conflicts.isEmpty { return }
        let causes = conflicts.map { conflict in
            Status.Cause(
                reason: "FieldManagerConflict", message: Self.conflictMessage(conflict.owner, applier: identifier),
                field: FieldSet.text(of: conflict.path))
        }.sorted { ($0.message ?? "", $0.field ?? "") < ($1.message ?? "", $1.field ?? "") }
        throw .refused(409, "Conflict", Self.conflictText(causes), details: Status.Details(causes: causes))
    }

    /// `conflict with "other"`, with what distinguishes the other entry: subresource, and version and time of plain updates.
    private static func conflictMessage(_ owner: ManagedFields.Identifier, applier: ManagedFields.Identifier) -> String {
        var message = "conflict with \"\(owner.manager)\""
        if !owner.subresource.isEmpty { message += " with subresource \"\(owner.subresource)\"" }
        if owner.operation == "Update" { message += " using \(owner.apiVersion)" }
        return message
    }

    private static func conflictText(_ causes: [Status.Cause]) -> String {
        let messages = Set(causes.compactMap(\.message)).sorted()
        let noun = causes.count == 1 ? "conflict" : "conflicts"
        let head = "Apply failed with \(causes.count) \(noun): "
        if causes.count == 1 { return head + "\(causes[0].message ?? ""): \(causes[0].field ?? "")" }
        let parts = messages.map { message in
            "conflicts\(message.dropFirst("conflict".count)):\n"
                + causes.filter { $0.message == message }.map { "- \($0.field ?? "")" }.joined(separator: "\n")
        }
        return head + parts.joined(separator: "\n")
    }
}
