import KubeCore

/// Updates that say nothing new, evenly over the nodes and over the pods: what a controller of a large cluster mostly hears. They begin
/// once there are as many pods as nodes: a roll-out by itself is work enough for a simulated server.
struct Heartbeats: WorldPart {
    static let name = "heartbeats"
    private static let pace = Duration.milliseconds(100)

    let habitat: Habitat
    /// A second of the world's time.
    let nodesPerSecond: Int
    let podsPerSecond: Int
    private var next: Duration
    private var hasBegun = false
    private var nodes = Round(type: Node.type, condition: "Ready", member: "lastHeartbeatTime")
    private var pods = Round(type: Pod.type, condition: "Ready", member: "lastProbeTime")

    init(_ habitat: Habitat, nodesPerSecond: Int, podsPerSecond: Int) {
        self.habitat = habitat
        self.nodesPerSecond = nodesPerSecond
        self.podsPerSecond = podsPerSecond
        next = habitat.time.uptime()
    }

    var watched: [ResourceType] { [] }
    var nextDeadline: Duration? { next }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        // What the world is late for is made up for, but not more than a second of it.
        next = max(next, now - .seconds(1))
        if !hasBegun, habitat.server.count(Pod.type) >= habitat.server.count(Node.type) { hasBegun = true }
        guard hasBegun else { return next = now + .seconds(1) }
        while next <= now {
            nodes.beat(habitat, perSecond: nodesPerSecond)
            pods.beat(habitat, perSecond: podsPerSecond)
            next += Self.pace
        }
    }

    /// The objects of one kind, one after the other.
    private struct Round {
        let type: ResourceType
        let condition: String
        let member: String
        private var keys: [ObjectKey] = []
        private var owed = 0

        init(type: ResourceType, condition: String, member: String) {
            self.type = type
            self.condition = condition
            self.member = member
        }

        mutating func beat(_ habitat: Habitat, perSecond: Int) {
            // In tenths of an update, as the pace is a tenth of a second.
            owed += perSecond
            let now = habitat.time.now().description
            while owed >= 10 {
                owed -= 10
                if keys.isEmpty { keys = habitat.server.keys(type) }
                guard let key = keys.popLast() else { return }
                _ = habitat.attempt("a heartbeat") { () throws(KubeError) in
                    try habitat.server.updateStatus(type, key, manager: habitat.manager("kubelet")) { object in
                        object.touchCondition(condition, member, now)
                    }
                }
            }
        }
    }
}

extension JSONValue {
    fileprivate mutating func touchCondition(_ type: String, _ member: String, _ now: String) {
        guard var conditions = self["status"]?["conditions"]?.array,
            let place = conditions.firstIndex(where: { $0["type"]?.string == type })
        else { return }
        conditions[place][member] = .string(now)
        self[["status", "conditions"]] = .array(conditions)
    }
}
