import AuditCore
import AuditOperator
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct RestartTests {
    @Test func `a restarted operator applies once and writes nothing else`() throws {
        try withStage(runsOperator: false) { stage in
            let first = stage.makeOperator("first")
            try await running([{ try await first.run() }]) {
                try await stage.apply()
                try await stage.becomesReady()
                try await stage.recordsBecome(.applied, count: 6)
                try await stage.time.sleep(for: .seconds(60))
            }
            let mark = stage.server.requestLog.count
            let before = stage.server.get(DaemonSet.type, ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos"))
            let second = stage.makeOperator("second")
            try await running([{ try await second.run() }]) { try await stage.time.sleep(for: .seconds(1200)) }
            let writes = stage.writes(since: mark)
            let configMaps = Set(writes.filter { $0.contains("configmaps") })
            #expect(configMaps.count == 2, "the agents' and the tasks'")
            #expect(Set(writes).subtracting(configMaps) == ["patch serviceaccounts nodeaudit-cos", "patch daemonsets nodeaudit-cos"])
            #expect(writes.count == 4)
            let after = stage.server.get(DaemonSet.type, ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos"))
            #expect(before == after, "an apply of the same is no change")
            #expect(try await stage.records().allSatisfy { $0.report.state == .applied })
        }
    }

    @Test func `of two operators one works, and the other takes over when the first is gone`() throws {
        try withStage(runsOperator: false) { stage in
            let first = stage.makeOperator("first")
            let second = stage.makeOperator("second")
            try await running([{ try await second.run() }]) {
                try await running([{ try await first.run() }]) {
                    try await stage.time.sleep(for: .seconds(5))
                    try await stage.apply()
                    try await stage.becomesReady()
                }
                try await stage.apply(["outputs": [["name": "out", "type": "Stdout", "stdout": [:]]]])
                try await stage.becomesReady()
                try await stage.recordsBecome(.applied, count: 6)
            }
        }
    }

    @Test func `an operator that starts in a cluster without the definitions waits, and works once they are there`() throws {
        try withStage { stage in
            let key = ObjectKey(name: "nodeaudits.nodeaudit.dev")
            _ = try stage.server.delete(Stage.definitionType, key)
            try await stage.time.sleep(for: .seconds(60))
            for definition in try Stage.definitions() where definition["metadata"]?["name"]?.string == key.name {
                try stage.server.create(Stage.definitionType, definition)
            }
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
        }
    }

    @Test func `an invalid policy leaves the running agents untouched, also after a restart`() throws {
        try withStage(runsOperator: false) { stage in
            let first = stage.makeOperator("first")
            try await running([{ try await first.run() }]) {
                try await stage.apply()
                try await stage.becomesReady()
                try await stage.recordsBecome(.applied, count: 6)
                try await stage.time.sleep(for: .seconds(10))
            }
            let before = try await stage.daemonSet()?.metadata.resourceVersion
            // The schema accepts this expression, and Fluent Bit would not.
            try await stage.apply([
                "filters": [
                    ["name": "f", "type": "DropMatching", "dropMatching": ["field": "_EXE", "operator": "Regex", "values": ["("]]]
                ]
            ])
            let second = stage.makeOperator("second")
            try await running([{ try await second.run() }]) {
                try await stage.time.wait(for: "the refusal") { try await stage.condition("Accepted")?.status == .false }
                try await stage.time.sleep(for: .seconds(120))
                #expect(try await stage.condition("Accepted")?.message.contains("spec.filters[0]") == true)
                #expect(try await stage.daemonSet()?.metadata.resourceVersion == before)
                #expect(try await stage.records().filter { $0.report.state == .applied }.count == 6)
                #expect(try await stage.policy()?.status?.nodes?.applied == 6)
            }
        }
    }

    @Test func `the lease given to another ends the operator with its words`() throws {
        try withStage(runsOperator: false) { stage in
            let controller = stage.makeOperator("first")
            let result: Result<Void, KubeError> = await withTaskGroup(of: Result<Void, KubeError>.self) { group in
                group.addTask {
                    do throws(KubeError) {
                        try await controller.run()
                        return .success(())
                    } catch {
                        return .failure(error)
                    }
                }
                group.addTask {
                    do {
                        try await stage.time.sleep(for: .seconds(20))
                        try stage.server.update(Lease.type, ObjectKey(namespace: "nodeaudit-system", name: "nodeaudit")) { lease in
                            lease[["spec", "holderIdentity"]] = "somebody-else"
                        }
                        try await stage.time.sleep(for: .seconds(60))
                    } catch {
                        // Cancelled: the operator has ended.
                        return .failure(KubeError(any: error))
                    }
                    return .success(())
                }
                let first = await group.next() ?? .success(())
                group.cancelAll()
                return first
            }
            guard case .failure(let error) = result else {
                Issue.record("it went on")
                return
            }
            #expect(error.code == .leadershipLost)
            #expect(error.message.contains("somebody-else"))
        }
    }
}
