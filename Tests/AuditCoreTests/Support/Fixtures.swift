import AuditCore
import KubeCore

extension AuditPolicy {
    static func fixture(_ name: String = "cos", generation: Int64 = 1, created: Int64 = 100) -> AuditPolicy {
        var policy = AuditPolicy(metadata: ObjectMeta(name: name))
        policy.metadata.uid = "uid-\(name)"
        policy.metadata.resourceVersion = "1"
        policy.metadata.generation = generation
        policy.metadata.creationTimestamp = Timestamp(seconds: created)
        policy.metadata.finalizers = [WellKnown.Finalizer.cleanup]
        return policy
    }

    func selecting(_ labels: Labels) -> AuditPolicy {
        var policy = self
        policy.spec.nodeSelector = LabelSelector(matchLabels: labels)
        return policy
    }

    func deleting() -> AuditPolicy {
        var policy = self
        policy.metadata.deletionTimestamp = Timestamp(seconds: 200)
        return policy
    }

    func intent(revision: String? = "1-new") -> PolicyIntent {
        PolicyIntent(policy: self, revision: revision, auditRevision: revision.map { "a\($0)" })
    }
}

extension NodeView {
    static func fixture(
        _ name: String, boot: String = "boot-1", ready: Bool = true,
        labels: Labels = ["cloud.google.com/gke-os-distribution": "cos"]
    ) -> NodeView {
        var node = Node(metadata: ObjectMeta(name: name, labels: labels))
        node.metadata.uid = "uid-\(name)"
        let condition = NodeCondition(type: "Ready", status: ready ? .true : .unknown, reason: ready ? "KubeletReady" : "NodeStatusUnknown")
        node.status = Node.Status(conditions: [condition], nodeInfo: NodeInfo(bootID: boot))
        return NodeView(node)
    }
}

/// An agent's pod as the kubelet would report it, built through the wire types.
struct AgentFixture {
    var node: String
    var policy = "cos"
    var revision = "1-new"
    var created: Int64 = 1_000
    var name: String?
    /// The termination message of the set-up; nil while it has not finished.
    var report: String?
    var exitCode = 0
    var setupWaiting: String?
    var collector: ContainerState = ContainerState(waiting: .init(reason: "PodInitializing"))
    var ready = false
    var deleting = false

    static func report(
        _ outcome: String = "Active", boot: String = "boot-1", enabled: Int = 2, hash: String = "aa", baseline: String = "bb",
        lost: Int = 0,
        detail: String = ""
    ) -> String {
        #"{"v":1,"task":"setup","outcome":"\#(outcome)","boot":"\#(boot)","enabled":\#(enabled),"unit":"active","rules":14,"#
            + #""hash":"\#(String(repeating: hash, count: 32))","baseline":"\#(String(repeating: baseline, count: 32))","lost":\#(lost),"#
            + #""backlogLimit":8192,"failure":0,"left":[],"detail":"\#(detail)"}"#
    }

    /// Audits as wanted and collects.
    static func applied(_ node: String, revision: String = "1-new", boot: String = "boot-1") -> AgentFixture {
        var agent = AgentFixture(node: node)
        agent.revision = revision
        agent.report = report(boot: boot)
        agent.collector = ContainerState(running: .init(startedAt: Timestamp(seconds: 1_010)))
        agent.ready = true
        return agent
    }

    var pod: Pod {
        var pod = Pod(
            metadata: ObjectMeta(
                name: name ?? "agent-\(node)-\(revision)", namespace: "nodeaudit-agents",
                labels: [WellKnown.Label.policy: policy, WellKnown.Label.component: "agent"],
                annotations: [WellKnown.Annotation.revision: revision, WellKnown.Annotation.auditRevision: "a\(revision)"]))
        pod.metadata.uid = "uid-\(name ?? node)-\(revision)"
        pod.metadata.creationTimestamp = Timestamp(seconds: created)
        if deleting { pod.metadata.deletionTimestamp = Timestamp(seconds: created + 1) }
        pod.spec = PodSpec(containers: [])
        pod.spec?.nodeName = node
        pod.status = Pod.Status(phase: "Running")
        var state = ContainerState(waiting: setupWaiting.map { .init(reason: $0, message: "why") })
        if let report {
            let terminated = ContainerState.Terminated(exitCode: exitCode, message: report, finishedAt: Timestamp(seconds: created + 5))
            state.terminated = terminated
        }
        pod.status?.initContainerStatuses = [ContainerStatus(name: "audit-setup", state: state)]
        pod.status?.containerStatuses = [ContainerStatus(name: "collector", ready: ready, state: collector)]
        return pod
    }

    var view: AgentPodView? { AgentPodView(pod) }
}

func evidence(
    _ agent: AgentFixture?, node: NodeView, policy: AuditPolicy = .fixture(), stored: NodeAudit? = nil
) -> NodeEvidence {
    NodeEvidence(node: node, intent: policy.intent(), pods: [agent?.view].compactMap { $0 }, stored: stored)
}
