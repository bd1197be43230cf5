import Digests
package import KubeCore

/// What every task's pod of a policy has in common.
package struct TaskSettings: Sendable, Hashable {
    package var policyName: String
    package var namespace: String
    package var image: String
    /// Holds the script; it is in the cluster.
    package var configMap: String
    package var backend: String
    package var priorityClassName: String
}

/// One-shot pods that read, clean or reboot one node, with the script of the agents' set-up.
package enum TaskPod {
    /// The script alone: tasks need nothing of a specification, which may be refused by then. Named by its content.
    package static func configMap(for policy: AuditPolicy, options: AgentOptions) -> ConfigMap {
        let data = [AgentManifests.DataKey.script: AuditSetupScript.text]
        let suffix = Revision.suffix(of: .object(data.mapValues { .string($0) }))
        let metadata = ObjectMeta(
            name: "\(AgentManifests.objectName(policy))-task-\(suffix)", namespace: options.namespace, labels: labels(policy.name))
        return ConfigMap(metadata: metadata, data: data, immutable: true)
    }

    /// Named by the node, so that there is at most one on it, and pinned to it, cordoned or not. It says which boot it is meant for,
    /// and changes no other.
    static func pod(for task: NodeReport.Task, on node: NodeView, _ settings: TaskSettings) -> Pod {
        var metadata = ObjectMeta(name: name(on: node.name), namespace: settings.namespace, labels: labels(settings.policyName))
        metadata.annotations = [WellKnown.Annotation.task: task.rawValue, WellKnown.Annotation.bootID: node.bootID]
        var spec = PodSpec(containers: [container(for: task, on: node, settings)])
        spec.affinity = Affinity(
            nodeAffinity: NodeAffinity(
                required: NodeSelector(terms: [
                    NodeSelectorTerm(matchFields: [LabelRequirement(key: "metadata.name", operator: .in, values: [node.name])])
                ])))
        spec.tolerations = [Toleration(operator: "Exists")]
        spec.serviceAccountName = WellKnown.objectPrefix + settings.policyName
        spec.automountServiceAccountToken = false
        spec.enableServiceLinks = false
        // The audit socket refuses processes of another PID namespace.
        spec.hostPID = true
        spec.restartPolicy = "Never"
        spec.terminationGracePeriodSeconds = 30
        if !settings.priorityClassName.isEmpty { spec.priorityClassName = settings.priorityClassName }
        var host = Volume(name: AgentPodTemplate.VolumeName.host)
        host.hostPath = Volume.HostPath(path: "/", type: "Directory")
        var script = Volume(name: AgentPodTemplate.VolumeName.configuration)
        script.configMap = Volume.ConfigMapSource(name: settings.configMap, defaultMode: 0o444)
        spec.volumes = [host, script]
        return Pod(metadata: metadata, spec: spec)
    }

    /// `nodeaudit-task-` and 16 hexadecimal digits.
    package static func name(on node: String) -> String { "nodeaudit-task-\(SHA256Digest(of: node).hex.prefix(16))" }

    private static func container(for task: NodeReport.Task, on node: NodeView, _ settings: TaskSettings) -> Container {
        var container = Container(name: WellKnown.ContainerName.task, image: settings.image)
        container.imagePullPolicy = "IfNotPresent"
        container.command = ["/bin/sh", "\(AgentPodTemplate.configurationDirectory)/\(AgentManifests.DataKey.script)"]
        container.env = [
            Container.EnvVar("NODEAUDIT_TASK", value: task.rawValue), Container.EnvVar("NODEAUDIT_BACKEND", value: settings.backend),
            Container.EnvVar("NODEAUDIT_BOOT_ID", value: node.bootID),
            Container.EnvVar("NODEAUDIT_HOST_ROOT", value: AgentPodTemplate.hostRoot),
        ]
        container.resources = Container.Resources(requests: ["cpu": "5m", "memory": "8Mi"], limits: ["memory": "64Mi"])
        container.volumeMounts = [
            Container.VolumeMount(name: AgentPodTemplate.VolumeName.host, mountPath: AgentPodTemplate.hostRoot),
            Container.VolumeMount(
                name: AgentPodTemplate.VolumeName.configuration, mountPath: AgentPodTemplate.configurationDirectory, readOnly: true),
        ]
        var security = Container.SecurityContext()
        security.privileged = true
        security.runAsUser = 0
        container.securityContext = security
        container.terminationMessagePath = "/dev/termination-log"
        container.terminationMessagePolicy = "File"
        return container
    }

    private static func labels(_ policyName: String) -> Labels {
        [
            WellKnown.Label.policy: policyName, WellKnown.Label.component: WellKnown.Component.task,
            WellKnown.Label.applicationName: "nodeaudit", WellKnown.Label.managedBy: "nodeaudit",
        ]
    }
}
