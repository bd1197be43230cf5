import KubeCore

/// Waiting, Cordoning, Draining, Releasing: everything that can be taken back.
extension RecreationLook {
    mutating func waitForTurn() {
        // Somebody else's work, or the machine is gone: whether the node is clean now is asked anew.
        guard let node = look.node, !recreation.isReplaced(node) else { return close(as: standing) }
        guard isWanted else { return close(as: standing) }
        guard node.isReady else { return waitUntilReachable(node) }
        plan.memory.belief = NodeLook.Memory()
        // It may have been said to be unreachable.
        stay { _ in }
        guard look.isAdmitted else { return }
        plan.steps = []
        switch MachineChoice.choose(for: node, recreation.method, setting: look.intent.recreation.provider) {
        case .nobody(let reason): return fail("NoProvider", reason)
        case .actor(let actor): begin(actor, node)
        }
    }

    /// It holds only itself: named, once that has lasted, and not begun.
    private mutating func waitUntilReachable(_ node: NodeView) {
        let since = look.memory.belief.candidate == .unreachable ? look.memory.belief.since : look.uptime
        plan.memory.belief = NodeLook.Memory(candidate: .unreachable, since: since)
        let rest = since + NodeLook.grace - look.uptime
        guard rest <= .zero || look.stored?.report.state == .unreachable else { return plan.wait(rest) }
        plan.believed.state = .unreachable
        plan.believed.reason = node.notReadyReason
        plan.believed.message = "the node is not Ready; its kernel must go, and it cannot be drained"
        plan.steps = look.change(to: plan.believed, recreation: recreation).map { [$0] } ?? []
    }

    /// A node that nobody can replace is never cordoned: the machine is found first.
    private mutating func begin(_ actor: NodeRecreation.Actor, _ node: NodeView) {
        let memory = look.memory.recreation
        let identity = NodeIdentity(name: node.name, uid: node.uid, bootID: node.bootID)
        var target = memory.target
        if !actor.locatesMachines { target = NodeRecreation.Target(machine: node.providerID ?? node.name, machineID: node.uid) }
        guard let target else {
            if let refusal = memory.refusal {
                plan.memory.recreation.refusal = nil
                return fail(refusal.reason, refusal.message)
            }
            plan.steps.append(.locate(identity, actor))
            return
        }
        var next = recreation.moved(to: .cordoning, now: look.now)
        next.actor = actor
        next.target = target
        next.failure = nil
        next.operation = nil
        let what = recreation.method == .reboot ? "rebooted" : "recreated"
        let note =
            "node \(node.name) is drained and \(what) by \(actor.rawValue), because its audit configuration is locked (\(recreation.reason.rawValue))"
        move(to: next, event: EventNote(.normal, reason: "Recreating", action: "Recreate", note: note))
    }

    /// It stays where it is, with the reason, and is tried again later.
    private mutating func fail(_ reason: String, _ message: String) {
        var next = recreation
        next.failure = failure(reason, message)
        next.attempts = (recreation.attempts ?? 0) + 1
        move(to: next, event: EventNote(.warning, reason: "RecreationNotPossible", action: "Recreate", note: message))
    }

    mutating func cordon() {
        guard isWanted else { return move(.releasing) }
        guard let node = look.node, !recreation.isReplaced(node) else { return move(.verifying) }
        if node.isUnschedulable, node.mark?.policyUID == look.intent.policyUID { return move(.draining) }
        guard look.memory.recreation.patchAgainAt <= look.uptime else {
            let rest = look.memory.recreation.patchAgainAt - look.uptime
            return plan.wait(rest)
        }
        let identity = NodeIdentity(name: node.name, uid: node.uid, bootID: node.bootID)
        plan.steps.append(.cordon(identity, policyUID: look.intent.policyUID))
        plan.wait(RecreationMemory.patchPause)
    }

    mutating func drain() {
        guard isWanted else { return move(.releasing) }
        guard let node = look.node, !recreation.isReplaced(node) else { return move(.verifying) }
        // Somebody uncordoned it: it is not empty for long.
        guard node.isUnschedulable, node.mark?.policyUID == look.intent.policyUID else { return move(.cordoning) }
        guard let pods = look.pods else { return waitForPods() }
        let settings = look.intent.recreation.drain
        let drain = DrainAssessment(
            pods, drain: settings, isReachable: node.isReady, usesLocalVolumes: look.memory.recreation.usesLocalVolumes)
        if drain.isDone, node.attachedVolumes == 0 || drain.volumesStay || !node.isReady {
            return move(to: order(from: recreation.moved(to: .replacing, now: look.now)))
        }
        let isLate = age >= .seconds(settings.timeoutSeconds)
        let blockers = blockers(drain)
        if isLate, settings.onTimeout == .skip {
            let what = blockers.isEmpty ? "its pods have not left" : blockers.joined(separator: "; ")
            return giveUp("DrainTimedOut", "not empty after \(settings.timeoutSeconds) s: \(what)")
        }
        ask(drain, node, isForced: isLate && settings.onTimeout == .force)
        report(drain, node, blockers: blockers)
        if !isLate {
            plan.wait(.seconds(settings.timeoutSeconds) - age)
        }
    }

    private mutating func waitForPods() {
        let settings = look.intent.recreation.drain
        if age >= .seconds(settings.timeoutSeconds), settings.onTimeout == .skip {
            return giveUp("DrainTimedOut", "the pods of node \(look.name) cannot be listed")
        }
        plan.wait(.seconds(30))
    }

    /// The request's name and the order are stored before anything is asked.
    private func order(from next: NodeRecreation) -> NodeRecreation {
        var next = next
        let attempt = recreation.attempts ?? 0
        next.requestID =
            recreation.requestID ?? RequestID.forAttempt(attempt, node: recreation.originalNodeUID, boot: recreation.originalBootID)
        return next
    }

    private mutating func ask(_ drain: DrainAssessment, _ node: NodeView, isForced: Bool) {
        let memory = look.memory.recreation
        let identity = NodeIdentity(name: node.name, uid: node.uid, bootID: node.bootID)
        let grace = look.intent.recreation.drain.gracePeriodSeconds
        func order(_ pod: DrainPodView) -> EvictionOrder { EvictionOrder(pod: pod.key, uid: pod.uid, gracePeriodSeconds: grace) }
        func isDue(_ pod: DrainPodView) -> Bool {
            (memory.refusals[pod.uid]?.retryAt ?? .zero) <= look.uptime && (memory.granted[pod.uid] ?? .zero) <= look.uptime
        }
        if !drain.unread.isEmpty {
            let questions = drain.unread.map { ClaimQuestion(podUID: $0.uid, namespace: $0.key.namespace, claims: $0.claims) }
            plan.steps.append(.inspect(questions, of: look.name))
        }
        let pods = (drain.leavable + (isForced ? drain.objecting.map(\.pod) : [])).filter(isDue)
        // A look takes some at a time, so that a decision to stop is never far.
        let orders = pods.prefix(20).map(order)
        let next = drain.leavable.compactMap { memory.refusals[$0.uid]?.retryAt }.filter { $0 > look.uptime }.min()
        if !orders.isEmpty { plan.steps.append(isForced ? .delete(orders, from: identity) : .evict(orders, from: identity)) }
        if let next { plan.wait(next - look.uptime) }
    }

    /// Pods that keep the node, with the reason: those that ask or need a consent at once, refused ones after half a minute, so
    /// that a budget that lets one go after the other costs no writes.
    private func blockers(_ drain: DrainAssessment) -> [String] {
        let memory = look.memory.recreation
        let held = (drain.objecting + drain.forbidden).map { "\($0.pod.key): \($0.reason)" }
        let refused = drain.leavable.compactMap { pod -> String? in
            guard let refusal = memory.refusals[pod.uid], look.uptime - refusal.since >= NodeLook.grace else { return nil }
            return "\(pod.key): \(refusal.message)"
        }
        return (held + refused).sorted().map { $0.prefixOfUTF8(256) }
    }

    private mutating func report(_ drain: DrainAssessment, _ node: NodeView, blockers: [String]) {
        let shown = Array(blockers.prefix(10))
        let waitsForVolumes = drain.isDone && node.attachedVolumes > 0
        stay { next in
            next.blockedBy = shown.isEmpty ? nil : shown
            next.message = waitsForVolumes ? "\(node.attachedVolumes) volumes are still attached" : nil
        }
        guard let first = shown.first, recreation.blockedBy == nil else { return }
        let more = blockers.count > 1 ? " and \(blockers.count - 1) more" : ""
        let note = EventNote(.warning, reason: "DrainBlocked", action: "Drain", note: "node \(node.name): \(first)\(more)")
        plan.steps.append(tell(note))
    }

    mutating func release() {
        if let node = look.node, node.mark != nil {
            guard look.memory.recreation.patchAgainAt <= look.uptime else {
                let rest = look.memory.recreation.patchAgainAt - look.uptime
                return plan.wait(rest)
            }
            plan.steps.append(.release(node: node.name))
            return plan.wait(RecreationMemory.patchPause)
        }
        guard isWanted, let node = look.node, !recreation.isReplaced(node) else {
            return close(as: standing)
        }
        var next = recreation.moved(to: .waiting, now: look.now)
        // Behind all others that wait.
        next.startTime = look.now.truncatedToSeconds
        next.actor = nil
        next.target = nil
        next.operation = nil
        next.requestID = nil
        move(to: next)
    }
}
