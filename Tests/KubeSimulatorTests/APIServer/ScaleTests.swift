import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct ScaleTests {
    /// Nodes of 8 KB, as a real cluster's list shows them. Takes seconds in a debug build; the counts are the pass mark, not the time.
    @Test func `15,000 nodes with their pods are created, listed and watched`() throws {
        try withVirtualTime { time in
            let server = SimulatedAPIServer(time: time)
            let template = try #require(Recording("12-nodes-pods-eviction").exchanges[0].answer?["items"]?.array?.first)
            for index in 0..<15_000 {
                var node = template
                node["metadata"] = ["name": .string("node-\(index)"), "labels": template["metadata"]?["labels"] ?? [:]]
                try server.create(Node.type, node)
                let pod: JSONValue = [
                    "metadata": ["name": .string("agent-\(index)"), "namespace": "default", "labels": ["app": "agent"]],
                    "spec": ["nodeName": .string("node-\(index)"), "containers": [["name": "c", "image": "i"]]],
                ]
                try server.create(Pod.type, pod)
            }
            for index in 0..<15_000 {
                try server.updateStatus(Pod.type, ObjectKey(namespace: "default", name: "agent-\(index)")) { pod in
                    pod[["status", "phase"]] = "Running"
                }
            }
            let list = try await server.send(KubeRequest(method: .get, path: "/api/v1/nodes"))
            var listed = 0
            var largest = 0
            while let chunk = try await list.body.next() {
                listed += chunk.count
                largest = max(largest, chunk.count)
            }
            #expect(listed > 15_000 * 5_000)
            #expect(largest < 512 * 1024, "a list is handed out in pieces")
            let query = [
                QueryItem("watch", "true"), QueryItem("sendInitialEvents", "true"), QueryItem("resourceVersionMatch", "NotOlderThan"),
                QueryItem("allowWatchBookmarks", "true"), QueryItem("timeoutSeconds", "1"),
            ]
            let watch = try await server.send(KubeRequest(method: .get, path: "/api/v1/pods", query: query))
            var lines = 0
            while let chunk = try await watch.body.next() { lines += chunk.split(separator: 0x0A).count }
            #expect(lines == 15_001)
        }
    }
}
