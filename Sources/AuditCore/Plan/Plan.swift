import KubeCore

/// The whole answer to one snapshot of one policy: what to change now, and why nothing more.
///
/// Guarantees: pure; the same snapshot gives the same plan. An invalid or paused policy gives no step that touches what runs.
package struct Plan: Sendable {
    package private(set) var steps: [Step] = []
    package let snapshot: PolicySnapshot
    /// Drift that somebody puts back each time we mend it.
    package private(set) var contested: [String] = []
    package private(set) var lookAgainAfter: Duration?

    package init(for snapshot: PolicySnapshot) {
        self.snapshot = snapshot
        switch snapshot.policy.cleanupCause {
        case nil: planPresence()
        case .some: planCleanup()
        }
        // A delete that ended in nothing shows no change that would wake us.
        if steps.contains(where: \.isDeletion) { wait(.seconds(30)) }
    }

    /// A step changes the policy object itself: its status is written when the watch has shown that, or never again.
    package var changesThePolicy: Bool {
        steps.contains { step in
            switch step {
            case .addFinalizer, .removeFinalizer: true
            case .apply, .delete, .event: false
            }
        }
    }

    private mutating func planPresence() {
        let metadata = snapshot.policy.metadata
        guard case .accepted(let agent) = snapshot.rendering, snapshot.policy.spec.mode == .enforce else { return }
        if metadata.finalizers?.contains(WellKnown.Finalizer.cleanup) != true {
            // Before anything is made that would have to be cleaned up.
            steps.append(.addFinalizer(policy: snapshot.policy.name, resourceVersion: metadata.resourceVersion ?? ""))
            return
        }
        let manifests = agent.manifests + (snapshot.policy.spec.audit.recheckSeconds > 0 ? taskManifests : [])
        apply(manifests, announcing: agent)
        dropUnused(keeping: Set(manifests.map(\.identity)))
        if snapshot.tally.counts.pending + snapshot.tally.counts.outdated > 0 {
            wait(max(.seconds(1), snapshot.progressDeadline - snapshot.timeWithoutProgress))
        }
        if let pause = snapshot.admission.lookAgainAfter { wait(pause) }
    }

    private mutating func apply(_ manifests: [Manifest], announcing agent: RenderedAgent?) {
        for manifest in manifests {
            switch snapshot.ledger.verdict(on: manifest, observed: snapshot.objects[manifest.identity], uptime: snapshot.uptime) {
            case .settled, .awaitingCache: continue
            case .contested(let editor, let paths, let retryAfter):
                contested.append("\(manifest.identity): \(paths.joined(separator: ", ")) changed again by \(editor ?? "somebody")")
                wait(retryAfter)
            case .apply(let reason):
                steps.append(.apply(manifest, because: reason))
                if let agent, manifest.type == DaemonSet.type, reason == .missing || reason == .intentChanged {
                    let note = "agents of revision \(agent.revision) roll out to \(snapshot.tally.counts.owned) nodes"
                    steps.append(.event(EventNote(.normal, reason: "RollingOut", action: "Apply", note: note)))
                }
                if case .drift(let paths, let editor) = reason {
                    let note =
                        "\(manifest.identity): \(paths.joined(separator: ", ")) changed by \(editor ?? "an unknown editor"); put back"
                    steps.append(.event(EventNote(.warning, reason: "DriftCorrected", action: "Apply", note: note)))
                }
            }
        }
    }

    private var taskManifests: [Manifest] {
        guard let configuration = snapshot.taskConfiguration, let value = configuration.asJSON else { return [] }
        return [Manifest(type: ConfigMap.type, value: value)]
    }

    /// Earlier ConfigMaps go when no pod mounts them; a NetworkPolicy goes when the identity needs none.
    private mutating func dropUnused(keeping wanted: Set<ObjectIdentity>) {
        let surplus = snapshot.objects.values.filter { !wanted.contains($0.identity) && !$0.isDeleting && $0.isOurs }
        for object in surplus.sorted(by: { $0.identity < $1.identity }) where !snapshot.configMapsInUse.contains(object.key.name) {
            guard object.type == ConfigMap.type || object.type == NetworkPolicy.type else { continue }
            steps.append(.delete(object.identity, uid: object.uid))
        }
    }

    /// The agents go first; what they and the tasks mount when no node needs it any more; then, of a policy that is deleted, the
    /// records and the finalizer.
    private mutating func planCleanup() {
        let policy = snapshot.policy
        if let pause = snapshot.admission.lookAgainAfter { wait(pause) }
        guard policy.metadata.finalizers?.contains(WellKnown.Finalizer.cleanup) == true, policy.spec.mode == .enforce else { return }
        let objects = snapshot.objects.values.filter(\.isOurs).sorted { $0.identity < $1.identity }
        let daemonSets = objects.filter { $0.type == DaemonSet.type }
        guard snapshot.isCleanedUp, daemonSets.isEmpty else {
            // What tasks need, before the first of them is wanted.
            if !snapshot.isCleanedUp { apply(serviceAccount + taskManifests, announcing: nil) }
            return steps += daemonSets.filter { !$0.isDeleting }.map { .delete($0.identity, uid: $0.uid) }
        }
        steps += objects.filter { !$0.isDeleting }.map { .delete($0.identity, uid: $0.uid) }
        guard policy.metadata.isDeleting, objects.isEmpty, snapshot.nodeAuditCount == 0 else { return }
        steps.append(.event(farewell))
        steps.append(.removeFinalizer(policy: policy.name, resourceVersion: policy.metadata.resourceVersion ?? ""))
    }

    /// The agents' own, which tasks run under: as rendered where the specification can be, else as it is.
    private var serviceAccount: [Manifest] {
        guard case .accepted(let agent) = snapshot.rendering else { return [] }
        return agent.manifests.filter { $0.type == ServiceAccount.type }
    }

    private var farewell: EventNote {
        switch snapshot.policy.spec.recreation.onDisable {
        case .orphan, .inPlace:
            EventNote(
                .warning, reason: "NodesMayStayLocked", action: "Delete",
                note: "agents and records are removed; a kernel that was locked keeps auditing until its node is rebooted or recreated")
        case .auto, .recreate, .reboot:
            EventNote(
                .normal, reason: "CleanedUp", action: "Delete", note: "agents and records are removed, and every kernel reported clean")
        }
    }

    private mutating func wait(_ duration: Duration) {
        lookAgainAfter = min(lookAgainAfter ?? duration, duration)
    }
}

extension Step {
    fileprivate var isDeletion: Bool {
        if case .delete = self { return true }
        return false
    }
}

extension KubeResource {
    /// nil when it cannot be written, which no object of ours brings about.
    fileprivate var asJSON: JSONValue? {
        do throws(KubeError) { return try jsonValue() } catch { return nil }
    }
}
