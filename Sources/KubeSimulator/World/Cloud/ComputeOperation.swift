import KubeCore

/// An operation of the Compute API: accepted at once, done when its instances are flagged, which is not when they are new.
struct ComputeOperation: Sendable {
    let id: UInt64
    let name: String
    let type: String
    /// `zones/Z` or `regions/R`.
    let location: String
    let target: String
    let requestID: String?
    let insertedAt: Timestamp
    /// On the world's uptime; nil for one that never ends.
    let doneAt: Duration?
    let startedAt: Duration

    func value(base: String, project: String, now: Duration) -> JSONValue {
        let isDone = doneAt.map { now >= $0 } ?? false
        let link = "\(base)/projects/\(project)/\(location)"
        let parts = location.split(separator: "/")
        var value: JSONValue = [
            "kind": "compute#operation", "id": .string(String(id)), "name": .string(name), "operationType": .string(type),
            "targetLink": .string(target), "status": .string(isDone ? "DONE" : now >= startedAt ? "RUNNING" : "PENDING"),
            "progress": .integer(isDone ? 100 : 0), "insertTime": .string(insertedAt.rfc3339(fractionDigits: 3)),
            "selfLink": .string("\(link)/operations/\(name)"),
        ]
        value[parts[0] == "zones" ? "zone" : "region"] = .string(link)
        value["clientOperationId"] = requestID.map { .string($0) }
        if isDone { value["endTime"] = .string((insertedAt + .seconds(4)).rfc3339(fractionDigits: 3)) }
        return value
    }
}
