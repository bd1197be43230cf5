import KubeCore
import Synchronization

/// Writes Events, one for each reason and message of an object, counted; in the form of events.k8s.io, in which the server keeps them.
final class EventRecorder: Sendable {
    private struct Fact: Hashable {
        var uid: String
        var reason: String
        var message: String
    }

    private let server: SimulatedAPIServer
    private let isOn: Bool
    private let known = Mutex<[Fact: ObjectKey]>([:])

    init(server: SimulatedAPIServer, isOn: Bool) {
        self.server = server
        self.isOn = isOn
    }

    /// `regarding` is the whole object. Events that cannot be written, as in a terminating namespace, are lost.
    func record(
        _ regarding: JSONValue, _ reason: String, _ message: String, isWarning: Bool = false, from component: String, host: String? = nil
    ) {
        guard isOn, let metadata = regarding["metadata"], let uid = metadata["uid"]?.string, let name = metadata["name"]?.string else {
            return
        }
        let fact = Fact(uid: uid, reason: reason, message: message)
        let now = JSONValue.string(server.time.now().description)
        do throws(KubeError) {
            if let key = known.withLock({ $0[fact] }) {
                let counted = try server.update(Event.type, key) { event in
                    event["deprecatedCount"] = .integer((event["deprecatedCount"]?.integer ?? 1) + 1)
                    event["deprecatedLastTimestamp"] = now
                }
                if counted != nil { return }
            }
            let namespace = metadata["namespace"]?.string ?? "default"
            var source: JSONValue = ["component": .string(component)]
            source["host"] = host.map { .string($0) }
            var object: JSONValue = ["name": .string(name), "uid": .string(uid)]
            for member in ["apiVersion", "kind"] { object[member] = regarding[member] }
            for member in ["namespace", "resourceVersion"] { object[member] = metadata[member] }
            let event = try server.create(
                Event.type,
                [
                    "metadata": ["generateName": .string("\(name)."), "namespace": .string(namespace)], "regarding": object,
                    "reason": .string(reason), "note": .string(message), "deprecatedSource": source, "deprecatedFirstTimestamp": now,
                    "deprecatedLastTimestamp": now,
                    "deprecatedCount": 1, "type": .string(isWarning ? "Warning" : "Normal"), "eventTime": .null,
                    "reportingController": .string(component), "reportingInstance": .string(host ?? ""),
                ])
            let key = ObjectKey(namespace: namespace, name: event["metadata"]?["name"]?.string ?? "")
            known.withLock { $0[fact] = key }
        } catch {
            return
        }
    }
}
