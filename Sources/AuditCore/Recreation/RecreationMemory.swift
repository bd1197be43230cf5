/// What is remembered of a recreation between looks and not stored: losing it costs a repeated question.
package struct RecreationMemory: Sendable, Hashable {
    package struct Refusal: Sendable, Hashable {
        var message: String
        var since: Duration
        var retryAt: Duration
    }

    /// Not before this time is the Node patched again: the watch has yet to show the last patch.
    var patchAgainAt = Duration.zero
    /// Evictions that were refused, by the pod's uid.
    var refusals: [String: Refusal] = [:]
    /// Evictions that were granted, by the pod's uid, until the watch shows it.
    var granted: [String: Duration] = [:]
    /// Pods by uid, and whether they use volumes of the node itself.
    var usesLocalVolumes: [String: Bool] = [:]
    var target: NodeRecreation.Target?
    /// Why the machine was not found, or the request not accepted; and when to ask again.
    var refusal: ProviderRefusal?
    var askAgainAt = Duration.zero
    var acceptance: Acceptance?
    var state: ReplacementState?

    enum Acceptance: Sendable, Hashable {
        case accepted(operation: String?)
        case wished(String)
    }

    static let evictionPause = Duration.seconds(5)
    static let patchPause = Duration.seconds(10)
    static let pollPause = Duration.seconds(10)

    package init() {}

    mutating func note(_ note: NodeNote, uptime: Duration) {
        switch note {
        case .patched: patchAgainAt = uptime + Self.patchPause
        case .answered(let answers): for (uid, answer) in answers { take(answer, of: uid, uptime: uptime) }
        case .inspected(let answers): usesLocalVolumes.merge(answers) { $1 }
        case .located(let target):
            self.target = target
            refusal = nil
        case .notLocated(let refusal), .refused(let refusal):
            self.refusal = refusal
            askAgainAt = uptime + refusal.pause
        case .accepted(let operation):
            acceptance = .accepted(operation: operation)
            refusal = nil
        case .wished(let wish):
            acceptance = .wished(wish)
            askAgainAt = uptime + .seconds(300)
        case .progress(let state):
            self.state = state
            askAgainAt = uptime + Self.pollPause
        case .taskRefused: break
        }
    }

    private mutating func take(_ answer: EvictionAnswer, of uid: String, uptime: Duration) {
        switch answer {
        case .going:
            refusals[uid] = nil
            granted[uid] = uptime + .seconds(30)
        case .refused(let message, let retryAfter):
            let since = refusals[uid]?.since ?? uptime
            refusals[uid] = Refusal(message: message, since: since, retryAt: uptime + max(retryAfter ?? .zero, Self.evictionPause))
        }
    }
}

extension ProviderRefusal {
    var pause: Duration {
        guard case .passing(let after) = kind else { return .seconds(60) }
        return max(after ?? .zero, .seconds(15))
    }
}
