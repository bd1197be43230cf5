import KubeCore

/// One look at a node whose machine is to be replaced: what its stored phase does now, and whether it moves on.
///
/// Guarantees: pure; a phase acts, a transition only writes, never both in one look. Nothing is asked of a provider before the
/// phase `Replacing` is stored with the machine and the request id. Before that everything can be called off, and is as soon as
/// nobody wants it any more. A node that runs another kernel, by whosever hand, is never replaced again.
struct RecreationLook {
    let look: NodeCase
    let recreation: NodeRecreation
    /// Whether anybody still wants this node to run another kernel.
    let isWanted: Bool
    /// Where the node stands when nothing is open any more.
    let standing: NodeAssessment
    var plan: NodePlan

    init(_ look: NodeCase, _ recreation: NodeRecreation, isWanted: Bool, standing: NodeAssessment) {
        self.look = look
        self.recreation = recreation
        self.isWanted = isWanted
        self.standing = standing
        plan = NodePlan(Self.assessment(look, recreation), memory: look.memory)
        act()
    }

    private mutating func act() {
        // What is begun cannot be stored any more: the node is given back while it still can be.
        if look.recordsAreRefused, recreation.phase.isBeforeReplacement, let node = look.node, node.mark != nil {
            guard look.memory.recreation.patchAgainAt <= look.uptime else {
                return plan.wait(look.memory.recreation.patchAgainAt - look.uptime)
            }
            plan.steps = [.release(node: node.name)]
            return plan.wait(RecreationMemory.patchPause)
        }
        switch recreation.phase {
        case .waiting: waitForTurn()
        case .cordoning: cordon()
        case .draining: drain()
        case .replacing: replace()
        case .verifying: verify()
        case .releasing: release()
        }
    }

    // MARK: Words

    /// What the record and the counts say of a node in this phase.
    static func assessment(_ look: NodeCase, _ recreation: NodeRecreation) -> NodeAssessment {
        var assessment = NodeAssessment(recreation.phase == .waiting ? .awaitingRecreation : .recreating, recreation.phase.rawValue)
        switch recreation.phase {
        case .waiting:
            assessment.reason = recreation.failure?.reason ?? recreation.reason.rawValue
            assessment.message = recreation.failure?.message ?? "its kernel must go, and its turn has not come"
        case .verifying where recreation.failure != nil:
            assessment.state = .failed
            assessment.reason = recreation.failure?.reason ?? ""
            assessment.message = recreation.failure?.message ?? ""
        default: assessment.message = recreation.message ?? recreation.blockedBy?.joined(separator: "; ") ?? ""
        }
        assessment.message = assessment.message.prefixOfUTF8(512)
        let known = look.node == nil ? look.stored?.report : look.storedOnThisBoot
        assessment.kernel = known?.kernel
        assessment.revision = known?.revision
        assessment.auditRevision = known?.auditRevision
        return assessment
    }

    // MARK: Moves

    /// Stores another phase; nothing else happens in this look.
    mutating func move(to next: NodeRecreation, event: EventNote? = nil) {
        let assessment = Self.assessment(look, next)
        plan.believed = assessment
        plan.steps = look.change(to: assessment, recreation: next).map { [$0] } ?? []
        if let event { plan.steps.append(tell(event)) }
        plan.lookAgainAfter = nil
        if next.phase == .waiting || next.phase == .releasing { plan.memory.recreation = RecreationMemory() }
    }

    mutating func move(_ phase: NodeRecreation.Phase, event: EventNote? = nil) {
        move(to: recreation.moved(to: phase, now: look.now), event: event)
    }

    /// Keeps the phase and stores what is known of it, when that is new.
    mutating func stay(_ change: (inout NodeRecreation) -> Void) {
        var next = recreation
        change(&next)
        let assessment = Self.assessment(look, next)
        plan.believed = assessment
        guard let step = look.change(to: assessment, recreation: next) else { return }
        plan.steps.insert(step, at: 0)
    }

    /// Nothing is open any more; the node stands as said.
    mutating func close(as assessment: NodeAssessment, event: EventNote? = nil) {
        plan.believed = assessment
        plan.memory.recreation = RecreationMemory()
        plan.steps = look.change(to: assessment, recreation: nil).map { [$0] } ?? []
        if let event { plan.steps.append(tell(event)) }
    }

    /// The record itself goes: its machine is gone and nothing has to be said of it any more.
    mutating func dismiss(event: EventNote? = nil) {
        plan.believed = NodeAssessment(.clean, "MachineGone", "the machine is gone and does not come back")
        plan.believed.isSettled = true
        plan.memory.recreation = RecreationMemory()
        // Its finalizer goes first.
        plan.steps = look.change(to: plan.believed, recreation: nil).map { [$0] } ?? []
        if let event { plan.steps.append(tell(event)) }
    }

    /// Gives the node back and lets it wait again, with the reason.
    mutating func giveUp(_ reason: String, _ message: String, endsRequest: Bool = false) {
        var next = recreation.moved(to: .releasing, now: look.now)
        next.failure = failure(reason, message)
        next.attempts = (recreation.attempts ?? 0) + 1
        if endsRequest { next.requestID = nil }
        let note = "node \(look.name): \(message); it is released and waits for another turn"
        move(to: next, event: EventNote(.warning, reason: "RecreationGivenUp", action: "Recreate", note: note))
    }

    func failure(_ reason: String, _ message: String) -> NodeRecreation.Failure {
        NodeRecreation.Failure(
            reason: reason, message: message.prefixOfUTF8(512), time: look.now.truncatedToSeconds, retry: look.intent.retry)
    }

    func tell(_ note: EventNote) -> NodeStep { .event(note, node: look.name, uid: look.node?.uid ?? recreation.originalNodeUID) }

    /// How long it has been in this phase.
    var age: Duration { look.now - recreation.phaseTime }
}
