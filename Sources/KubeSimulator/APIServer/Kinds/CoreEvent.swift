import KubeCore

/// The two faces of an Event: `events.k8s.io/v1`, in which they are kept, and `v1`.
enum CoreEvent {
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ]

    static func fromStorage(_ event: JSONValue) -> JSONValue {
        var members = event.object ?? [:]
        for (core, new) in names {
            if let value = members.removeValue(forKey: new) { members[core] = value }
        }
        members["reportingComponent"] = members["reportingComponent"] ?? ""
        members["reportingInstance"] = members["reportingInstance"] ?? ""
        members["involvedObject"] = members["involvedObject"] ?? [:]
        members["apiVersion"] = "v1"
        return .object(members)
    }

    static func toStorage(_ event: JSONValue) -> JSONValue {
        var members = event.object ?? [:]
        for (core, new) in names {
            if let value = members.removeValue(forKey: core) { members[new] = value }
        }
        members["apiVersion"] = "events.k8s.io/v1"
        return .object(members)
    }
}
