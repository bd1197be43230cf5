import AuditCore
import Digests
import KubeCore
import Testing

struct AgentManifestsTests {
    // MARK: Names

    @Test(arguments: RenderingFixture.allCases)
    func `every object is ours, in the agents' namespace, and says whose it is`(fixture: RenderingFixture) throws {
        for manifest in try fixture.policy.rendered().manifests() {
            let metadata = manifest.value["metadata"]
            #expect(metadata?["namespace"] == "nodeaudit-agents")
            #expect(metadata?["labels"]?["nodeaudit.dev/policy"]?.string == fixture.rawValue)
            #expect(metadata?["labels"]?["app.kubernetes.io/managed-by"] == "nodeaudit")
            #expect(metadata?["name"]?.string?.hasPrefix("nodeaudit-\(fixture.rawValue)") == true)
            #expect(ManagedObject(type: manifest.type, value: manifest.value).isOurs)
        }
    }

    @Test func `objects are applied before the pods that need them`() throws {
        #expect(
            try RenderingFixture.cosDefault.policy.rendered().manifests().map(\.type.kind) == ["ServiceAccount", "ConfigMap", "DaemonSet"])
        #expect(
            try RenderingFixture.twoLogs.policy.rendered().manifests().map(\.type.kind)
                == ["ServiceAccount", "ConfigMap", "NetworkPolicy", "DaemonSet"])
    }

    @Test func `the longest name gives names that the API takes`() throws {
        let policy = AuditPolicy(metadata: ObjectMeta(name: String(repeating: "n", count: AuditPolicy.maximumNameLength)))
        let agent = try policy.rendered()
        #expect(agent.daemonSet.name.utf8.count <= 63)
        #expect(agent.configMap.name.utf8.count <= 253)
    }

    @Test func `the ConfigMap is named after its content and the pods mount exactly it`() throws {
        let agent = try RenderingFixture.cosDefault.policy.rendered()
        let content = JSONValue.object((agent.configMap.data ?? [:]).mapValues { .string($0) })
        #expect(agent.configMap.name == "nodeaudit-cos-default-\(SHA256Digest(of: content.serialized).hex.prefix(10))")
        #expect(agent.pod.volumes?.compactMap(\.configMap?.name) == [agent.configMap.name])
        #expect(agent.configMap.immutable == true)
        #expect(agent.configMap.data?["audit-setup.sh"] == AuditSetupScript.text)
    }

    @Test func `a configuration that no ConfigMap can hold is refused`() throws {
        var policy = RenderingFixture.filters.policy
        let values = Array(repeating: String(repeating: "€", count: 512), count: 12)
        policy.spec.filters = (0..<20).map { .init(name: "f\($0)", dropMatching: .init(field: "MESSAGE", values: values)) }
        #expect(policy.problems().isEmpty)
        policy.spec.filters += (20..<32).map { .init(name: "f\($0)", dropMatching: .init(field: "MESSAGE", values: values)) }
        #expect(policy.problems().map(\.path) == ["spec.filters"])
    }

    // MARK: Revisions

    private func revisions(_ change: (inout AuditPolicy) -> Void, options: AgentOptions = .fixture) throws -> (
        revision: String, audit: String
    ) {
        var policy = RenderingFixture.twoLogs.policy
        change(&policy)
        let agent = try policy.rendered(options)
        return (agent.revision, agent.auditRevision)
    }

    @Test func `a revision has the version of its hash and sixteen digits, and stands on the pods`() throws {
        let agent = try RenderingFixture.cosDefault.policy.rendered()
        #expect(agent.revision.wholeMatch(of: /1-[0-9a-f]{16}/) != nil && agent.auditRevision.wholeMatch(of: /1-[0-9a-f]{16}/) != nil)
        let annotations = agent.daemonSet.spec?.template.metadata?.annotations
        #expect(annotations == ["nodeaudit.dev/revision": agent.revision, "nodeaudit.dev/audit-revision": agent.auditRevision])
        #expect(agent.daemonSet.metadata.annotations == nil)
    }

    @Test func `rendering the same gives the same`() throws {
        for fixture in RenderingFixture.allCases {
            #expect(try fixture.policy.rendered().manifests() == fixture.policy.rendered().manifests())
        }
    }

    @Test func `what an agent does not see leaves the revision as it is`() throws {
        let before = try revisions { _ in }
        let changes: [(inout AuditPolicy) -> Void] = [
            { $0.spec.rollout.maxUnavailable = .int(5) }, { $0.spec.rollout.minReadySeconds = 60 },
            { $0.spec.rollout.progressDeadlineSeconds = 5 },
            { $0.spec.mode = .paused }, { $0.metadata.generation = 7 }, { $0.metadata.annotations = ["a": "b"] }, { $0.metadata.uid = "u" },
            { $0.spec.agent.serviceAccountAnnotations = [:] },
        ]
        for change in changes { #expect(try revisions(change) == before) }
    }

    @Test func `what an agent runs is in the revision, and only the kernel's part in the audit revision`() throws {
        let before = try revisions { _ in }
        let changes: [(inout AuditPolicy) -> Void] = [
            { $0.spec.outputs[0].retryLimit = 1 }, { $0.spec.outputs.removeLast() },
            { $0.spec.filters = [.init(name: "a", dropping: ["CWD"])] },
            { $0.spec.collector.port = 2025 }, { $0.spec.collector.logLevel = .error }, { $0.spec.collector.resources.limits.cpu = nil },
            { $0.spec.collector.buffer.maxSize = "1Gi" }, { $0.spec.agent.identity = .node }, { $0.spec.agent.tolerations = [] },
            { $0.spec.agent.priorityClassName = "" }, { $0.spec.nodeSelector = LabelSelector() }, { $0.metadata.name = "other" },
        ]
        var seen = [before.revision]
        for change in changes {
            let after = try revisions(change)
            #expect(!seen.contains(after.revision) && after.audit == before.audit)
            seen.append(after.revision)
        }
        var options = AgentOptions.fixture
        options.collectorImage += "@sha256:0"
        #expect(try revisions({ _ in }, options: options).revision != before.revision)
    }

    // MARK: What the pods may do

    @Test(arguments: RenderingFixture.allCases)
    func `only the set-up is privileged, and it ends before the collector begins`(fixture: RenderingFixture) throws {
        let agent = try fixture.policy.rendered()
        #expect(agent.pod.initContainers?.map(\.name) == ["audit-setup"] && agent.pod.containers.map(\.name) == ["collector"])
        #expect(agent.setup?.securityContext?.privileged == true)
        let security = try #require(agent.collector?.securityContext)
        #expect(security.privileged == false && security.allowPrivilegeEscalation == false && security.readOnlyRootFilesystem == true)
        #expect(security.capabilities == Container.Capabilities(add: ["DAC_READ_SEARCH"], drop: ["ALL"]))
        #expect(security.seccompProfile?.type == "RuntimeDefault")
        #expect(agent.pod.automountServiceAccountToken == false && agent.serviceAccount.automountServiceAccountToken == false)
        #expect(agent.pod.hostPID == true)
    }

    @Test(arguments: RenderingFixture.allCases)
    func `the collector sees of the host the logs, read-only, and its own state`(fixture: RenderingFixture) throws {
        let agent = try fixture.policy.rendered()
        let paths = Dictionary(
            uniqueKeysWithValues: (agent.pod.volumes ?? []).compactMap { volume in volume.hostPath.map { (volume.name, $0.path) } })
        let mounts = (agent.collector?.volumeMounts ?? []).filter { paths[$0.name] != nil }
        #expect(mounts.map { paths[$0.name] } == ["/var/log", "/var/lib/nodeaudit/\(fixture.rawValue)"])
        #expect(mounts[0].readOnly == true && mounts[1].readOnly == nil)
        #expect(agent.setup?.volumeMounts?.map(\.mountPath) == ["/host", "/etc/nodeaudit"])
        // Each mount has its volume, and each volume is mounted.
        let mounted = Set((agent.pod.containers + (agent.pod.initContainers ?? [])).flatMap { $0.volumeMounts ?? [] }.map(\.name))
        #expect(mounted == Set((agent.pod.volumes ?? []).map(\.name)))
    }

    @Test(arguments: RenderingFixture.allCases)
    func `no text of a policy is a command, an argument or a variable`(fixture: RenderingFixture) throws {
        let agent = try fixture.policy.rendered()
        for container in [agent.setup, agent.collector].compactMap({ $0 }) {
            // The kubelet would expand $(…) in these.
            let texts = (container.command ?? []) + (container.args ?? []) + (container.env ?? []).compactMap(\.value)
            #expect(!texts.contains { $0.contains("$(") })
        }
        #expect(agent.collector?.args == ["--config=/etc/nodeaudit/collector.yaml"])
        let usesAmazon = [.s3, .openSearch].contains(fixture)
        #expect(agent.collector?.env?.map(\.name) == ["NODE_NAME", "POD_IP"] + (usesAmazon ? ["AWS_SHARED_CREDENTIALS_FILE"] : []))
        let values = agent.collector?.env?.compactMap(\.value) ?? []
        #expect(values.allSatisfy { $0.wholeMatch(of: /\/var\/run\/secrets\/nodeaudit\/[0-9]+\/value/) != nil })
        #expect(
            agent.setup?.env?.map { "\($0.name)=\($0.value ?? "")" } == [
                "NODEAUDIT_TASK=setup", "NODEAUDIT_BACKEND=CloudAuditSetup", "NODEAUDIT_HOST_ROOT=/host",
            ])
    }

    @Test func `the script knows every variable that the set-up gets`() throws {
        for variable in try RenderingFixture.cosDefault.policy.rendered().setup?.env ?? [] {
            #expect(AuditSetupScript.text.contains("${\(variable.name):-"))
        }
    }

    @Test func `secrets are files of mounted Secrets, and nothing else of them stands anywhere`() throws {
        let agent = try RenderingFixture.forward.policy.rendered()
        let secrets = (agent.pod.volumes ?? []).compactMap(\.secret)
        #expect(secrets.map(\.secretName) == ["collector", "collector", "collector-client", "collector-client"])
        #expect(secrets.map { $0.items?.map(\.key) } == [["shared-key"], ["ca.crt"], ["tls.crt"], ["tls.key"]])
        #expect(secrets.allSatisfy { $0.defaultMode == 0o400 && $0.optional == nil })
        let mounts = (agent.collector?.volumeMounts ?? []).filter { $0.name.hasPrefix("secret-") }
        #expect(mounts.count == 4 && mounts.allSatisfy { $0.readOnly == true && $0.subPath == nil })
        for index in 0..<4 { #expect(agent.collectorText.contains("/var/run/secrets/nodeaudit/\(index)/value")) }
        #expect(!agent.collectorText.contains("shared-key\"") && !agent.collectorText.contains("collector-client"))
    }

    @Test func `a secret used twice is mounted once`() throws {
        var policy = RenderingFixture.forward.policy
        var second = policy.spec.outputs[0]
        second.name = "second"
        policy.spec.outputs.append(second)
        #expect((try policy.rendered().pod.volumes ?? []).compactMap(\.secret).count == 4)
    }

    // MARK: Identity, placement, pace

    @Test func `with the node's identity the pod is on the host's network`() throws {
        let agent = try RenderingFixture.cosDefault.policy.rendered()
        #expect(agent.pod.hostNetwork == true && agent.pod.dnsPolicy == "Default" && agent.networkPolicy == nil)
        #expect(agent.collector?.ports?.first?.hostPort == 2024)
    }

    @Test func `with an identity of its own it is on the pod network, behind a policy`() throws {
        let agent = try RenderingFixture.twoLogs.policy.rendered()
        #expect(agent.pod.hostNetwork == nil && agent.pod.dnsPolicy == "ClusterFirst")
        #expect(agent.collector?.ports?.first?.hostPort == nil)
        #expect(agent.serviceAccount.metadata.annotations == ["iam.gke.io/gcp-service-account": "audit@prod.iam.gserviceaccount.com"])
        let network = try #require(agent.networkPolicy?.spec)
        #expect(network.podSelector == agent.daemonSet.spec?.selector)
        #expect(network.policyTypes == ["Ingress", "Egress"])
        #expect(network.ingress?.flatMap { $0.ports ?? [] }.map(\.port) == [.int(2024)])
        #expect(network.egress?.flatMap { $0.ports ?? [] }.map(\.port) == [.int(53), .int(53), .int(80), .int(443), .int(988)])
    }

    @Test(arguments: [
        (RenderingFixture.forward, [24224]), (.http, [443]), (.openTelemetry, [4317, 4318]), (.splunk, [8088]),
        (.elasticsearch, [9200, 9243]),
        (.openSearch, [443, 9200]), (.loki, [443, 3100]), (.kafka, [9093, 9094, 9095]), (.syslog, [6514]), (.s3, [443, 9000]),
        (.stdout, []),
    ])
    func `the network policy lets agents out to their destinations and nowhere else`(fixture: RenderingFixture, ports: [Int]) throws {
        var policy = fixture.policy
        policy.spec.agent.identity = .workloadIdentity
        let egress = try #require(try policy.rendered().networkPolicy?.spec?.egress).flatMap { $0.ports ?? [] }
        let names: [IntOrString] = [.int(53), .int(53)]
        #expect(egress.map(\.port) == names + ([80, 988] + ports).sorted().map { IntOrString.int($0) })
    }

    @Test func `outputs that use Amazon's credentials share one file, which the process knows`() throws {
        let agent = try RenderingFixture.s3.policy.rendered()
        #expect((agent.pod.volumes ?? []).compactMap(\.secret).map(\.secretName) == ["aws", "minio"])
        let variable = agent.collector?.env?.first { $0.name == "AWS_SHARED_CREDENTIALS_FILE" }
        #expect(variable?.value == "/var/run/secrets/nodeaudit/0/value")
    }

    @Test func `agents land on exactly the nodes that the policy selects`() throws {
        let policy = RenderingFixture.filters.policy
        let terms =
            try policy.rendered().pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
        #expect(terms.count == 1)
        let keys = [
            "cloud.google.com/gke-os-distribution": "cos", "audit": "yes", "cloud.google.com/gke-nodepool": "ci",
            "node.kubernetes.io/exclude-from-audit": "",
        ]
        for mask in 0..<16 {
            var labels = Labels()
            for (place, label) in keys.sorted(by: { $0.key < $1.key }).enumerated() where mask >> place & 1 == 1 {
                labels[label.key] = label.value
            }
            #expect(terms[0].matches(labels: labels, name: "n") == policy.spec.nodeSelector.matches(labels))
        }
        var everywhere = policy
        everywhere.spec.nodeSelector = LabelSelector()
        #expect(try everywhere.rendered().pod.affinity == nil)
    }

    @Test func `tainted nodes are covered unless the policy says otherwise`() throws {
        let tolerations = try RenderingFixture.cosDefault.policy.rendered().pod.tolerations ?? []
        for effect in ["NoSchedule", "NoExecute"] {
            #expect(tolerations.contains { $0.tolerates(Taint(key: "sandbox.gke.io/runtime", value: "gvisor", effect: effect)) })
        }
        #expect(try RenderingFixture.twoLogs.policy.rendered().pod.tolerations == [Toleration(key: "gvisor", operator: "Exists")])
    }

    @Test func `the pace of a roll-out is the policy's`() throws {
        let spec = try #require(try RenderingFixture.stdout.policy.rendered().daemonSet.spec)
        #expect(spec.updateStrategy?.type == "RollingUpdate" && spec.updateStrategy?.rollingUpdate?.maxUnavailable == .int(3))
        #expect(spec.minReadySeconds == 10)
        #expect(spec.template.spec.terminationGracePeriodSeconds == 120)
    }

    @Test func `life is answering, health is delivering`() throws {
        let collector = try #require(try RenderingFixture.cosDefault.policy.rendered().collector)
        #expect(collector.livenessProbe?.httpGet?.path == "/api/v1/uptime")
        #expect(collector.readinessProbe?.httpGet?.path == "/api/v1/health")
    }
}
