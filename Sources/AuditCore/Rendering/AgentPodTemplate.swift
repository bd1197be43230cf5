import KubeCore

/// The pod that runs on each node: the set-up, which is privileged, short and first, and the collector, which stays.
struct AgentPodTemplate {
    let policy: AuditPolicy
    let options: AgentOptions
    let configMapName: String
    let secrets: SecretMounts

    static let graceSeconds: Int64 = 120

    enum VolumeName {
        static let host = "host"
        static let configuration = "configuration"
        static let logs = "var-log"
        static let state = "state"
    }

    /// Where the ConfigMap is mounted, in both containers.
    static let configurationDirectory = "/etc/nodeaudit"
    static let hostRoot = "/host"

    private var spec: AuditPolicy.Spec { policy.spec }
    private var usesHostNetwork: Bool { spec.agent.identity == .node }

    /// Without the revision, which is computed from it.
    var template: PodTemplate {
        var pod = PodSpec(containers: [collector])
        pod.initContainers = [setup]
        pod.affinity = affinity
        pod.tolerations = spec.agent.tolerations
        pod.serviceAccountName = AgentManifests.objectName(policy)
        // Nothing on a node needs the API: reports go through the pod's status.
        pod.automountServiceAccountToken = false
        pod.enableServiceLinks = false
        // The audit socket refuses processes of another PID namespace.
        pod.hostPID = true
        if usesHostNetwork { pod.hostNetwork = true }
        // The node's resolver needs no pod to run; the cluster's knows Services.
        pod.dnsPolicy = usesHostNetwork ? "Default" : "ClusterFirst"
        if !spec.agent.priorityClassName.isEmpty { pod.priorityClassName = spec.agent.priorityClassName }
        pod.restartPolicy = "Always"
        pod.terminationGracePeriodSeconds = Self.graceSeconds
        pod.volumes = volumes
        return PodTemplate(metadata: ObjectMeta(labels: AgentManifests.labels(policy)), spec: pod)
    }

    /// The policy's selector, as the scheduler has it. None when every node is selected: a term without requirements
    /// would select no node.
    private var affinity: Affinity? {
        let requirements = spec.nodeSelector.requirements
        guard !requirements.isEmpty else { return nil }
        return Affinity(nodeAffinity: NodeAffinity(required: NodeSelector(terms: [NodeSelectorTerm(matchExpressions: requirements)])))
    }

    private var setup: Container {
        var container = Container(name: WellKnown.ContainerName.setup, image: options.setupImage)
        container.imagePullPolicy = "IfNotPresent"
        container.command = ["/bin/sh", "\(Self.configurationDirectory)/\(AgentManifests.DataKey.script)"]
        container.env = [
            Container.EnvVar("NODEAUDIT_TASK", value: "setup"), Container.EnvVar("NODEAUDIT_BACKEND", value: spec.audit.backend.rawValue),
            Container.EnvVar("NODEAUDIT_HOST_ROOT", value: Self.hostRoot),
        ]
        container.resources = Container.Resources(requests: ["cpu": "10m", "memory": "10Mi"], limits: ["memory": "64Mi"])
        container.volumeMounts = [
            Container.VolumeMount(name: VolumeName.host, mountPath: Self.hostRoot),
            Container.VolumeMount(name: VolumeName.configuration, mountPath: Self.configurationDirectory, readOnly: true),
        ]
        var security = Container.SecurityContext()
        security.privileged = true
        security.runAsUser = 0
        container.securityContext = security
        container.terminationMessagePath = "/dev/termination-log"
        container.terminationMessagePolicy = "File"
        return container
    }

    private var collector: Container {
        var container = Container(name: WellKnown.ContainerName.collector, image: options.collectorImage)
        container.imagePullPolicy = "IfNotPresent"
        container.command = ["/fluent-bit/bin/fluent-bit"]
        container.args = ["--config=\(Self.configurationDirectory)/\(AgentManifests.DataKey.collector)"]
        container.env = [
            Container.EnvVar(CollectorConfiguration.Variable.nodeName, fieldPath: "spec.nodeName"),
            Container.EnvVar(CollectorConfiguration.Variable.podAddress, fieldPath: "status.podIP"),
        ]
        if let path = secrets.awsCredentials {
            container.env?.append(Container.EnvVar(CollectorConfiguration.Variable.awsCredentials, value: path))
        }
        var port = Container.Port(name: "metrics", containerPort: spec.collector.port, protocol: "TCP")
        if usesHostNetwork { port.hostPort = spec.collector.port }
        container.ports = [port]
        container.resources = resources
        container.volumeMounts =
            [
                Container.VolumeMount(name: VolumeName.configuration, mountPath: Self.configurationDirectory, readOnly: true),
                Container.VolumeMount(name: VolumeName.logs, mountPath: CollectorConfiguration.logDirectory, readOnly: true),
                Container.VolumeMount(name: VolumeName.state, mountPath: CollectorConfiguration.stateDirectory),
            ] + secrets.mounts
        container.securityContext = Self.collectorSecurity
        // Alive is who answers, whatever the destinations do: a dead one must not restart the collector in circles.
        container.livenessProbe = Self.probe("/api/v1/uptime", delay: 30, period: 60, failures: 3)
        container.readinessProbe = Self.probe("/api/v1/health", delay: 5, period: 20, failures: 3)
        return container
    }

    private static func probe(_ path: String, delay: Int, period: Int, failures: Int) -> Container.Probe {
        var probe = Container.Probe(
            httpGet: Container.HTTPGet(path: path, port: .string("metrics")), initialDelaySeconds: delay, periodSeconds: period,
            timeoutSeconds: 5, failureThreshold: failures)
        probe.httpGet?.scheme = "HTTP"
        return probe
    }

    /// Root without privileges: it owns its state directory, and reads the journal by DAC_READ_SEARCH.
    private static var collectorSecurity: Container.SecurityContext {
        var security = Container.SecurityContext()
        security.privileged = false
        security.allowPrivilegeEscalation = false
        security.readOnlyRootFilesystem = true
        security.runAsUser = 0
        security.runAsGroup = 0
        security.capabilities = Container.Capabilities(add: ["DAC_READ_SEARCH"], drop: ["ALL"])
        security.seccompProfile = SeccompProfile(type: "RuntimeDefault")
        return security
    }

    private var resources: Container.Resources {
        func quantities(_ amounts: AuditPolicy.Resources.Amounts) -> [String: String]? {
            var quantities: [String: String] = [:]
            quantities["cpu"] = amounts.cpu
            quantities["memory"] = amounts.memory
            return quantities.isEmpty ? nil : quantities
        }
        let wanted = spec.collector.resources
        return Container.Resources(requests: quantities(wanted.requests), limits: quantities(wanted.limits))
    }

    private var volumes: [Volume] {
        var host = Volume(name: VolumeName.host)
        host.hostPath = Volume.HostPath(path: "/", type: "Directory")
        var configuration = Volume(name: VolumeName.configuration)
        configuration.configMap = Volume.ConfigMapSource(name: configMapName, defaultMode: 0o444)
        var logs = Volume(name: VolumeName.logs)
        // Not /var/log/journal: where that is missing the pod would never start, and nobody would learn why.
        logs.hostPath = Volume.HostPath(path: CollectorConfiguration.logDirectory, type: "Directory")
        var state = Volume(name: VolumeName.state)
        state.hostPath = Volume.HostPath(path: "\(CollectorConfiguration.stateDirectory)/\(policy.name)", type: "DirectoryOrCreate")
        return [host, configuration, logs, state] + secrets.volumes
    }
}
