package import KubeCore

/// What a test, or a person in front of the sandbox, makes happen.
extension SimulatedCluster {
    // MARK: Nodes

    /// A new machine, running; its Node registers when the cluster runs. Returns its name.
    @discardableResult
    package func addNode(
        image: NodeImage = .containerOptimized, fault: NodeFault? = nil, labels: [String: String] = [:], isUnlabelled: Bool = false
    ) -> String {
        let ordinal = machines.makeOrdinal()
        let digits = String(ordinal)
        let name =
            "gke-\(configuration.clusterName)-\(configuration.pool)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits)"
        let fault = fault ?? configuration.faults[ordinal] ?? .ok
        var kernel = SimulatedKernel(bootID: machines.makeUID(), image: image)
        fault.prepare(&kernel)
        let zone = configuration.zones.isEmpty ? "a" : configuration.zones[ordinal % configuration.zones.count]
        machines.add(
            Machine(
                name: name, ordinal: ordinal, image: image, zone: "\(configuration.region)-\(zone)", pool: configuration.pool,
                project: configuration.project, extraLabels: labels, isUnlabelled: isUnlabelled, instanceID: machines.makeInstanceID(),
                startedAt: time.now(),
                fault: fault, behaviour: fault.behaviour, kernel: kernel, bootedAt: time.uptime()))
        return name
    }

    /// The machine is gone for good, and the Node object with it.
    package func removeNode(_ name: String) {
        machines.remove(name)
        _ = habitat.attempt("remove a node") { () throws(KubeError) in try server.delete(Node.type, ObjectKey(name: name)) }
    }

    /// From now on this node answers so. What its kernel is changes with the next boot only.
    package func setFault(_ fault: NodeFault, on name: String) {
        machines.update(name) { machine in
            machine.fault = fault
            machine.behaviour = fault.behaviour
        }
    }

    package func setBehaviour(on name: String, _ change: @Sendable (inout NodeBehaviour) -> Void) {
        machines.update(name) { change(&$0.behaviour) }
    }

    /// Reaches into the running kernel, such as to raise `lost` or to take rules away.
    package func changeKernel(of name: String, _ change: @Sendable (inout SimulatedKernel) -> Void) {
        machines.update(name) { change(&$0.kernel) }
    }

    /// The same instance boots anew: same Node, another boot id, an unlocked kernel.
    package func reboot(_ name: String) {
        let until = time.uptime() + configuration.latency.reboot
        machines.update(name) { $0.power = .rebooting(until: until) }
    }

    /// The kubelet registers its Node again if somebody has deleted it; pods run on.
    package func restartKubelet(on name: String) { machines.update(name) { $0.kubeletRestarts += 1 } }

    /// Another instance of the same name: another Node uid, instance id and boot id; what was put on the old Node is gone.
    package func recreate(_ name: String) {
        let power = configuration.latency.recreating(from: time.uptime())
        machines.update(name) { $0.power = power }
    }

    /// From now on the cloud has this trouble with the machine; `none` ends what is held up.
    package func setTrouble(_ trouble: Machine.Trouble, on name: String) {
        let now = time.uptime()
        let running = now + configuration.latency.recreation
        let until = running + configuration.latency.registration
        machines.update(name) { machine in
            // The new instance is made now that it can be.
            if machine.trouble.holdsCreation, !trouble.holdsCreation, case .recreating(let nodeGone, _, _) = machine.power {
                machine.power = .recreating(nodeGone: nodeGone, running: running, until: until)
            }
            if machine.isStuck, trouble != .neverDone {
                machine.isStuck = false
                machine.order = Machine.Order(action: .recreate, at: now)
            }
            machine.trouble = trouble
        }
    }

    /// Off for good; the Node object stays until somebody deletes it.
    package func powerOff(_ name: String) { machines.update(name) { $0.power = .off } }

    /// Somebody else's `kubectl cordon` or `uncordon`.
    package func setUnschedulable(_ value: Bool, on name: String) throws(KubeError) {
        try server.update(Node.type, ObjectKey(name: name), manager: "kubectl-cordon") {
            $0[["spec", "unschedulable"]] = value ? true : nil
        }
    }

    package func kernel(of name: String) -> SimulatedKernel? { machines.machine(name)?.kernel }

    // MARK: Objects

    /// A foreign hand changes any object.
    package func edit(_ type: ResourceType, _ key: ObjectKey, manager: String = "kubectl-edit", _ change: (inout JSONValue) -> Void)
        throws(KubeError)
    {
        try server.update(type, key, manager: manager, change)
    }

    /// The pod is gone at once, as with `kubectl delete --force`.
    package func kill(_ pod: ObjectKey) throws(KubeError) {
        try server.delete(Pod.type, pod, DeleteOptions(gracePeriodSeconds: 0))
    }

    /// A ReplicaSet of that many pods, with a budget when asked for: something for a drain to meet.
    package func addWorkload(
        _ name: String, namespace: String = "default", replicas: Int, minAvailable: IntOrString? = nil, podSpec: JSONValue = [:]
    ) throws(KubeError) {
        var spec = podSpec
        if spec["containers"] == nil { spec["containers"] = [["name": "app", "image": "registry.example/app:1"]] }
        let labels: JSONValue = ["app": .string(name)]
        try server.create(
            ReplicaSetController.type,
            [
                "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
                "spec": [
                    "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": labels],
                    "template": ["metadata": ["labels": labels], "spec": spec],
                ],
            ])
        guard let minAvailable else { return }
        let value: JSONValue =
            switch minAvailable {
            case .int(let number): .integer(Int64(number))
            case .string(let text): .string(text)
            }
        try server.create(
            PodDisruptionBudget.type,
            [
                "metadata": ["name": .string(name), "namespace": .string(namespace)],
                "spec": ["minAvailable": value, "selector": ["matchLabels": labels]],
            ])
    }
}
