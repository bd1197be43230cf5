import KubeCore

/// The machines' side of Nodes: power, boots, registration, and the kubelet's own conditions.
struct NodePool: WorldPart {
    static let name = "node-pool"
    let habitat: Habitat
    private var due = Timetable<String>()
    /// Nodes whose kubelet reports NotReady until that uptime.
    private var warmingUp: [String: Duration] = [:]
    /// When each node's Lease is to be renewed.
    private var leases: [String: Duration] = [:]
    /// The boot on which each kubelet registered: it does so when it starts, and not again when somebody deletes its Node.
    private var registered: [String: String] = [:]
    private var managedFields: JSONValue?

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [] }
    var hearsMachines: Bool { true }
    var nextDeadline: Duration? { due.first }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var names = changes.machines
        while let name = due.next(dueAt: now) { names.append(name) }
        for name in names { step(name, now) }
    }

    private mutating func step(_ name: String, _ now: Duration) {
        guard let machine = habitat.machines.machine(name) else { return }
        if let order = machine.order {
            guard now >= order.at else { return due.add(name, at: order.at) }
            return carryOut(order, on: machine, now)
        }
        switch machine.power {
        case .off: return
        case .on: if machine.behaviour.isReachable { report(machine, now) }
        case .rebooting(let until):
            guard now >= until else { return due.add(name, at: until) }
            boot(name, now)
        case .recreating(let nodeGone, _, let until):
            guard now >= nodeGone else { return due.add(name, at: nodeGone) }
            if !machine.isRenewed { renew(machine) }
            // When there is room again somebody says so, which is a change.
            if machine.trouble.holdsCreation { return }
            guard now >= until else { return due.add(name, at: until) }
            boot(name, now)
        }
    }

    private func carryOut(_ order: Machine.Order, on machine: Machine, _ now: Duration) {
        let latency = habitat.configuration.latency
        habitat.machines.update(machine.name) { machine in
            machine.order = nil
            machine.isStuck = machine.trouble == .neverDone
            guard machine.power == .on, !machine.isStuck else { return }
            switch order.action {
            case .restart:
                machine.power = .rebooting(until: now + latency.reboot)
                machine.isRestarting = true
            case .recreate: machine.power = latency.recreating(from: now)
            }
        }
    }

    /// The old instance is gone and the cloud's controller sees it.
    private func renew(_ machine: Machine) {
        deleteNode(machine)
        let instanceID = habitat.machines.makeInstanceID()
        habitat.machines.update(machine.name) { machine in
            machine.instanceID = instanceID
            machine.isRenewed = true
        }
    }

    private mutating func boot(_ name: String, _ now: Duration) {
        let bootID = habitat.machines.makeUID()
        let wallTime = habitat.time.now()
        warmingUp[name] = now + habitat.configuration.latency.nodeReady
        // The change comes back as news, and the kubelet reports then.
        habitat.machines.update(name) { machine in
            machine.kernel = SimulatedKernel(bootID: bootID, image: machine.image)
            machine.fault.prepare(&machine.kernel)
            if machine.isRenewed || machine.isRestarting { machine.startedAt = wallTime }
            machine.isRenewed = false
            machine.isRestarting = false
            machine.power = .on
            machine.bootedAt = now
            machine.boots += 1
            switch machine.trouble {
            case .neverRegisters: machine.behaviour.isReachable = false
            case .bootsTwice:
                machine.trouble = .none
                machine.order = Machine.Order(action: .restart, at: now + .seconds(20))
            default: break
            }
        }
    }

    private func deleteNode(_ machine: Machine) {
        guard let node = habitat.server.get(Node.type, ObjectKey(name: machine.name)),
            node["metadata"]?["annotations"]?["container.googleapis.com/instance_id"]?.string == String(machine.instanceID)
        else { return }
        habitat.events.record(
            node, "DeletingNode", "Deleting node \(machine.name) because it does not exist in the cloud provider",
            from: "cloud-node-lifecycle-controller")
        _ = habitat.attempt("delete a node") { () throws(KubeError) in
            try habitat.server.delete(Node.type, ObjectKey(name: machine.name), DeleteOptions(uid: node["metadata"]?["uid"]?.string))
        }
    }

    /// What a running kubelet says of its node.
    private mutating func report(_ machine: Machine, _ now: Duration) {
        var isReady = true
        if let until = warmingUp[machine.name] {
            isReady = now >= until
            if isReady { warmingUp[machine.name] = nil } else { due.add(machine.name, at: until) }
        }
        let fixture = NodeFixture(machine: machine, configuration: habitat.configuration, now: habitat.time.now())
        guard let node = habitat.server.get(Node.type, ObjectKey(name: machine.name)) else {
            if registered[machine.name] == machine.registrationMark { return }
            registered[machine.name] = machine.registrationMark
            if let node = register(fixture, isReady: isReady) { renewLease(of: node, now) }
            return
        }
        renewLease(of: node, now)
        let ready = node["status"]?["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        let isCurrent =
            ready?["status"]?.string == (isReady ? "True" : "False")
            && node["status"]?["nodeInfo"]?["bootID"]?.string == machine.kernel.bootID
        if isCurrent { return }
        _ = habitat.attempt("report a node") { () throws(KubeError) in
            try habitat.server.updateStatus(Node.type, ObjectKey(name: machine.name), manager: habitat.manager("kubelet")) { node in
                node[["status", "nodeInfo"]] = fixture.nodeInfo
                var conditions = (node["status"]?["conditions"]?.array ?? []).filter { $0["type"]?.string != "Ready" }
                conditions.append(fixture.readyCondition(isReady: isReady))
                node[["status", "conditions"]] = .array(conditions)
            }
        }
        habitat.events.record(
            node, isReady ? "NodeReady" : "NodeNotReady", "Node \(machine.name) status is now: \(isReady ? "NodeReady" : "NodeNotReady")",
            from: "kubelet", host: machine.name)
    }

    private mutating func register(_ fixture: NodeFixture, isReady: Bool) -> JSONValue? {
        var node = fixture.node(isReady: isReady)
        if habitat.configuration.hasBallast {
            let fields = managedFields ?? ManagedFieldsBallast.entries(of: node, manager: "kubelet", now: fixture.now)
            managedFields = fields
            node[["metadata", "managedFields"]] = fields
        }
        return habitat.attempt("register a node") { () throws(KubeError) in
            try habitat.server.create(Node.type, node, manager: habitat.configuration.hasBallast ? nil : habitat.manager("kubelet"))
        }
    }

    private mutating func renewLease(of node: JSONValue, _ now: Duration) {
        guard let interval = habitat.configuration.nodeLeaseInterval else { return }
        let name = node.namedKey.name
        if let due = leases[name], due > now { return }
        leases[name] = now + interval
        due.add(name, at: now + interval)
        let key = ObjectKey(namespace: "kube-node-lease", name: name)
        let time = JSONValue.string(habitat.time.now().rfc3339(fractionDigits: 6))
        let lease: JSONValue = [
            "metadata": [
                "name": .string(name), "namespace": .string(key.namespace),
                "ownerReferences": [["apiVersion": "v1", "kind": "Node", "name": .string(name), "uid": .string(node.uid)]],
            ],
            "spec": ["holderIdentity": .string(name), "leaseDurationSeconds": 40, "renewTime": time],
        ]
        _ = habitat.attempt("renew a lease") { () throws(KubeError) in
            let renewed = try habitat.server.update(Lease.type, key, manager: habitat.manager("kubelet")) {
                $0[["spec", "renewTime"]] = time
            }
            if let renewed { return renewed }
            return try habitat.server.create(Lease.type, lease, manager: habitat.manager("kubelet"))
        }
    }
}
