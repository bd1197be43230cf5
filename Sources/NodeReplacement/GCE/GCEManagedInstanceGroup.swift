import CurlHTTP
package import KubeCore
package import Logging

/// Replaces a node's machine through the managed instance group that made it (Compute Engine API v1).
///
/// Recreating keeps the machine's name; its id, its boot disk and thereby the Node's uid and boot id change. Rebooting changes the
/// boot id alone. A group works without surge: the machine is away for some minutes.
///
/// Guarantees, beside the protocol's: before it asks it looks whether the machine is still the order's and whether the group is at
/// it already; `recreateInstances` carries the request id, which Compute Engine honours for at least an hour.
/// `applyUpdatesToInstances` takes none: a crash or a lost answer, so that no operation was stored, within the seconds before the
/// group flags the machine may cost a second reboot of a node that is drained anyway.
/// Rights: compute.instances.get, compute.instanceGroupManagers.get and .update, compute.zoneOperations.get (or
/// regionOperations).
package struct GCEManagedInstanceGroup: NodeReplacer {
    package struct Configuration: Sendable {
        /// Without a slash at its end.
        package var endpoint = "https://compute.googleapis.com/compute/v1"
        package var route = HTTPRoute()
        package var timeout: Duration = .seconds(30)
        /// How long a group's listing answers for all of its instances.
        package var listingAge: Duration = .seconds(5)

        package init() {}
    }

    package var provider: ReplacementProvider { .gceManagedInstanceGroup }

    let api: ComputeAPI
    let listings: GroupListings
    let time: any TimeSource
    private let logger: Logger

    package init(
        http: any HTTPExecuting, tokens: any TokenSource, time: any TimeSource, configuration: Configuration = Configuration(),
        logger: Logger
    ) {
        api = ComputeAPI(
            http: http, tokens: CachedTokens(tokens, time: time), time: time, endpoint: configuration.endpoint,
            route: configuration.route, timeout: configuration.timeout, logger: logger, limit: RateGate())
        listings = GroupListings(age: configuration.listingAge)
        self.time = time
        self.logger = logger
    }

    package func keepsName(_ method: ReplacementMethod) -> Bool { true }

    package func locate(_ node: NodeIdentity) async throws(ReplacementError) -> ReplacementTarget {
        guard let providerID = node.providerID, let instance = GCEInstance(providerID: providerID) else {
            let text = Excerpt.of(node.providerID ?? "")
            throw ReplacementError(.notReplaceable, "node \(node.name): its provider id \"\(text)\" names no Compute Engine instance")
        }
        // A node may write its own provider id when it registers, but not its name.
        guard node.name == instance.name || node.name.hasPrefix(instance.name + ".") else {
            throw ReplacementError(.identityMismatch, "node \(node.name) claims to be instance \(instance.path)")
        }
        guard let machine = try await read(instance, withCreator: true) else {
            throw ReplacementError(.gone, "instance \(instance.path) does not exist")
        }
        if let known = node.annotations["container.googleapis.com/instance_id"], known != machine.id {
            throw ReplacementError(.nodeOutdated, "node \(node.name) was registered by an earlier instance than the one that exists now")
        }
        guard let creator = machine.creator else {
            throw ReplacementError(.notInGroup, "instance \(instance.path) was made by no managed instance group")
        }
        guard let group = GCEGroup(path: creator)?.inProject(of: instance), group.canHold(instance) else {
            throw ReplacementError(
                .notInGroup, "instance \(instance.path) was made by \(Excerpt.of(creator)), which is no group of its zone")
        }
        guard try await entry(of: instance, in: group) != nil else {
            throw ReplacementError(.notInGroup, "instance \(instance.path) has left the group \(group.path) that made it")
        }
        return ReplacementTarget(
            provider: provider, machine: instance.path, group: group.path, machineID: machine.id, startedAt: machine.lastStart)
    }

    package func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance {
        let (instance, group) = try parts(of: order)
        let machine = try await read(instance)
        if let machine, isDone(order, machine) { return .accepted(operation: order.operation) }
        guard let entry = try await entry(of: instance, in: group, ofNow: true) else {
            if machine == nil { throw ReplacementError(.gone, "instance \(instance.path) does not exist") }
            throw ReplacementError(.notInGroup, "instance \(instance.path) has left the group \(group.path)")
        }
        // Another machine may have come between the two looks.
        if let shown = entry.machine, isDone(order, shown) { return .accepted(operation: order.operation) }
        switch (order.method, entry.action) {
        case (.recreate, "RECREATING"), (.reboot, "RECREATING"), (.reboot, "RESTARTING"): return .accepted(operation: order.operation)
        // VERIFYING: the group waits for the machine's health, which may never come.
        case (_, "NONE"), (_, "VERIFYING"): break
        default: throw ReplacementError(.busy, "group \(group.path) is \(entry.action) instance \(instance.name)")
        }
        if machine == nil { throw ReplacementError(.busy, "group \(group.path) has no machine for instance \(instance.name) now") }
        // Without a request id, what was accepted and has not begun must not be asked for again.
        if order.method == .reboot, let operation = try await operation(of: order, in: group), !operation.isDone {
            return .accepted(operation: operation.name)
        }
        defer { listings.forget(group, at: time.uptime()) }
        let operation = try await ask(order, instance, group)
        logger.info(
            "a managed instance group accepted a request",
            metadata: [
                "node": .string(order.nodeName), "instance": .string(instance.path), "group": .string(group.path),
                "method": .string(order.method.rawValue), "operation": .string(operation.name),
            ])
        return .accepted(operation: operation.name)
    }

    private func ask(
        _ order: ReplacementOrder, _ instance: GCEInstance, _ group: GCEGroup
    ) async throws(ReplacementError) -> ComputeOperation {
        var body: JSONValue = ["instances": [.string(instance.partialURL)]]
        var query: [QueryItem] = []
        let verb: String
        switch order.method {
        case .recreate:
            verb = "recreateInstances"
            query = [QueryItem("requestId", ReplacementRequestID.uuid(from: order.requestID))]
        case .reboot:
            verb = "applyUpdatesToInstances"
            body["minimalAction"] = "RESTART"
            // If the group's template has changed meanwhile, that is refused rather than the machine recreated.
            body["mostDisruptiveAllowedAction"] = "RESTART"
        }
        let subject = "\(verb) for \(instance.name) in \(group.path)"
        guard let value = try await api.send(.post, "\(group.path)/\(verb)", query: query, body: body, .changes, for: subject) else {
            throw ReplacementError(.notInGroup, "the group \(group.path) does not exist, or does not have instance \(instance.name)")
        }
        guard let operation = ComputeOperation(value) else {
            throw ReplacementError(.outcomeUnknown, "\(subject): the answer is not an operation")
        }
        if operation.isDone, let failure = operation.failure {
            throw ReplacementError(failure.reason, "\(subject): \(failure.text)", endsRequest: true)
        }
        return operation
    }
}
