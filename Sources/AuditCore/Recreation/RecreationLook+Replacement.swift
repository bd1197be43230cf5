import KubeCore

/// Replacing and Verifying: on either side of the point of no return.
extension RecreationLook {
    mutating func replace() {
        guard let node = look.node, !recreation.isReplaced(node) else { return move(.verifying) }
        guard let order = order(for: node) else { return giveUp("RecordIncomplete", "the record names no machine") }
        if order.actor == .rebootTask { return reboot(node) }
        let memory = look.memory.recreation
        switch memory.acceptance {
        case .accepted(let operation):
            var next = recreation.moved(to: .verifying, now: look.now)
            next.operation = operation ?? recreation.operation
            return move(to: next)
        case .wished(let wish):
            // Nobody has promised anything, so it can still be taken back.
            guard isWanted else { return move(.releasing) }
            return publish(wish)
        case nil: break
        }
        switch memory.refusal?.kind {
        case .definite:
            return giveUp(memory.refusal?.reason ?? "", memory.refusal?.message ?? "", endsRequest: memory.refusal?.endsRequest ?? false)
        case .gone: return move(.verifying)
        case .passing:
            let message = memory.refusal?.message.prefixOfUTF8(512)
            stay { $0.message = message }
        case nil: break
        }
        guard memory.askAgainAt <= look.uptime else { return plan.wait(memory.askAgainAt - look.uptime) }
        plan.steps.append(.replace(order))
    }

    private mutating func publish(_ wish: String) {
        let isNew = recreation.message == nil
        stay { $0.message = wish.prefixOfUTF8(512) }
        if isNew { plan.steps.append(tell(EventNote(.warning, reason: "RecreationWanted", action: "Recreate", note: wish))) }
    }

    private func order(for node: NodeView?) -> ReplacementOrder? {
        guard let actor = recreation.actor, let target = recreation.target, let requestID = recreation.requestID else { return nil }
        let identity = NodeIdentity(name: look.name, uid: recreation.originalNodeUID, bootID: recreation.originalBootID)
        return ReplacementOrder(
            node: identity, actor: actor, method: recreation.method, target: target, requestID: requestID, operation: recreation.operation)
    }

    /// The host is asked by a pod on it, which does nothing on any other boot.
    private mutating func reboot(_ node: NodeView) {
        switch TaskCourse.answer(from: .reboot, look, &plan) {
        case .pending(let reason, let message):
            if age >= .seconds(look.intent.recreation.nodeReadyTimeoutSeconds) {
                plan.steps = []
                return giveUp("RebootNotStarted", "the pod that asks for the reboot has not run: \(message.orElse(reason))")
            }
        case .failed(let message): giveUp("RebootRefused", message)
        case .reported: move(.verifying)
        }
    }

    mutating func verify() {
        if let failure = recreation.failure, failure.retry != look.intent.retry { return retry() }
        guard let node = look.node else { return verifyAbsence() }
        guard recreation.isReplaced(node) else {
            followProvider()
            return checkTime("it still runs the old kernel")
        }
        guard node.isReady else { return checkTime("it is not Ready (\(node.notReadyReason))") }
        if node.mark != nil {
            guard look.memory.recreation.patchAgainAt <= look.uptime else {
                return plan.wait(look.memory.recreation.patchAgainAt - look.uptime)
            }
            plan.steps.append(.release(node: node.name))
            return plan.wait(RecreationMemory.patchPause)
        }
        if recreation.reason == .rulesChanged || !isWanted && look.cleanupCause == nil { return verifyAudit() }
        verifyClean()
    }

    /// Another kernel under the same name: does it audit as wanted?
    private mutating func verifyAudit() {
        switch standing.state {
        case .applied: close(as: standing, event: done("audits as wanted"))
        case .unsupported: close(as: standing)
        case .outdated where standing.reason == "LockedWithOtherRules":
            fail("LockedAgain", "its new kernel is locked with other rules, too")
        default:
            if recreation.reason != .rulesChanged { return close(as: standing) }
            checkTime(standing.message.orElse(standing.reason))
        }
    }

    private mutating func verifyClean() {
        switch TaskCourse.answer(from: .sweep, look, &plan) {
        case .pending(let reason, let message): checkTime(message.orElse(reason))
        case .failed(let message): checkTime(message)
        case .reported(let report, let time):
            let verdict = CleanVerdict(report)
            guard verdict.isClean else { return fail("LockedAgain", "its new kernel is not clean: \(verdict.message)") }
            close(as: .clean(verdict, report, at: time), event: done("reports that it is clean"))
        }
    }

    private func done(_ what: String) -> EventNote {
        let verb = recreation.method == .reboot ? "rebooted" : "recreated"
        return EventNote(.normal, reason: "Recreated", action: "Recreate", note: "node \(look.name) was \(verb) and \(what)")
    }

    private mutating func verifyAbsence() {
        let actor = recreation.actor ?? .manual
        let state = look.memory.recreation.state
        if state == .gone || (state == .finished && !actor.keepsName) {
            return dismiss(event: done("does not come back under its name"))
        }
        // Whether a person brings the node back cannot be known; a machine that is away for so long has no kernel to ask.
        if actor == .manual || actor == .rebootTask, age >= .seconds(look.intent.recreation.nodeReadyTimeoutSeconds) {
            return dismiss(event: done("has not come back; nothing of it is left to clean"))
        }
        followProvider()
        checkTime("there is no Node of that name")
    }

    private mutating func followProvider() {
        guard let order = order(for: look.node), order.actor.locatesMachines else { return }
        let memory = look.memory.recreation
        switch memory.state {
        case .pending(let message): stay { $0.message = message.prefixOfUTF8(512) }
        case .notBegun:
            plan.steps.append(.replace(order))
            plan.memory.recreation.state = nil
            return plan.wait(RecreationMemory.pollPause)
        case .failed(let refusal):
            // Nothing has changed, and the provider has given up.
            return giveUp(refusal.reason, refusal.message, endsRequest: true)
        case .unknown(let refusal): stay { $0.message = refusal.message.prefixOfUTF8(512) }
        case .finished, .gone, nil: break
        }
        guard memory.askAgainAt <= look.uptime else { return plan.wait(memory.askAgainAt - look.uptime) }
        plan.steps.append(.follow(order))
    }

    /// A node that takes too long is named, and counted among those that did not come back. It is still waited for.
    private mutating func checkTime(_ what: String) {
        let limit = Duration.seconds(look.intent.recreation.nodeReadyTimeoutSeconds)
        // Another phase was decided on.
        guard plan.believed.reason != NodeRecreation.Phase.releasing.rawValue else { return }
        if age < limit { return plan.wait(limit - age) }
        if recreation.failure == nil { fail("DidNotComeBack", "after \(limit.components.seconds) s \(what)") }
    }

    private mutating func fail(_ reason: String, _ message: String) {
        guard recreation.failure?.reason != reason else { return }
        let failure = failure(reason, "node \(look.name): \(message)")
        stay { $0.failure = failure }
        plan.steps.append(tell(EventNote(.warning, reason: reason, action: "Recreate", note: failure.message)))
    }

    /// Somebody asked for another try: the machine is asked for again if it is still the old one, else it is waited for anew.
    private mutating func retry() {
        var next = recreation.moved(to: .verifying, now: look.now)
        next.failure = nil
        if let node = look.node, node.isReady, look.cleanupCause != nil || recreation.reason == .rulesChanged,
            !recreation.isReplaced(node) || recreation.failure?.reason == "LockedAgain"
        {
            next = NodeRecreation(
                phase: .waiting, method: recreation.method, reason: recreation.reason, startTime: look.now.truncatedToSeconds,
                originalNodeUID: node.uid, originalBootID: node.bootID)
            next.attempts = (recreation.attempts ?? 0) + 1
        }
        move(to: next)
    }
}
