/// How the nodes of one policy stand. A node that was not looked at yet counts as pending.
package struct Tally: Sendable, Hashable {
    package private(set) var counts = AuditPolicy.NodeCounts()
    /// Nodes that nobody has looked at yet, such as all of them just after a start.
    package private(set) var unjudged = 0
    /// Nodes that shall be clean and are not done with.
    package private(set) var unsettled = 0
    /// Records that the kernels lost, summed over the last reports.
    package private(set) var lostRecords = 0
    /// Nodes that cannot take work, for whatever reason, with those in our hands: what the budget is held against.
    package private(set) var unavailable: Set<String> = []
    /// Nodes that are not Ready and not in our hands.
    package private(set) var ailing: Set<String> = []
    /// Nodes whose recreation is open, by phase.
    package private(set) var phases: [NodeRecreation.Phase: Set<String>] = [:]
    /// Nodes that did not come back.
    package private(set) var failures: [String: NodeRecreation.Failure] = [:]
    /// Nodes whose machines nobody could replace.
    package private(set) var unreplaceable: Set<String> = []
    package private(set) var deselected: Set<String> = []
    /// What keeps the pods of drained nodes from leaving, by node.
    package private(set) var blockers: [String: String] = [:]
    /// The nodes that need a person, by name: failed, unsupported, unreachable.
    private var troubled: [String: AuditPolicy.FailedNode] = [:]
    /// Nodes of each state other than applied and clean, for messages that name them.
    private var waiting: [NodeState: Set<String>] = [:]

    package init() {}

    mutating func adjust(_ standing: Standing, by amount: Int) {
        let node = standing.name
        if standing.traits.contains(.isLeft) {
            counts.deselected += amount
            return Self.mark(node, in: &deselected, amount)
        }
        let assessment = standing.assessment
        let state = assessment?.state ?? .pending
        counts.owned += amount
        if assessment == nil { unjudged += amount }
        if assessment?.isSettled != true { unsettled += amount }
        counts[state] += amount
        if assessment?.isLocked == true { counts.locked += amount }
        if assessment?.isDelivering == true { counts.delivering += amount }
        lostRecords += (assessment?.kernel?.lost ?? 0) * amount
        if standing.traits.contains(.isUnavailable) { Self.mark(node, in: &unavailable, amount) }
        if standing.traits.contains(.isAilingByItself) { Self.mark(node, in: &ailing, amount) }
        if standing.traits.contains(.lacksProvider) { Self.mark(node, in: &unreplaceable, amount) }
        if let recreation = standing.recreation {
            Self.mark(node, in: &phases, recreation.phase, amount)
            if let blocker = recreation.blocker { blockers[node] = amount > 0 ? blocker : nil }
            if let failure = recreation.failure { failures[node] = amount > 0 ? failure : nil }
        }
        if state != .applied, state != .clean { Self.mark(node, in: &waiting, state, amount) }
        guard let assessment, state == .failed || state == .unsupported || state == .unreachable else { return }
        let entry = AuditPolicy.FailedNode(name: node, reason: assessment.reason, message: assessment.message)
        troubled[node] = amount > 0 ? entry : nil
    }

    // Static: a method would borrow the whole tally, and so copy the set that it changes.
    private static func mark(_ node: String, in names: inout Set<String>, _ amount: Int) {
        if amount > 0 { names.insert(node) } else { names.remove(node) }
    }

    private static func mark<Kind>(_ node: String, in names: inout [Kind: Set<String>], _ kind: Kind, _ amount: Int) {
        Self.mark(node, in: &names[kind, default: []], amount)
        if names[kind]?.isEmpty == true { names[kind] = nil }
    }

    /// Nodes in our hands.
    package var held: Set<String> {
        phases.reduce(into: Set()) { names, entry in if entry.key.holdsNode { names.formUnion(entry.value) } }
    }

    /// The first drained nodes that something holds, with what does; empty for none.
    package func blockersInWords(limit: Int = 2) -> String {
        let shown = blockers.sorted { $0.key < $1.key }.prefix(limit).map { "node \($0.key) is held: \($0.value.prefixOfUTF8(256))" }
        return shown.joined(separator: "; ") + (blockers.count > limit ? "; and \(blockers.count - limit) more" : "")
    }

    /// The first nodes that need a person, sorted by name.
    package func failedNodes(limit: Int = 10) -> [AuditPolicy.FailedNode] {
        Array(troubled.values.sorted { $0.name < $1.name }.prefix(limit))
    }

    /// `a, b, c and 4 more`: the nodes in a state, sorted and capped so that messages do not flicker.
    package func names(in state: NodeState, limit: Int = 3) -> String { Self.list(waiting[state] ?? [], limit: limit) }

    package static func list(_ names: Set<String>, limit: Int = 3) -> String {
        let shown = names.sorted().prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}

extension AuditPolicy.NodeCounts {
    package subscript(state: NodeState) -> Int {
        get { self[keyPath: Self.path(to: state)] }
        set { self[keyPath: Self.path(to: state)] = newValue }
    }

    private static func path(to state: NodeState) -> WritableKeyPath<Self, Int> {
        switch state {
        case .pending: \.pending
        case .applied: \.applied
        case .outdated: \.outdated
        case .failed: \.failed
        case .unsupported: \.unsupported
        case .unreachable: \.unreachable
        case .awaitingRecreation: \.awaitingRecreation
        case .recreating: \.recreating
        case .clean: \.clean
        }
    }
}
