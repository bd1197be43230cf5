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

    /// A node, or the open record of one that is away.
    private struct Member {
        var name: String
        var node: Packed<NodeView>?
        var assessment: Packed<NodeAssessment>?
        var record: Reference<RecordFacts>?
        var ties = Reference(Ties())
        /// What it was counted for, beside its assessment.
        var traits: Standing.Traits = []

        var recreation: OpenRecreation? { record?.value.recreation }
        var keeper: String? { ties.value.keeper }
        var claimants: [String] { ties.value.claimants }
    }

    /// What ties a node to policies. The same for most nodes, which share one.
    private struct Ties: Sendable, Hashable {
        /// Who selects it and comes first.
        var owner: String?
        /// Who is responsible: its owner, else the one that had it last.
        var keeper: String?
        /// Policies that claim this node, in the order of precedence.
        var claimants: [String] = []
    }

    private var claims: [String: Claim] = [:]
    private var intents: [String: PolicyIntent] = [:]
    private var members: [String: Member] = [:]
    private var ties: [Ties: Reference<Ties>] = [:]
    /// By policy, of nodes without a recreation: what their records say is the same.
    private var plainRecords: [String: Reference<RecordFacts>] = [:]
    private var tallies: [String: Tally] = [:]
    /// By policy that must stand back, then by the policy that comes first: on how many nodes.
    private var overlaps: [String: [String: Int]] = [:]

    package init() {}
}

// MARK: - Questions

extension Fleet {
    package func intent(of policy: String) -> PolicyIntent? { intents[policy] }

    package func owner(of node: String) -> PolicyIntent? {
        members[node]?.ties.value.owner.flatMap { intents[$0] }
    }

    /// Who is responsible for a node, and whether it still matches.
    package func keeper(of node: String) -> (intent: PolicyIntent, isSelected: Bool)? {
        guard let member = members[node], let keeper = member.keeper, let intent = intents[keeper] else { return nil }
        return (intent, member.ties.value.owner == keeper || member.node == nil)
    }

    package func node(_ name: String) -> NodeView? { members[name]?.node?.value }

    /// The same name as it is kept here already: one text in memory for all who keep it.
    func known(_ name: String) -> String { members[name]?.name ?? name }

    package var nodeNames: [String] { members.values.compactMap { $0.node == nil ? nil : $0.name } }

    package func tally(of policy: String) -> Tally { tallies[policy] ?? Tally() }

    /// The nodes that the policy owns, sorted. Walks all nodes.
    package func nodes(ownedBy policy: String) -> [String] {
        members.values.filter { $0.keeper == policy && !$0.traits.contains(.isLeft) }.map(\.name).sorted()
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
        let earlier = intents[intent.policyName]
        guard earlier != intent else { return [] }
        intents[intent.policyName] = intent
        return reassign(touching: intent.policyName, from: earlier)
    }

    package mutating func removeIntent(of policy: String) -> [String] {
        guard let earlier = intents.removeValue(forKey: policy) else { return [] }
        defer { tallies[policy] = nil }
        return reassign(touching: policy, from: earlier)
    }

    /// Takes a node. Returns the policies whose counts or overlaps changed.
    package mutating func setNode(_ name: String, _ node: Packed<NodeView>) -> Set<String> {
        if members[name]?.node == node { return [] }
        let view = node.value
        return change(name, view) { member in
            if let before = member.node?.value, before.uid != view.uid { member.assessment = nil }
            member.node = node
        }
    }

    package mutating func removeNode(_ name: String) -> Set<String> {
        guard members[name]?.node != nil else { return [] }
        return change(name, nil) { $0.node = nil }
    }

    /// Takes what a node's record says; nil when it has none. Returns the policies whose counts changed.
    package mutating func setRecord(_ facts: RecordFacts?, of name: String) -> Set<String> {
        guard members[name]?.record?.value != facts else { return [] }
        let record = facts.map { shared($0) }
        return change(name, node(name)) { $0.record = record }
    }

    /// Takes what a look found. Returns the policy whose counts changed.
    package mutating func setAssessment(_ assessment: NodeAssessment, of name: String) -> String? {
        let assessment = Packed(assessment)
        guard var member = members[name], member.keeper != nil, member.assessment != assessment else { return nil }
        adjust(member, by: -1)
        member.assessment = assessment
        adjust(member, by: 1)
        members[name] = member
        return member.keeper
    }

    /// `node`: as it is after the change.
    private mutating func change(_ name: String, _ node: NodeView?, _ body: (inout Member) -> Void) -> Set<String> {
        let before = members[name]
        var member = before ?? Member(name: name)
        if before != nil { adjust(member, by: -1) }
        body(&member)
        // Of a node that is away only an open record is a member.
        guard member.node != nil || member.recreation != nil else {
            members[name] = nil
            return Set((before?.claimants ?? []) + [before?.keeper].compactMap { $0 })
        }
        tie(&member, node)
        if member.keeper != before?.keeper { member.assessment = nil }
        count(&member, node)
        members[name] = member
        var touched = Set([before?.keeper, member.keeper].compactMap { $0 })
        if before?.claimants != member.claimants { touched.formUnion((before?.claimants ?? []) + member.claimants) }
        return touched
    }
}

// MARK: - Proof

extension Fleet {
    /// What of the counts is not as the members say, in words; empty when all is as it should be. Walks all nodes.
    package var contradictions: [String] {
        var fresh = self
        fresh.recount()
        var found: [String] = []
        for (name, member) in fresh.members {
            guard let kept = members[name] else { continue }
            if kept.ties != member.ties || kept.traits != member.traits { found.append("node \(name)") }
        }
        for policy in Set(tallies.keys).union(fresh.tallies.keys) where tally(of: policy) != fresh.tally(of: policy) {
            found.append("counts of \(policy)")
        }
        if overlaps != fresh.overlaps { found.append("overlaps") }
        return Array(found.sorted().prefix(10))
    }

    /// Makes everything that is kept by delta anew from the nodes, the records and what the policies want.
    package mutating func recount() {
        tallies = [:]
        overlaps = [:]
        ties = [:]
        for name in members.keys {
            guard var member = members[name] else { continue }
            let node = member.node?.value
            tie(&member, node)
            count(&member, node)
            members[name] = member
        }
    }
}

// MARK: - Bookkeeping

extension Fleet {
    private mutating func tie(_ member: inout Member, _ node: NodeView?) {
        var ties = assigned(member, node)
        ties.claimants = node.map { claimants(of: $0) } ?? []
        member.ties = shared(ties)
    }

    private func assigned(_ member: Member, _ node: NodeView?) -> Ties {
        var ties = member.ties.value
        ties.owner = node.flatMap { ownerName(for: $0) }
        let last = member.record?.value.policyName
        ties.keeper = ties.owner ?? (last.flatMap { intents[$0] } == nil ? nil : last)
        return ties
    }

    private mutating func shared(_ new: Ties) -> Reference<Ties> {
        if let known = ties[new] { return known }
        let reference = Reference(new)
        ties[new] = reference
        return reference
    }

    private mutating func shared(_ record: RecordFacts) -> Reference<RecordFacts> {
        guard record.recreation == nil else { return Reference(record) }
        if let known = plainRecords[record.policyName] { return known }
        let reference = Reference(record)
        plainRecords[record.policyName] = reference
        return reference
    }

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
            adjust(member, by: -1)
            var ties = member.ties.value
            ties.claimants = member.node.map { claimants(of: $0.value) } ?? []
            member.ties = shared(ties)
            adjust(member, by: 1)
            members[name] = member
        }
    }

    private mutating func reassign(touching policy: String, from earlier: PolicyIntent?) -> [String] {
        var touched: [String] = []
        let isAnotherPurpose = earlier?.cleanupCause == nil ? intents[policy]?.cleanupCause != nil : intents[policy]?.cleanupCause == nil
        for name in members.keys {
            guard var member = members[name] else { continue }
            let before = member.keeper
            let node = member.node?.value
            adjust(member, by: -1)
            member.ties = shared(assigned(member, node))
            if before == policy || member.keeper == policy || before != member.keeper {
                if before != member.keeper || isAnotherPurpose { member.assessment = nil }
                let intent = member.keeper.flatMap { intents[$0] }
                member.assessment = member.assessment.map { Packed($0.value.outdated(against: intent)) }
                touched.append(name)
            }
            count(&member, node)
            members[name] = member
        }
        return touched.sorted()
    }

    /// Counts it by what its keeper wants now; it is uncounted by the same, whatever is wanted then.
    private mutating func count(_ member: inout Member, _ node: NodeView?) {
        member.traits = traits(of: member, node)
        adjust(member, by: 1)
    }

    private func traits(of member: Member, _ node: NodeView?) -> Standing.Traits {
        var traits: Standing.Traits = []
        let isHeld = member.recreation?.phase.holdsNode == true
        if isHeld || node?.isUnavailable == true { traits.insert(.isUnavailable) }
        if !isHeld, node?.isReady == false { traits.insert(.isAilingByItself) }
        guard let node, let intent = member.keeper.flatMap({ intents[$0] }) else { return traits }
        if intent.needsProvider(for: node) { traits.insert(.lacksProvider) }
        // It no longer matches, and its policy leaves such nodes as they are.
        let isLeft = member.ties.value.owner == nil && member.recreation == nil && intent.cleanupCause == nil
        if isLeft, intent.recreation.onDeselect == .report { traits.insert(.isLeft) }
        return traits
    }

    private mutating func adjust(_ member: Member, by amount: Int) {
        if let keeper = member.keeper {
            let standing = Standing(
                name: member.name, assessment: member.assessment?.value, traits: member.traits, recreation: member.recreation
            )
            tallies[keeper, default: Tally()].adjust(standing, by: amount)
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
    fileprivate func outdated(against intent: PolicyIntent?) -> NodeAssessment {
        guard let intent, intent.cleanupCause == nil, state == .applied, revision != intent.revision else { return self }
        var outdated = self
        outdated.state = .outdated
        outdated.reason = "RollingOut"
        outdated.message = ""
        outdated.isInTransit = true
        return outdated
    }
}
