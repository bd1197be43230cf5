import CurlHTTP
import KubeCore
import NodeReplacement
import TestSupport

/// One instance and its group in the words of the Compute API, each answer to be replaced by a test.
struct ScriptedGroup: Sendable {
    static let group = "projects/proj/zones/us-central1-a/instanceGroupManagers/gke-grp"
    static let order = ReplacementOrder(
        nodeName: "n-1",
        target: ReplacementTarget(
            provider: .gceManagedInstanceGroup, machine: "projects/proj/zones/us-central1-a/instances/n-1", group: group, machineID: "11",
            startedAt: "2026-01-01T00:00:00.000-08:00"),
        requestID: Cloud.requestID, operation: "operation-1")
    static let node = NodeIdentity(name: "n-1", uid: "u", bootID: "b", providerID: "gce://proj/us-central1-a/n-1")

    var instance = HTTPAnswer.json(Self.instance())
    var listing = HTTPAnswer.json(["managedInstances": [Self.row()]])
    var recreation = HTTPAnswer.json(["name": "operation-1", "status": "RUNNING"])
    var operation = HTTPAnswer.json(["name": "operation-1", "status": "DONE"])

    static func instance(id: String = "11", createdBy: String? = "projects/4711/zones/us-central1-a/instanceGroupManagers/gke-grp")
        -> JSONValue
    {
        var items: [JSONValue] = [["key": "cluster-name", "value": "c1"]]
        if let createdBy { items.append(["key": "created-by", "value": .string(createdBy)]) }
        return [
            "id": .string(id), "status": "RUNNING", "lastStartTimestamp": "2026-01-01T00:00:00.000-08:00",
            "metadata": ["items": .array(items)],
        ]
    }

    static func row(_ name: String = "n-1", id: String? = "11", action: String = "NONE") -> JSONValue {
        var row: JSONValue = [
            "instance": .string("https://www.googleapis.com/compute/v1/projects/proj/zones/us-central1-a/instances/\(name)"),
            "currentAction": .string(action), "instanceStatus": "RUNNING",
        ]
        row["id"] = id.map { .string($0) }
        return row
    }

    var http: ScriptedHTTP {
        ScriptedHTTP([
            ("listManagedInstances", listing), ("recreateInstances", recreation), ("/operations/", operation), ("/instances/", instance),
        ])
    }

    static func replacer(_ http: any HTTPExecuting, _ tokens: any TokenSource = FixedTokens()) -> GCEManagedInstanceGroup {
        GCEManagedInstanceGroup(http: http, tokens: tokens, time: ManualTime(), logger: .quiet)
    }
}
