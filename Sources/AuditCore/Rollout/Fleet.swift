package import KubeCore

/// Which policy owns which node and how the nodes of each policy stand, kept up to date change by change.
///
/// Guarantees: the event of one node costs no more than the number of policies; counts are disjoint and sum to `owned`.
/// Only a change of a policy's selector or of its wanted revision walks all nodes.
package struct Fleet: Sendable {
    /// A policy's wish for nodes, accepted or not: what overlaps are judged by.
    package struct Claim: Sendable, Hashable {
        package var policyName: String
        package var nodeSelector: LabelSelector
        package var creationTimestamp: Timestamp

        package init(_ policy: AuditPolicy) {
            policyName = policy.name
            nodeSelector = policy.spec.nodeSelector
            creationTimestamp = policy.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        }

        fileprivate func precedes(_ other: Claim) -> Bool {
            (creationTimestamp, policyName) < (other.creationTimestamp, other.policyName)
        }
    }

    private struct Member {
        var node: NodeView
        var owner: String?
        var assessment: NodeAssessment?
        /// Policies that claim this node, in the order of precedence.
        var claimants: [String] = []
    }

    private var claims: [String: Claim] = [:]
    private var intents: [String: PolicyIntent] = [:]
    private var members: [String: Member] = [:]
    private var tallies: [String: Tally] = [:]
    /// By policy that must stand back, then by the policy that comes first: on how many nodes.
    private var overlaps: [String: [String: Int]] = [:]

    package init() {}
}

// MARK: - Questions

extension Fleet {
    package func intent(of policy: String) -> PolicyIntent? { intents[policy] }

    package func owner(of node: String) -> PolicyIntent? {
        members[node]?.owner.flatMap { intents[$0] }
    }

    package func node(_ name: String) -> NodeView? { members[name]?.node }

    package var nodeNames: [String] { Array(members.keys) }

    package func tally(of policy: String) -> Tally { tallies[policy] ?? Tally() }

    /// The nodes that the policy owns, sorted. Walks all nodes.
    package func nodes(ownedBy policy: String) -> [String] {
        members.filter { $0.value.owner == policy }.keys.sorted()
    }

    /// The policy that comes first on some node that `policy` selects too, on how many nodes, and the first of them.
    package func overlap(of policy: String) -> (winner: String, count: Int, node: String)? {
        guard let winners = overlaps[policy], let (winner, count) = winners.min(by: { $0.key < $1.key }) else { return nil }
        let shared = members.filter { $0.value.claimants.first == winner && $0.value.claimants.contains(policy) }
        return (winner, count, shared.keys.min() ?? "")
    }
}

// MARK: - Changes

extension Fleet {
    /// Takes a policy's claim. Returns whether any policy's overlaps may have changed.
    package mutating func setClaim(_ claim: Claim) -> Bool {
        guard claims[claim.policyName] != claim else { return false }
        claims[claim.policyName] = claim
        recountClaims()
        return true
    }

    package mutating func removeClaim(of policy: String) -> Bool {
        guard claims.removeValue(forKey: policy) != nil else { return false }
        recountClaims()
        return true
    }

    /// Takes what a policy wants. Returns the nodes that must be looked at, sorted: those it owned or owns now.
    package mutating func setIntent(_ intent: PolicyIntent) -> [String] {
        guard intents[intent.policyName] != intent else { return [] }
        intents[intent.policyName] = intent
        return reassign(touching: intent.policyName)
    }

    package mutating func removeIntent(of policy: String) -> [String] {
        guard intents.removeValue(forKey: policy) != nil else { return [] }
        defer { tallies[policy] = nil }
        return reassign(touching: policy)
    }

    /// Takes a node. Returns the policies whose counts or overlaps changed.
    package mutating func setNode(_ node: NodeView) -> Set<String> {
        if members[node.name]?.node == node { return [] }
        var member = members[node.name] ?? Member(node: node)
        let before = member.owner
        let claimantsBefore = member.claimants
        if member.node.uid != node.uid { forgetAssessment(of: &member) }
        uncount(member)
        member.node = node
        member.owner = ownerName(for: node)
        if member.owner != before { member.assessment = nil }
        member.claimants = claimants(of: node)
        count(member)
        members[node.name] = member
        var touched = Set([before, member.owner].compactMap { $0 })
        if claimantsBefore != member.claimants { touched.formUnion(claimantsBefore + member.claimants) }
        return touched
    }

    package mutating func removeNode(_ name: String) -> Set<String> {
        guard let member = members.removeValue(forKey: name) else { return [] }
        uncount(member)
        return Set(member.claimants + [member.owner].compactMap { $0 })
    }

    /// Takes what a look found. Returns the policy whose counts changed.
    package mutating func setAssessment(_ assessment: NodeAssessment, of name: String) -> String? {
        guard var member = members[name], member.owner != nil, member.assessment != assessment else { return nil }
        uncount(member)
        member.assessment = assessment
        count(member)
        members[name] = member
        return member.owner
    }
}

// MARK: - Bookkeeping

extension Fleet {
    private func ownerName(for node: NodeView) -> String? {
        let candidates = intents.values.filter { $0.revision != nil && $0.nodeSelector.matches(node.labels) }
        return candidates.min { $0.precedes($1) }?.policyName
    }

    private func claimants(of node: NodeView) -> [String] {
        let matching = claims.values.filter { $0.nodeSelector.matches(node.labels) }
        return matching.sorted { $0.precedes($1) }.map(\.policyName)
    }

    private mutating func recountClaims() {
        for name in members.keys {
            guard var member = members[name] else { continue }
            uncount(member)
            member.claimants = claimants(of: member.node)
            count(member)
            members[name] = member
        }
    }

    private mutating func reassign(touching policy: String) -> [String] {
        var touched: [String] = []
        for name in members.keys {
            guard var member = members[name] else { continue }
            let before = member.owner
            let owner = ownerName(for: member.node)
            guard before == policy || owner == policy || before != owner else { continue }
            uncount(member)
            member.owner = owner
            if before != owner { member.assessment = nil }
            member.assessment?.outdate(against: owner.flatMap { intents[$0] })
            count(member)
            members[name] = member
            touched.append(name)
        }
        return touched.sorted()
    }

    private mutating func forgetAssessment(of member: inout Member) {
        uncount(member)
        member.assessment = nil
        count(member)
    }

    private mutating func count(_ member: Member) { adjust(member, by: 1) }
    private mutating func uncount(_ member: Member) { adjust(member, by: -1) }

    private mutating func adjust(_ member: Member, by amount: Int) {
        if let owner = member.owner {
            tallies[owner, default: Tally()].adjust(member.node.name, member.assessment, by: amount)
        }
        guard let winner = member.claimants.first else { return }
        for loser in member.claimants.dropFirst() {
            let count = (overlaps[loser]?[winner] ?? 0) + amount
            overlaps[loser, default: [:]][winner] = count == 0 ? nil : count
            if overlaps[loser]?.isEmpty == true { overlaps[loser] = nil }
        }
    }
}

extension NodeAssessment {
    /// A new wanted revision makes what was as wanted outdated at once, before anybody looked at the node again.
    fileprivate mutating func outdate(against intent: PolicyIntent?) {
        guard let intent, state == .applied, revision != intent.revision else { return }
        state = .outdated
        reason = "RollingOut"
        message = ""
        isInTransit = true
    }
}
