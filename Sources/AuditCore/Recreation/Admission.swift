package import KubeCore

/// Whose turn it is: the nodes of one policy that wait for a new kernel, held against the budget.
///
/// Guarantees: pure. A node takes a slot when it cannot take work or is in our hands, whatever the reason, each counted once; so with
/// those admitted here never more of the policy's nodes are unavailable than the budget allows, unless others make them so.
package struct Admission: Sendable, Hashable {
    /// In the order in which they may begin.
    package private(set) var admitted: [String] = []
    /// Why nobody else begins, in CamelCase and in words; empty when nobody waits.
    package private(set) var reason = ""
    package private(set) var message = ""
    package private(set) var lookAgainAfter: Duration?

    package struct Candidate: Sendable, Hashable {
        package var node: NodeView
        package var recreation: NodeRecreation

        package init(node: NodeView, recreation: NodeRecreation) {
            self.node = node
            self.recreation = recreation
        }
    }

    package struct Circumstances: Sendable {
        package var recreation: AuditPolicy.Recreation
        package var isPaused: Bool
        package var retry: String?
        package var owned: Int
        /// Nodes that cannot take work, and those in our hands or admitted already.
        package var taken: Set<String>
        /// Of these, those that are so without our doing.
        package var others: Set<String>
        /// Nodes that are not Ready and not in our hands.
        package var ailing: Set<String>
        package var failures: [String: NodeRecreation.Failure]
        /// When the last node was finished.
        package var lastFinished: Timestamp?
        /// The node that this process runs on, and whether another replica could take over elsewhere.
        package var ownNode: String
        package var hasStandbyElsewhere: Bool
        /// What keeps all nodes, in CamelCase and in words.
        package var hindrance: (String, String)?
        package var now: Timestamp

        package init(
            recreation: AuditPolicy.Recreation, isPaused: Bool = false, retry: String? = nil, owned: Int, taken: Set<String> = [],
            others: Set<String> = [],
            ailing: Set<String> = [], failures: [String: NodeRecreation.Failure] = [:], lastFinished: Timestamp? = nil,
            ownNode: String = "",
            hasStandbyElsewhere: Bool = false, hindrance: (String, String)? = nil, now: Timestamp
        ) {
            self.recreation = recreation
            self.isPaused = isPaused
            self.retry = retry
            self.owned = owned
            self.taken = taken
            self.others = others
            self.ailing = ailing
            self.failures = failures
            self.lastFinished = lastFinished
            self.ownNode = ownNode
            self.hasStandbyElsewhere = hasStandbyElsewhere
            self.hindrance = hindrance
            self.now = now
        }
    }

    package init(_ candidates: [Candidate], _ circumstances: Circumstances) {
        guard !candidates.isEmpty else { return }
        if let halt = Self.halt(circumstances) {
            (reason, message) = halt
            return
        }
        let pause = pause(circumstances)
        if let pause, pause > .zero {
            lookAgainAfter = pause
            (reason, message) = ("PauseBetweenNodes", "the next node follows after spec.recreation.pauseBetweenNodesSeconds")
            return
        }
        admit(Self.ordered(candidates, circumstances), circumstances, onlyOne: pause != nil)
    }

    // MARK: Reasons to begin nothing

    private static func halt(_ circumstances: Circumstances) -> (String, String)? {
        if circumstances.isPaused { return ("Paused", "spec.mode is Paused") }
        if let hindrance = circumstances.hindrance { return hindrance }
        let failures = circumstances.failures.filter { $0.value.retry == circumstances.retry }
        if failures.count >= circumstances.recreation.maxFailures {
            let names = Tally.list(Set(failures.keys))
            return (
                "TooManyFailures",
                "\(failures.count) nodes did not come back (\(names)); after mending them, annotate the policy with \(WellKnown.Annotation.retry)=<anything new>"
            )
        }
        let limit = ailingLimit(owned: circumstances.owned)
        if circumstances.ailing.count > limit {
            let names = Tally.list(circumstances.ailing)
            return (
                "NodesAiling",
                "\(circumstances.ailing.count) nodes are not Ready without our doing (\(names)), more than \(limit); no other is disturbed until they are"
            )
        }
        return nil
    }

    /// Nodes that fail by themselves in such a number point to something that more disturbance would make worse: a fifth of them, at
    /// least two. (The node lifecycle controller slows its evictions down at 55 % of a zone.)
    static func ailingLimit(owned: Int) -> Int { max(2, owned / 5) }

    /// nil when nodes need no pause; else how much of it is left.
    private func pause(_ circumstances: Circumstances) -> Duration? {
        let seconds = circumstances.recreation.pauseBetweenNodesSeconds
        guard seconds > 0 else { return nil }
        guard let last = circumstances.lastFinished else { return .zero }
        return max(.zero, .seconds(seconds) - (circumstances.now - last))
    }

    // MARK: The order

    /// Nodes that cannot take work anyway come first: they cost no slot. Then those that were not tried yet, zone by zone, the one
    /// that waits longest first; then those whose last attempt came to nothing. Our own node is the last.
    private static func ordered(_ candidates: [Candidate], _ circumstances: Circumstances) -> [Candidate] {
        let zone = WellKnown.Label.zone
        return candidates.sorted { left, right in
            let isOwn = (left.node.name == circumstances.ownNode, right.node.name == circumstances.ownNode)
            if isOwn.0 != isOwn.1 { return isOwn.1 }
            if left.node.isUnavailable != right.node.isUnavailable { return left.node.isUnavailable }
            let isTried = (left.recreation.failure != nil, right.recreation.failure != nil)
            if isTried.0 != isTried.1 { return isTried.1 }
            return (left.node.labels[zone] ?? "", left.recreation.startTime, left.node.creationTimestamp, left.node.name)
                < (right.node.labels[zone] ?? "", right.recreation.startTime, right.node.creationTimestamp, right.node.name)
        }
    }

    private mutating func admit(_ candidates: [Candidate], _ circumstances: Circumstances, onlyOne: Bool) {
        let budget = circumstances.recreation.budget(of: circumstances.owned)
        var taken = circumstances.taken
        for candidate in candidates {
            let node = candidate.node
            if !node.isReady || node.isLeaving { continue }
            if let wait = candidate.wait(circumstances) {
                lookAgainAfter = min(lookAgainAfter ?? wait, wait)
                continue
            }
            if node.name == circumstances.ownNode, candidates.count > 1 || !circumstances.hasStandbyElsewhere {
                if candidates.count == 1 {
                    (reason, message) = (
                        "OwnNode", "node \(node.name) runs this operator, and no other replica is Ready on another node to take over"
                    )
                }
                continue
            }
            guard taken.contains(node.name) || taken.count < budget else {
                // Those in our hands come and go, and are named by their state.
                let others = circumstances.others.isEmpty ? "" : "; not by our doing: \(Tally.list(circumstances.others))"
                (reason, message) = (
                    "BudgetUsed", "\(taken.count) of at most \(budget) nodes are unavailable (spec.recreation.maxUnavailable)\(others)"
                )
                return
            }
            taken.insert(node.name)
            admitted.append(node.name)
            if onlyOne { return }
        }
        if admitted.isEmpty, reason.isEmpty {
            let failed = candidates.compactMap { candidate in candidate.recreation.failure.map { (candidate.node.name, $0) } }
            guard let (node, failure) = failed.min(by: { $0.0 < $1.0 }) else { return }
            (reason, message) = (failure.reason, "node \(node): \(failure.message)")
        }
    }
}

extension Admission.Candidate {
    /// How long a node whose last attempt came to nothing still waits; nil for one that may be tried.
    fileprivate func wait(_ circumstances: Admission.Circumstances) -> Duration? {
        guard let failure = recreation.failure, failure.retry == circumstances.retry else { return nil }
        // A drain that took too long waits behind the others, and that is all.
        if failure.reason == "DrainTimedOut" { return nil }
        // 2 min, 4 min, … up to about an hour.
        let pause = Duration.seconds(60 << min(max(1, recreation.attempts ?? 1), 6))
        let rest = pause - (circumstances.now - failure.time)
        return rest > .zero ? rest : nil
    }
}
