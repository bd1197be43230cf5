import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct EvictionTests {
    private static let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"

    private func ready(_ name: String, _ api: APIServerFixture, isReady: Bool = true) async throws {
        _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod(name, labels: ["a": .string(name)]))
        let condition: JSONValue = ["type": "Ready", "status": isReady ? "True" : "False"]
        _ = try await api.merge(
            "\(APIServerFixture.pods)/\(name)/status", ["status": ["phase": "Running", "conditions": [condition]]])
    }

    private func budget(_ name: String, _ api: APIServerFixture, status: JSONValue, spec: JSONValue = [:]) async throws {
        var spec = spec
        spec["selector"] = ["matchLabels": ["a": .string(name)]]
        _ = try await api.create(
            Self.budgets, ["apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": .string(name)], "spec": spec])
        _ = try await api.merge("\(Self.budgets)/\(name)/status", ["status": status])
    }

    private func evict(_ name: String, _ api: APIServerFixture, _ query: [String: String] = [:]) async throws -> APIServerFixture.Answer {
        try await api.create(
            "\(APIServerFixture.pods)/\(name)/eviction",
            ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(name), "namespace": "default"]], query)
    }

    @Test func `an eviction spends the budget once and marks the pod as going`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await ready("p", api)
            try await budget(
                "p", api, status: ["observedGeneration": 1, "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1])
            #expect(try await evict("p", api).status == 201)
            let left = try await api.get("\(Self.budgets)/p").body["status"]
            #expect(left?["disruptionsAllowed"] == nil || left?["disruptionsAllowed"] == 0)
            #expect(left?["disruptedPods"]?["p"] != nil)
            #expect(try await api.get("\(APIServerFixture.pods)/p").body["metadata"]?["deletionTimestamp"] != nil)
            // A pod that is going already disturbs nobody.
            #expect(try await evict("p", api).status == 201)
        }
    }

    @Test func `an exhausted budget answers 429 and leaves the pod; a budget not yet processed asks to come back`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await ready("p", api)
            try await budget("p", api, status: ["observedGeneration": 1, "currentHealthy": 1, "desiredHealthy": 1])
            let refused = try await evict("p", api)
            #expect(refused.status == 429 && refused.reason == "TooManyRequests")
            #expect(refused.body["details"]?["causes"]?.array?.first?["reason"] == "DisruptionBudget")
            #expect(try await api.get("\(APIServerFixture.pods)/p").body["metadata"]?["deletionTimestamp"] == nil)
            _ = try await api.merge("\(Self.budgets)/p", ["spec": ["minAvailable": 2]])
            let unprocessed = try await evict("p", api)
            #expect(unprocessed.status == 429 && unprocessed.response.header("Retry-After") == "10")
        }
    }

    @Test func `an unready pod may go while its application has what it needs, or when its policy always allows`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await ready("p", api, isReady: false)
            try await budget("p", api, status: ["observedGeneration": 1, "currentHealthy": 1, "desiredHealthy": 1])
            #expect(try await evict("p", api).status == 201)
            try await ready("q", api, isReady: false)
            try await budget("q", api, status: ["observedGeneration": 1, "currentHealthy": 0, "desiredHealthy": 1])
            #expect(try await evict("q", api).status == 429)
            _ = try await api.merge("\(Self.budgets)/q", ["spec": ["unhealthyPodEvictionPolicy": "AlwaysAllow"]])
            #expect(try await evict("q", api).status == 201)
        }
    }

    @Test func `a dry run of an eviction spends nothing`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await ready("p", api)
            try await budget(
                "p", api, status: ["observedGeneration": 1, "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1])
            let revision = api.server.revision
            #expect(try await evict("p", api, ["dryRun": "All"]).status == 201)
            #expect(api.server.revision == revision)
        }
    }
}
