package import AuditCore
package import KubeClient
package import KubeCore
package import KubeRuntime

/// Performs the steps of a look at one node, and takes down what later looks must know of it. Decides nothing.
///
/// Guarantees: before pods are moved or a machine is asked for, the Node is read live and must be the same boot of the same object;
/// pods and tasks are deleted by their uids; a Node is patched at the revision that was read.
package struct NodeExecutor: Sendable {
    private let client: KubeAPI
    private let model: ClusterModel
    private let machines: MachineReplacers
    private let events: EventRecorder
    private let metrics: RecreationMetrics

    package init(
        client: KubeAPI, model: ClusterModel, machines: MachineReplacers, events: EventRecorder, metrics: RecreationMetrics
    ) {
        self.client = client
        self.model = model
        self.machines = machines
        self.events = events
        self.metrics = metrics
    }

    /// `policy`: whose look it was.
    package func perform(_ step: NodeStep, for policy: String?) async throws(KubeError) {
        switch step {
        case .write(let record): try await write(record)
        case .deleteRecord(let name, let uid):
            _ = try await client.delete(NodeAudit.type, ObjectKey(name: name), DeleteOptions(uid: uid))
        case .createTask(let pod): try await create(pod)
        case .deleteTask(let key, let uid):
            _ = try await client.delete(Pod.type, key, DeleteOptions(uid: uid))
        case .cordon(let identity, let policyUID): try await cordon(identity, for: policyUID)
        case .release(let node): try await release(node)
        case .evict(let orders, let identity): try await evict(orders, from: identity)
        case .delete(let orders, let identity): try await delete(orders, from: identity)
        case .inspect(let questions, let node): try await inspect(questions, node)
        case .locate(let identity, let actor):
            guard let node = try await live(identity) else { return }
            model.note(try await machines.locate(node, by: actor), on: identity.name)
        case .replace(let order):
            // The Node may be gone already when an accepted request is repeated; another one of its name must not be.
            let node: Node? = try await client.get(Node.self, ObjectKey(name: order.node.name))
            guard node.map({ $0.isStill(order.node) }) ?? true else { return }
            model.note(try await machines.request(order), on: order.node.name)
        case .follow(let order): model.note(try await machines.progress(of: order), on: order.node.name)
        case .event(let note, let node, let uid): tell(note, node, uid, policy)
        }
    }

    private func write(_ record: NodeAudit) async throws(KubeError) {
        let earlier = model.record(record.name)
        do throws(KubeError) {
            model.wrote(try await client.apply(record, force: true))
        } catch {
            // The kind itself is gone, or going: somebody deletes the definitions.
            if error.code == .notFound || error.status?.reason == "MethodNotAllowed" { model.change { $0.setRecordRefusal(error.message) } }
            throw error
        }
        model.change { $0.setRecordRefusal(nil) }
        metrics.moved(from: earlier, to: record)
    }

    /// The Node as it is now, when it is still the one that was looked at.
    private func live(_ identity: NodeIdentity) async throws(KubeError) -> Node? {
        guard let node: Node = try await client.get(Node.self, ObjectKey(name: identity.name)), node.isStill(identity) else { return nil }
        return node
    }

    private func tell(_ note: EventNote, _ node: String, _ uid: String, _ policy: String?) {
        let kind: RecordedEvent.Kind = note.kind == .warning ? .warning : .normal
        let reference = ObjectReference(apiVersion: Node.type.apiVersion, kind: Node.type.kind, name: node, uid: uid)
        events.record(RecordedEvent(kind, regarding: reference, reason: note.reason, action: note.action, note: note.note))
        guard kind == .warning, let policy = policy.flatMap({ model.policy($0) }) else { return }
        events.record(RecordedEvent(note, on: policy))
    }

    // MARK: Tasks

    private func create(_ pod: Pod) async throws(KubeError) {
        let node = pod.pinnedNode
        do throws(KubeError) {
            _ = try await client.create(pod)
        } catch {
            // It is there already: the watch will show it.
            if error.code == .alreadyExists { return }
            if error.isCancelled { throw error }
            model.note(.taskRefused("the task's pod cannot be made: \(error.message)"), on: node)
        }
    }

    // MARK: The Node

    /// One patch at the revision that was read: unschedulable, our mark, and the autoscaler told to keep it.
    private func cordon(_ identity: NodeIdentity, for policyUID: String) async throws(KubeError) {
        guard let node = try await live(identity) else { return }
        let annotations = node.metadata.annotations ?? [:]
        let known = annotations[WellKnown.Annotation.recreation].map { NodeMark(parsing: $0) }
        let isKept = annotations[WellKnown.Annotation.scaleDownDisabled] == "true"
        let mark = NodeMark(
            policyUID: policyUID, isCordonedByUs: known?.isCordonedByUs == true || node.spec?.unschedulable != true,
            isKeptByUs: known?.isKeptByUs == true || !isKept)
        var changed: [String: JSONValue] = [WellKnown.Annotation.recreation: .string(mark.text)]
        if !isKept { changed[WellKnown.Annotation.scaleDownDisabled] = "true" }
        try await patch(node, annotations: changed, spec: ["unschedulable": true])
    }

    private func release(_ name: String) async throws(KubeError) {
        guard let node: Node = try await client.get(Node.self, ObjectKey(name: name)),
            let mark = node.metadata.annotations?[WellKnown.Annotation.recreation].map({ NodeMark(parsing: $0) })
        else { return model.note(.patched, on: name) }
        var changed: [String: JSONValue] = [WellKnown.Annotation.recreation: .null]
        if mark.isKeptByUs { changed[WellKnown.Annotation.scaleDownDisabled] = .null }
        try await patch(node, annotations: changed, spec: mark.isCordonedByUs ? ["unschedulable": .null] : nil)
    }

    private func patch(_ node: Node, annotations: [String: JSONValue], spec: JSONValue?) async throws(KubeError) {
        var patch: JSONValue = [
            "metadata": [
                "uid": .string(node.uid), "resourceVersion": .string(node.metadata.resourceVersion ?? ""),
                "annotations": .object(annotations),
            ]
        ]
        if let spec { patch["spec"] = spec }
        _ = try await client.patch(Node.type, node.key, .merge(patch))
        model.note(.patched, on: node.name)
    }

    // MARK: Pods

    private func evict(_ orders: [EvictionOrder], from identity: NodeIdentity) async throws(KubeError) {
        guard try await live(identity) != nil else { return }
        var answers: [String: EvictionAnswer] = [:]
        var failure: KubeError?
        for order in orders {
            do throws(KubeError) {
                let result = try await client.evict(order.pod, uid: order.uid, gracePeriodSeconds: order.gracePeriodSeconds)
                metrics.evicted(result)
                answers[order.uid] = EvictionAnswer(result)
            } catch {
                if error.isCancelled { throw error }
                failure = error
                break
            }
        }
        if !answers.isEmpty { model.note(.answered(answers), on: identity.name) }
        if let failure { throw failure }
    }

    private func delete(_ orders: [EvictionOrder], from identity: NodeIdentity) async throws(KubeError) {
        guard try await live(identity) != nil else { return }
        var answers: [String: EvictionAnswer] = [:]
        for order in orders {
            _ = try await client.delete(
                Pod.type, order.pod, DeleteOptions(uid: order.uid, gracePeriodSeconds: order.gracePeriodSeconds))
            answers[order.uid] = .going
        }
        metrics.forced(orders.count)
        model.note(.answered(answers), on: identity.name)
    }

    // MARK: Volumes

    /// Whether pods' claims are bound to volumes of the node itself. A claim that is not there, or not bound, holds nothing.
    private func inspect(_ questions: [ClaimQuestion], _ node: String) async throws(KubeError) {
        var answers: [String: Bool] = [:]
        for question in questions {
            var isLocal = false
            for claim in question.claims where !isLocal {
                isLocal = try await usesLocalVolume(ObjectKey(namespace: question.namespace, name: claim))
            }
            answers[question.podUID] = isLocal
        }
        model.note(.inspected(answers), on: node)
    }

    private func usesLocalVolume(_ claim: ObjectKey) async throws(KubeError) -> Bool {
        guard let found = try await client.get(Self.claims, claim), let name = found["spec"]?["volumeName"]?.string, !name.isEmpty,
            let volume = try await client.get(Self.volumes, ObjectKey(name: name))
        else { return false }
        let spec = volume["spec"]
        return spec?["local"] != nil || spec?["hostPath"] != nil
    }

    private static let claims = ResourceType(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", isNamespaced: true)
    private static let volumes = ResourceType(
        group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes", isNamespaced: false)
}

extension Node {
    fileprivate func isStill(_ identity: NodeIdentity) -> Bool { uid == identity.uid && bootID == identity.bootID }
}

extension Pod {
    /// The node that a task's pod is made for.
    fileprivate var pinnedNode: String {
        let terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
        return terms?.first?.matchFields?.first?.values?.first ?? ""
    }
}

extension EvictionAnswer {
    fileprivate init(_ result: Eviction) {
        switch result {
        case .evicted, .absent, .replaced: self = .going
        case .blocked(let message, let retryAfter): self = .refused(message, retryAfter: retryAfter)
        case .coveredTwice(let message): self = .refused(message, retryAfter: .seconds(30))
        case .namespaceTerminating(let message): self = .refused(message, retryAfter: .seconds(15))
        }
    }
}
