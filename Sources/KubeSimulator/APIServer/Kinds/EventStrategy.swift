import KubeCore

/// Events as events.k8s.io has them: what reports, about what, and a series that counts; everything else is for good.
///
/// The server is stricter with this group than with the core group. Here an Event with an `eventTime` is taken for one of this group,
/// since clients of the core group set none.
struct EventStrategy: ResourceStrategy {
    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        let isNew = object["eventTime"]?.string != nil
        var problems = namespaceProblems(object, isNew: isNew)
        guard isNew else { return problems }
        problems += reporterProblems(object)
        if object["series"] != old?["series"], let series = object["series"] {
            if series["count"]?.integer ?? 0 < 2 { problems.append(.invalid("series.count", "", "should be at least 2")) }
            if series["lastObservedTime"]?.string == nil { problems.append(.required("series.lastObservedTime")) }
        }
        guard let old else {
            let type = object["type"]?.string ?? ""
            if type != "Normal", type != "Warning" { problems.append(.invalid("type", "", "has invalid value: \(type)")) }
            return problems
        }
        for (member, field) in Self.immutable where object[member] != old[member] {
            problems.append(.invalid(field, object[member] ?? "", "field is immutable"))
        }
        return problems
    }

    /// Members and the names that the server has for them inside.
    private static let immutable = [
        ("regarding", "involvedObject"), ("reason", "reason"), ("note", "message"), ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
        ("type", "type"), ("eventTime", "eventTime"), ("action", "action"), ("related", "related"),
        ("reportingController", "reportingController"), ("reportingInstance", "reportingInstance"),
    ]

    private func namespaceProblems(_ object: JSONValue, isNew: Bool) -> [FieldProblem] {
        let own = object["metadata"]?["namespace"]?.string ?? ""
        let subject = object["regarding"]?["namespace"]?.string ?? ""
        let agrees = subject.isEmpty ? own == "default" || isNew && own == "kube-system" : isNew || own == subject
        return agrees ? [] : [.invalid("involvedObject.namespace", .string(subject), "does not match event.namespace")]
    }

    private func reporterProblems(_ object: JSONValue) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let controller = object["reportingController"]?.string ?? ""
        if controller.isEmpty { problems.append(.required("reportingController")) }
        problems += NameRule.qualifiedNameProblems(controller).map { .invalid("reportingController", .string(controller), $0) }
        for member in ["reportingInstance", "action", "reason"] {
            let text = object[member]?.string ?? ""
            if text.isEmpty { problems.append(.required(member)) }
            if text.utf8.count > 128 { problems.append(.invalid(member, "", "can have at most 128 characters")) }
        }
        if object["note"]?.string?.utf8.count ?? 0 > 1024 { problems.append(.invalid("message", "", "can have at most 1024 characters")) }
        return problems
    }
}
