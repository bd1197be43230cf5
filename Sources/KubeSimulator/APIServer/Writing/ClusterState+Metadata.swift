import KubeCore

extension ClusterState {
    /// What is wrong with an object's metadata.
    func metadataProblems(_ definition: ResourceDefinition, _ object: JSONValue, replacing old: JSONValue?) -> [FieldProblem] {
        let metadata = object["metadata"] ?? .object([:])
        var problems: [FieldProblem] = []
        if old == nil {
            let name = metadata["name"]?.string ?? ""
            if name.isEmpty {
                problems.append(.required("metadata.name", "name or generateName is required"))
            } else {
                problems += definition.names.problems(of: name).map { .invalid("metadata.name", .string(name), $0) }
            }
        }
        for (key, value) in (metadata["labels"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            problems += NameRule.qualifiedNameProblems(key).map { .invalid("metadata.labels", .string(key), $0) }
            problems += NameRule.labelValueProblems(value.string ?? "").map { .invalid("metadata.labels", value, $0) }
        }
        var annotationBytes = 0
        for (key, value) in (metadata["annotations"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            problems += NameRule.qualifiedNameProblems(key.lowercased()).map { .invalid("metadata.annotations", .string(key), $0) }
            annotationBytes += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if annotationBytes > 256 * 1024 {
            problems.append(
                FieldProblem(
                    reason: "FieldValueTooLong", field: "metadata.annotations", message: "Too long: may not be more than 262144 bytes"))
        }
        for finalizer in (metadata["finalizers"]?.array ?? []).compactMap(\.string) {
            problems += NameRule.qualifiedNameProblems(finalizer).map { .invalid("metadata.finalizers", .string(finalizer), $0) }
            // Custom kinds are only warned of it, and definitions carry such a one from the server itself.
            let isStrict = !definition.isCustom && definition.storage != .customResourceDefinitions
            if isStrict, !finalizer.contains("/"), !["foregroundDeletion", "orphan", "kubernetes"].contains(finalizer) {
                problems.append(
                    .invalid(
                        "metadata.finalizers", .string(finalizer), "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        problems += ownerProblems(metadata)
        if let old, old["metadata"]?["deletionTimestamp"] != nil {
            let before = Set((old["metadata"]?["finalizers"]?.array ?? []).compactMap(\.string))
            let added = (metadata["finalizers"]?.array ?? []).compactMap(\.string).filter { !before.contains($0) }
            if !added.isEmpty {
                let names = added.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
                let problem = FieldProblem.forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(names)}")
                // Custom kinds check twice, and both causes show.
                problems += definition.isCustom ? [problem, problem] : [problem]
            }
        }
        return problems
    }

    private func ownerProblems(_ metadata: JSONValue) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        var controllers: [String] = []
        for owner in metadata["ownerReferences"]?.array ?? [] {
            for member in ["apiVersion", "kind", "name", "uid"] where owner[member]?.string?.isEmpty ?? true {
                problems.append(.invalid("metadata.ownerReferences.\(member)", owner[member] ?? "", "\(member) must not be empty"))
            }
            if owner["controller"]?.bool == true { controllers.append(owner["name"]?.string ?? "") }
        }
        if controllers.count > 1 {
            problems.append(
                .invalid(
                    "metadata.ownerReferences", metadata["ownerReferences"] ?? .null,
                    "Only one reference can have Controller set to true. Found \"true\" in references for \(controllers[0]) and \(controllers[1])"
                ))
        }
        return problems
    }
}
