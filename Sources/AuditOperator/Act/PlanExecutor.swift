package import AuditCore
package import KubeClient
package import KubeCore
package import KubeRuntime

/// Performs the steps of a plan, one after the other, and publishes what came of them. Decides nothing.
///
/// Guarantees: the first failed step ends the plan, since later steps build on earlier ones; its error is data. Nothing
/// is applied over an object that is not ours; deletes name the uid that was seen.
package struct PlanExecutor: Sendable {
    private let client: KubeAPI
    private let model: ClusterModel
    private let events: EventRecorder
    private let time: any TimeSource

    package init(client: KubeAPI, model: ClusterModel, events: EventRecorder, time: any TimeSource) {
        self.client = client
        self.model = model
        self.events = events
        self.time = time
    }

    /// The error of the step that failed, nil when all succeeded.
    package func perform(_ steps: [Step], for policy: AuditPolicy) async -> StepFailure? {
        for step in steps {
            do {
                try await perform(step, for: policy)
            } catch {
                return StepFailure(step: step, error: error)
            }
        }
        return nil
    }

    private func perform(_ step: Step, for policy: AuditPolicy) async throws(KubeError) {
        switch step {
        case .apply(let manifest, let reason): try await apply(manifest, because: reason, for: policy)
        case .delete(let identity, let uid):
            _ = try await client.delete(identity.type, identity.key, DeleteOptions(uid: uid, propagation: .background))
        case .addFinalizer(let name, let revision):
            try await patchFinalizers(of: name, at: revision) { $0 + [WellKnown.Finalizer.cleanup] }
        case .removeFinalizer(let name, let revision):
            try await patchFinalizers(of: name, at: revision) { $0.filter { $0 != WellKnown.Finalizer.cleanup } }
        case .event(let note): events.record(RecordedEvent(note, on: policy))
        }
    }

    private func apply(_ manifest: Manifest, because reason: ApplyReason, for policy: AuditPolicy) async throws(KubeError) {
        if case .missing = reason, let found = try await client.get(manifest.type, manifest.key) {
            guard ManagedObject(type: manifest.type, value: found).isOurs else {
                throw KubeError(
                    .alreadyExists,
                    "\(manifest.identity) exists and was not made by nodeaudit (no label \(WellKnown.Label.managedBy)=nodeaudit); rename or delete it"
                )
            }
        }
        let returned = try await client.apply(manifest.type, manifest.value, force: true)
        model.applied(
            manifest, for: policy.name, because: reason, returned: ManagedObject(type: manifest.type, value: returned),
            uptime: time.uptime())
    }

    private func patchFinalizers(of name: String, at revision: String, _ change: ([String]) -> [String]) async throws(KubeError) {
        let present = model.policy(name)?.metadata.finalizers ?? []
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(revision), "finalizers": .array(change(present).map { .string($0) })]
        ]
        let patched = try await client.patch(AuditPolicy.type, ObjectKey(name: name), .merge(patch))
        model.wrotePolicy(name, revision: patched["metadata"]?["resourceVersion"]?.string)
    }

    /// Writes the status when it differs from what the cluster says, and tells what turned.
    package func publish(_ report: StatusReport, of policy: AuditPolicy) async throws(KubeError) {
        guard report.differs else { return }
        var object = policy
        object.status = report.status
        let written = try await client.updateStatus(object)
        model.wrotePolicy(policy.name, revision: written.metadata.resourceVersion)
        for note in report.events { events.record(RecordedEvent(note, on: policy)) }
    }
}

/// What went wrong with which step.
package struct StepFailure: Sendable {
    package var step: Step
    package var error: KubeError

    /// `DaemonSet nodeaudit-agents/nodeaudit-x: …`
    package var message: String {
        switch step {
        case .apply(let manifest, _): "apply \(manifest.identity): \(error.message)"
        case .delete(let identity, _): "delete \(identity): \(error.message)"
        case .addFinalizer, .removeFinalizer: "set finalizers: \(error.message)"
        case .event: error.message
        }
    }
}

extension RecordedEvent {
    init(_ note: EventNote, on policy: AuditPolicy) {
        let reference = ObjectReference(
            apiVersion: AuditPolicy.type.apiVersion, kind: AuditPolicy.type.kind, name: policy.name, uid: policy.uid)
        self.init(
            note.kind == .warning ? .warning : .normal, regarding: reference, reason: note.reason, action: note.action, note: note.note)
    }
}
