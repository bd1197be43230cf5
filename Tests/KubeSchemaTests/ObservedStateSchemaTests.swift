import KubeCore
import KubeSchema
import KubeYAML
import Testing

/// What the operator writes: the status of a policy and the record of a node.
@Suite struct ObservedStateSchemaTests {
    @Test func `a full status and a full record of a node are accepted`() throws {
        let status = """
            observedGeneration: 4
            revision: 1-7c9f
            auditRevision: 1-03ab
            conditions: [{type: Ready, status: "True", reason: AllApplied, message: "", observedGeneration: 4, lastTransitionTime: "2026-11-23T10:00:00Z"}]
            changeImpact: NodeRecreation
            nodes: {owned: 3, pending: 0, applied: 1, outdated: 0, failed: 1, unsupported: 1, unreachable: 0, awaitingRecreation: 0, recreating: 0, clean: 0, locked: 1, delivering: 1, deselected: 2}
            failedNodes: [{name: n1, reason: SetupFailed, message: the unit failed}]
            """
        var policy = try defaulted("{metadata: {name: p}}")
        policy["status"] = try json(status)
        let schema = try DefinitionFile.auditPolicies.schema
        #expect(schema.prune(&policy) == [])
        #expect(schema.validate(policy, old: policy, statusOnly: true) == [])
        policy["status"]?["nodes"]?["owned"] = -1
        #expect(
            schema.validate(policy, old: try defaulted("{metadata: {name: p}}"), statusOnly: true).map(\.field) == ["status.nodes.owned"])

        let record = """
            metadata: {name: gke-node.example}
            report:
              policyName: cos-default
              state: Applied
              reason: Active
              message: ""
              revision: 1-7c9f
              auditRevision: 1-03ab
              nodeUID: 5d58bfe7-6aee-4651-857b-5b413ec41536
              bootID: 5d58bfe7-6aee-4651-857b-5b413ec41536
              providerID: gce://p/z/i
              kernel: {enabled: Locked, ruleCount: 14, rulesHash: ab12, baselineHash: cd34, lost: 0, backlogLimit: 8192, failureMode: Silent, observedTime: "2026-11-23T10:00:00Z"}
              recreation:
                phase: Verifying
                method: Recreate
                reason: Deleted
                startTime: "2026-11-23T10:00:00Z"
                phaseTime: "2026-11-23T10:05:00Z"
                originalNodeUID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                originalBootID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                actor: GCEManagedInstanceGroup
                target: {machine: projects/p/zones/z/instances/i, group: projects/p/zones/z/instanceGroupManagers/g, machineID: "1", startedAt: "2026-11-23T10:00:00Z"}
                requestID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                operation: operation-1
                attempts: 1
                blockedBy: ["default/web: a budget"]
                message: under way
                failure: {reason: DidNotComeBack, message: "no", time: "2026-11-23T10:05:00Z", retry: once}
              transitionTime: "2026-11-23T10:00:00Z"
            """
        #expect(try objections(of: DefinitionFile.nodeAudits.schema, to: record) == "")
        #expect(
            try objections(of: DefinitionFile.nodeAudits.schema, to: "{report: {policyName: p, state: Unknown}}").hasPrefix(
                "report.state: Unsupported value: \"Unknown\""))
    }
}
