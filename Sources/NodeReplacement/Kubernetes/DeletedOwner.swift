import KubeCore

/// What Machine and NodeClaim have in common: deleting the object deletes the machine, and somebody else makes another.
struct DeletedOwner: Sendable {
    let objects: KubeObjects
    let group: String
    let kind: String
    let plural: String
    let isNamespaced: Bool

    /// Errors: `.misconfigured` when the API server does not serve the kind.
    func type() async throws(ReplacementError) -> ResourceType {
        guard let version = try await objects.preferredVersion(of: group) else {
            throw ReplacementError(.misconfigured, "the API server does not serve \(group), so it has no \(kind) to delete")
        }
        return ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced)
    }

    func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance {
        let key = try key(of: order)
        let type = try await type()
        guard let object = try await objects.get(type, key), object.uid == order.target.machineID else { return .accepted(operation: nil) }
        if object["metadata"]?["deletionTimestamp"]?.string != nil { return .accepted(operation: nil) }
        // A conflict means another uid by now; the next look sees that.
        _ = try await objects.delete(type, key, uid: order.target.machineID)
        return .accepted(operation: nil)
    }

    func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress {
        let key = try key(of: order)
        guard let object = try await objects.get(type(), key), object.uid == order.target.machineID else { return .gone }
        guard object["metadata"]?["deletionTimestamp"]?.string != nil else { return .notBegun("\(kind) \(key) is not being deleted") }
        return .pending("\(kind) \(key) is being deleted" + Self.explanation(of: object))
    }

    /// The name is checked again, since a stored order may have been edited.
    private func key(of order: ReplacementOrder) throws(ReplacementError) -> ObjectKey {
        let parts = order.target.machine.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == (isNamespaced ? 2 : 1), parts.allSatisfy({ ObjectName.isValid($0) }), let name = parts.last else {
            throw ReplacementError(.invalidRequest, "node \(order.nodeName): the stored target names no \(kind)")
        }
        guard order.method == .recreate else {
            throw ReplacementError(.notReplaceable, "deleting a \(kind) is no reboot")
        }
        return ObjectKey(namespace: isNamespaced ? parts[0] : "", name: name)
    }

    /// What its controller says about the deletion: the message of the condition `Deleting`, else of one that waits for the drain.
    private static func explanation(of object: JSONValue) -> String {
        let conditions = object["status"]?["conditions"]?.array ?? []
        for type in ["Deleting", "DrainingSucceeded", "Drained", "VolumesDetached", "InstanceTerminating"] {
            guard let condition = conditions.first(where: { $0["type"]?.string == type }),
                type == "Deleting" || condition["status"]?.string != "True"
            else { continue }
            let text = Excerpt.of(condition["message"]?.string ?? condition["reason"]?.string ?? "")
            if !text.isEmpty { return ": \(text)" }
        }
        return ""
    }
}

extension JSONValue {
    var uid: String? { self["metadata"]?["uid"]?.string }

    /// The owner that steers the object.
    var controller: (kind: String, name: String)? {
        let owners = self["metadata"]?["ownerReferences"]?.array ?? []
        guard let owner = owners.first(where: { $0["controller"]?.bool == true }), let kind = owner["kind"]?.string,
            let name = owner["name"]?.string
        else { return nil }
        return (kind, name)
    }
}
