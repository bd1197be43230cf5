/// How the nodes of one policy stand. A node that was not looked at yet counts as pending.
package struct Tally: Sendable, Hashable {
    package private(set) var counts = AuditPolicy.NodeCounts()
    /// Nodes that nobody has looked at yet, such as all of them just after a start.
    package private(set) var unjudged = 0
    /// Records that the kernels lost, summed over the last reports.
    package private(set) var lostRecords = 0
    /// The nodes that need a person, by name: failed, unsupported, unreachable.
    private var troubled: [String: AuditPolicy.FailedNode] = [:]
    /// Nodes of each state other than applied, for messages that name them.
    private var waiting: [NodeState: Set<String>] = [:]

    package init() {}

    mutating func adjust(_ node: String, _ assessment: NodeAssessment?, by amount: Int) {
        let state = assessment?.state ?? .pending
        counts.owned += amount
        if assessment == nil { unjudged += amount }
        counts[state] += amount
        if assessment?.isLocked == true { counts.locked += amount }
        if assessment?.isDelivering == true { counts.delivering += amount }
        lostRecords += (assessment?.kernel?.lost ?? 0) * amount
        if state != .applied {
            if amount > 0 { waiting[state, default: []].insert(node) } else { waiting[state]?.remove(node) }
        }
        guard let assessment, state == .failed || state == .unsupported || state == .unreachable else { return }
        let entry = AuditPolicy.FailedNode(name: node, reason: assessment.reason, message: assessment.message)
        troubled[node] = amount > 0 ? entry : nil
    }

    /// The first nodes that need a person, sorted by name.
    package func failedNodes(limit: Int = 10) -> [AuditPolicy.FailedNode] {
        Array(troubled.values.sorted { $0.name < $1.name }.prefix(limit))
    }

    /// `a, b, c and 4 more`: the nodes in a state, sorted and capped so that messages do not flicker.
    package func names(in state: NodeState, limit: Int = 3) -> String {
        let names = waiting[state] ?? []
        let shown = names.sorted().prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}

extension AuditPolicy.NodeCounts {
    package subscript(state: NodeState) -> Int {
        get {
            switch state {
            case .pending: pending
            case .applied: applied
            case .outdated: outdated
            case .failed: failed
            case .unsupported: unsupported
            case .unreachable: unreachable
            }
        }
        set {
            switch state {
            case .pending: pending = newValue
            case .applied: applied = newValue
            case .outdated: outdated = newValue
            case .failed: failed = newValue
            case .unsupported: unsupported = newValue
            case .unreachable: unreachable = newValue
            }
        }
    }
}
