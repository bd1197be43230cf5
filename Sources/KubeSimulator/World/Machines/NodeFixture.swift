import KubeCore

/// What a kubelet of a GKE node writes when it registers, and the parts of a Node that others add.
struct NodeFixture {
    let machine: Machine
    let configuration: SimulatedCluster.Configuration
    let now: Timestamp

    /// The Node as its kubelet creates it.
    func node(isReady: Bool) -> JSONValue {
        var metadata: JSONValue = ["name": .string(machine.name), "annotations": .object(annotations)]
        metadata["labels"] = .object(labels.mapValues { .string($0) })
        var spec: JSONValue = ["podCIDR": .string(podCIDR), "podCIDRs": [.string(podCIDR)], "providerID": .string(machine.providerID)]
        if !isReady { spec["taints"] = [["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]] }
        return [
            "apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec,
            "status": [
                "capacity": resources(cpu: "4", memory: "16393220Ki"), "allocatable": resources(cpu: "3920m", memory: "13550596Ki"),
                "addresses": [
                    ["type": "InternalIP", "address": .string(address)],
                    ["type": "Hostname", "address": .string(machine.name)],
                ],
                "conditions": .array(conditions(isReady: isReady)),
                "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
                "nodeInfo": nodeInfo, "images": .array(configuration.hasBallast ? ballastImages : []),
            ],
        ]
    }

    var address: String { "10.128.\(machine.ordinal / 250 % 250).\(machine.ordinal % 250 + 2)" }

    private var podCIDR: String { "10.\(8 + machine.ordinal / 256 % 200).\(machine.ordinal % 256).0/24" }

    private var labels: [String: String] {
        var labels = [
            "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/instance-type": "e2-standard-4", "beta.kubernetes.io/os": "linux",
            "cloud.google.com/gke-nodepool": machine.pool, "failure-domain.beta.kubernetes.io/region": configuration.region,
            "failure-domain.beta.kubernetes.io/zone": machine.zone, "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": machine.name, "kubernetes.io/os": "linux", "node.kubernetes.io/instance-type": "e2-standard-4",
            "topology.kubernetes.io/region": configuration.region, "topology.kubernetes.io/zone": machine.zone,
        ]
        if !machine.isUnlabelled {
            labels["cloud.google.com/gke-os-distribution"] = machine.image == .containerOptimized ? "cos" : "ubuntu"
        }
        if configuration.hasBallast {
            for name in ["boot-disk", "container-runtime", "cpu-scaling-level", "logging-variant", "max-pods-per-node", "memory-gb"] {
                labels["cloud.google.com/gke-\(name)"] = "default"
            }
            labels["iam.gke.io/gke-metadata-server-enabled"] = "true"
            labels["topology.gke.io/zone"] = machine.zone
        }
        return labels.merging(machine.extraLabels) { $1 }
    }

    private var annotations: [String: JSONValue] {
        var annotations: [String: JSONValue] = [
            "container.googleapis.com/instance_id": .string(String(machine.instanceID)), "node.alpha.kubernetes.io/ttl": "0",
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        ]
        if configuration.hasBallast {
            annotations["csi.volume.kubernetes.io/nodeid"] = .string(
                #"{"pd.csi.storage.gke.io":"projects/\#(machine.project)/zones/\#(machine.zone)/instances/\#(machine.name)"}"#)
            annotations["node.gke.io/last-applied-node-labels"] = .string(
                labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","))
        }
        return annotations
    }

    private func resources(cpu: String, memory: String) -> JSONValue {
        ["cpu": .string(cpu), "ephemeral-storage": "98831908Ki", "hugepages-2Mi": "0", "memory": .string(memory), "pods": "110"]
    }

    var nodeInfo: JSONValue {
        let isCOS = machine.image == .containerOptimized
        return [
            "architecture": "amd64", "bootID": .string(machine.kernel.bootID), "containerRuntimeVersion": "containerd://2.0.6",
            "kernelVersion": .string(isCOS ? "6.6.93+" : "6.8.0-1030-gke"), "kubeProxyVersion": "",
            "kubeletVersion": "v1.36.1-gke.1000", "machineID": .string(String(Fingerprint.hex(machine.name).prefix(32))),
            "operatingSystem": "linux",
            "osImage": .string(isCOS ? "Container-Optimized OS from Google" : "Ubuntu 24.04.2 LTS"),
            "systemUUID": .string(String(Fingerprint.hex("\(machine.instanceID)").prefix(32))),
        ]
    }

    /// The kubelet's own conditions and those of the node problem detector.
    func conditions(isReady: Bool) -> [JSONValue] {
        let problems = [
            ("FrequentKubeletRestart", "NoFrequentKubeletRestart", "kubelet is functioning properly"),
            ("FrequentDockerRestart", "NoFrequentDockerRestart", "docker is functioning properly"),
            ("FrequentContainerdRestart", "NoFrequentContainerdRestart", "containerd is functioning properly"),
            ("KernelDeadlock", "KernelHasNoDeadlock", "kernel has no deadlock"),
            ("ReadonlyFilesystem", "FilesystemIsNotReadOnly", "Filesystem is not read-only"),
            ("CorruptDockerOverlay2", "NoCorruptDockerOverlay2", "docker overlay2 is functioning properly"),
            ("NetworkUnavailable", "RouteCreated", "NodeController create implicit route"),
            ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ]
        return problems.map { condition($0, "False", $1, $2) } + [readyCondition(isReady: isReady)]
    }

    func readyCondition(isReady: Bool) -> JSONValue {
        isReady
            ? condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
            : condition(
                "Ready", "False", "KubeletNotReady",
                "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: "
                    + "cni plugin not initialized")
    }

    private func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
            "lastHeartbeatTime": .string(now.description), "lastTransitionTime": .string(now.description),
        ]
    }

    private var ballastImages: [JSONValue] {
        (0..<50).map { index in
            let name = "us-central1-docker.pkg.dev/gke-release/gke-release/component-\(index)"
            let digest = Fingerprint.ballast[index % Fingerprint.ballast.count]
            return [
                "names": [.string("\(name)@sha256:\(digest)"), .string("\(name):v1.\(index).3-gke.0")],
                "sizeBytes": .integer(Int64(100_000_000 + index * 1_234_567)),
            ]
        }
    }
}

extension Fingerprint {
    fileprivate static let ballast = (0..<8).map { hex("image \($0)") }
}
