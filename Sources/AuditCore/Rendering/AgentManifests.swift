package import KubeCore

/// Everything that runs an accepted policy on its nodes, as the API takes it.
///
/// Guarantees: pure; equal specifications and options give equal manifests and revisions. The revision changes exactly when
/// what an agent runs changes: the pod template or the configuration, not the pace of a roll-out.
package struct AgentManifests: Sendable {
    package var serviceAccount: ServiceAccount
    /// Named by its content: a running pod never sees it change.
    package var configMap: ConfigMap
    /// Where the agents have addresses of their own.
    package var networkPolicy: NetworkPolicy?
    package var daemonSet: DaemonSet
    package var revision: String
    /// Of the kernel's part: only a change of this one can need another boot.
    package var auditRevision: String

    enum DataKey {
        static let collector = "collector.yaml"
        static let script = "audit-setup.sh"
        static func rules(_ architecture: NodeArchitecture) -> String { "audit.rules.\(architecture.rawValue)" }
    }

    /// For a policy whose specification has no problems.
    ///
    /// Errors: `.internalError` for audit rules with errors, or when an object cannot be written as JSON.
    package init(for policy: AuditPolicy, options: AgentOptions) throws(KubeError) {
        let configuration = CollectorConfiguration(policy.spec, options: options)
        let name = Self.objectName(policy)
        let labels = Self.labels(policy)
        func metadata(_ name: String) -> ObjectMeta { ObjectMeta(name: name, namespace: options.namespace, labels: labels) }

        let rules = try RuleFiles(policy.spec)
        let data = [DataKey.collector: configuration.text, DataKey.script: AuditSetupScript.text].merging(rules.data) { $1 }
        let content = JSONValue.object(data.mapValues { .string($0) })
        configMap = ConfigMap(metadata: metadata("\(name)-\(Revision.suffix(of: content))"), data: data, immutable: true)

        serviceAccount = ServiceAccount(metadata: metadata(name), automountServiceAccountToken: false)
        if !policy.spec.agent.serviceAccountAnnotations.isEmpty {
            serviceAccount.metadata.annotations = policy.spec.agent.serviceAccountAnnotations
        }

        let template = AgentPodTemplate(
            policy: policy, options: options, configMapName: configMap.name, secrets: configuration.secrets
        ).template
        let selector = LabelSelector(matchLabels: Self.selectorLabels(policy))
        daemonSet = DaemonSet(metadata: metadata(name), spec: Self.workload(template, selector: selector, rollout: policy.spec.rollout))

        var audit: JSONValue = ["backend": .string(policy.spec.audit.backend.rawValue)]
        if !rules.isEmpty { audit["rules"] = rules.digests }
        auditRevision = Revision.of(audit)
        let wish = try daemonSet.jsonValue()["spec"]?["template"] ?? .null
        revision = Revision.of(["template": wish, "data": content])
        daemonSet.spec?.template.metadata?.annotations = [
            WellKnown.Annotation.revision: revision, WellKnown.Annotation.auditRevision: auditRevision,
        ]

        if policy.spec.agent.identity == .workloadIdentity {
            networkPolicy = NetworkPolicy(metadata: metadata(name), spec: Self.network(policy.spec, selector: selector))
        }
    }

    private static func workload(_ template: PodTemplate, selector: LabelSelector, rollout: AuditPolicy.Rollout) -> DaemonSet.Spec {
        var spec = DaemonSet.Spec(selector: selector, template: template)
        // The API's default of one node at a time would stall on the first dead node.
        spec.updateStrategy = DaemonSet.UpdateStrategy(
            type: "RollingUpdate", rollingUpdate: DaemonSet.RollingUpdate(maxUnavailable: rollout.maxUnavailable))
        spec.minReadySeconds = rollout.minReadySeconds
        spec.revisionHistoryLimit = 2
        return spec
    }

    /// In the order in which they must be applied: what pods need comes before the pods.
    package func manifests() throws(KubeError) -> [Manifest] {
        var manifests = [try Manifest(serviceAccount), try Manifest(configMap)]
        if let networkPolicy { manifests.append(try Manifest(networkPolicy)) }
        manifests.append(try Manifest(daemonSet))
        return manifests
    }

    /// `nodeaudit-<policy>`.
    package static func objectName(_ policy: AuditPolicy) -> String { WellKnown.objectPrefix + policy.name }

    static func selectorLabels(_ policy: AuditPolicy) -> Labels {
        [WellKnown.Label.policy: policy.name, WellKnown.Label.component: WellKnown.Component.agent]
    }

    static func labels(_ policy: AuditPolicy) -> Labels {
        var labels = selectorLabels(policy)
        labels[WellKnown.Label.applicationName] = "nodeaudit"
        labels[WellKnown.Label.managedBy] = "nodeaudit"
        return labels
    }

    /// In: the metrics. Out: names, the cloud's metadata and the destinations, by port.
    private static func network(_ spec: AuditPolicy.Spec, selector: LabelSelector) -> NetworkPolicy.Spec {
        let metrics = NetworkPolicy.Port(protocol: "TCP", port: .int(spec.collector.port))
        // GKE's metadata server: 80 with Dataplane V2, 988 without.
        var ports: Set<Int> = [80, 988]
        for output in spec.outputs { ports.formUnion(output.destination?.ports ?? []) }
        let names = ["TCP", "UDP"].map { NetworkPolicy.Port(protocol: $0, port: .int(53)) }
        let destinations = ports.subtracting([53]).sorted().map { NetworkPolicy.Port(protocol: "TCP", port: .int($0)) }
        return NetworkPolicy.Spec(
            podSelector: selector, policyTypes: ["Ingress", "Egress"], ingress: [NetworkPolicy.Rule(ports: [metrics])],
            egress: [NetworkPolicy.Rule(ports: names + destinations)])
    }
}

extension RenderedAgent {
    /// Fluent Bit's file by itself, as it stands in the ConfigMap.
    package var collectorConfiguration: String {
        let configMap = manifests.first { $0.type == ConfigMap.type }
        return configMap?.value["data"]?[AgentManifests.DataKey.collector]?.string ?? ""
    }
}
