import CurlHTTP
import KubeCore

extension GCEManagedInstanceGroup {
    package func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress {
        let (instance, group) = try parts(of: order)
        guard let entry = try await entry(of: instance, in: group) else { return try await progressOutside(order, instance, group) }
        guard entry.isIdle else { return underWay(instance, group, entry) }
        // The listing does not show a restart: it keeps the id.
        let shown = order.method == .recreate ? entry.machine : nil
        var found = shown
        if found == nil { found = try await read(instance) }
        guard let machine = found else {
            return .pending("group \(group.path) has no machine for instance \(instance.name) now", obstacle: entry.obstacle)
        }
        if isDone(order, machine) {
            guard machine.status == "RUNNING" else { return .pending("instance \(instance.path) is \(machine.status)") }
            return .finished
        }
        return try await progressOfOperation(order, instance, group, entry)
    }

    /// The machine is the old one and the group is at rest: the request is on its way, was refused, or never arrived.
    private func progressOfOperation(
        _ order: ReplacementOrder, _ instance: GCEInstance, _ group: GCEGroup, _ entry: ManagedInstance
    ) async throws(ReplacementError) -> ReplacementProgress {
        let what = "group \(group.path) has not begun with instance \(instance.name)"
        let notBegun = entry.obstacle.map { "\(what): \($0.text)" } ?? what
        guard let operation = try await operation(of: order, in: group) else { return .notBegun(notBegun) }
        guard operation.isDone else { return .pending("operation \(operation.name) of group \(group.path) is under way") }
        if let failure = operation.failure {
            let text = "operation \(operation.name) of group \(group.path): \(failure.text)"
            return .failed(ReplacementError(failure.reason, text, endsRequest: true))
        }
        // Done means flagged: what was listed before shows nothing of it.
        if let entry = try await self.entry(of: instance, in: group, ofNow: true), !entry.isIdle { return underWay(instance, group, entry) }
        return .notBegun(notBegun)
    }

    private func underWay(_ instance: GCEInstance, _ group: GCEGroup, _ entry: ManagedInstance) -> ReplacementProgress {
        let what = "group \(group.path) is \(entry.action) instance \(instance.name)"
        return .pending(entry.obstacle.map { "\(what): \($0.text)" } ?? what, obstacle: entry.obstacle)
    }

    /// nil when none is stored, or Compute Engine has forgotten it, as it does after two weeks: that says nothing.
    func operation(of order: ReplacementOrder, in group: GCEGroup) async throws(ReplacementError) -> ComputeOperation? {
        guard let name = order.operation, GCEName.isOperation(name) else { return nil }
        let path = group.operationPath(name)
        guard let value = try await api.send(.get, path, .reads, for: "operation \(path)") else { return nil }
        return ComputeOperation(value)
    }

    private func progressOutside(
        _ order: ReplacementOrder, _ instance: GCEInstance, _ group: GCEGroup
    ) async throws(ReplacementError) -> ReplacementProgress {
        guard let machine = try await read(instance) else { return .gone }
        if isDone(order, machine) {
            return machine.status == "RUNNING" ? .finished : .pending("instance \(instance.path) is \(machine.status)")
        }
        throw ReplacementError(.notInGroup, "instance \(instance.path) has left the group \(group.path)")
    }
}

extension GCEManagedInstanceGroup {
    /// The names in a stored order are checked like any others.
    func parts(of order: ReplacementOrder) throws(ReplacementError) -> (GCEInstance, GCEGroup) {
        guard order.target.provider == provider, let instance = GCEInstance(path: order.target.machine),
            let group = GCEGroup(path: order.target.group), group.project == instance.project, group.canHold(instance)
        else {
            throw ReplacementError(.invalidRequest, "node \(order.nodeName): the stored target names no instance and group")
        }
        return (instance, group)
    }

    /// Whether what was asked for has happened, by us or by anybody: a replaced machine has been booted as well.
    func isDone(_ order: ReplacementOrder, _ machine: ComputeInstance) -> Bool {
        if machine.id != order.target.machineID { return true }
        guard order.method == .reboot, let now = machine.lastStart else { return false }
        return order.target.startedAt != now
    }

    /// nil when there is no such instance: a group deletes it before it makes the new one.
    ///
    /// Its metadata come only `withCreator`: on GKE they are some 100 KB, a node's bootstrap credentials among them.
    func read(_ instance: GCEInstance, withCreator: Bool = false) async throws(ReplacementError) -> ComputeInstance? {
        let query = [QueryItem("fields", "id,status,lastStartTimestamp" + (withCreator ? ",metadata/items" : ""))]
        let subject = "instance \(instance.path)"
        guard let value = try await api.send(.get, instance.path, query: query, .reads, for: subject) else { return nil }
        guard let machine = ComputeInstance(value) else {
            throw ReplacementError(.malformedAnswer, "\(subject): the answer is not an instance")
        }
        return machine
    }

    /// The instance's row in its group, at most `listingAge` old unless it has to be of now; nil when the group does not have it or
    /// does not exist.
    func entry(of instance: GCEInstance, in group: GCEGroup, ofNow: Bool = false) async throws(ReplacementError) -> ManagedInstance? {
        if !ofNow, let listing = listings.fresh(group, at: time.uptime()) { return listing.instances[instance.partialURL] }
        let takenAt = time.uptime()
        var instances: [String: ManagedInstance] = [:]
        var token: String?
        // A regional group has at most 4,000 instances, a page 500, and a page may be empty and not the last. Groups that do not page
        // give all at once and no token.
        for _ in 0..<32 {
            var query = [QueryItem("maxResults", "500")]
            if let token { query.append(QueryItem("pageToken", token)) }
            let subject = "instances of group \(group.path)"
            guard let page = try await api.send(.post, "\(group.path)/listManagedInstances", query: query, .reads, for: subject) else {
                return nil
            }
            for row in (page["managedInstances"]?.array ?? []).compactMap({ ManagedInstance($0) }) { instances[row.partialURL] = row }
            let next = page["nextPageToken"]?.string ?? ""
            guard !next.isEmpty else {
                listings.keep(GroupListings.Listing(takenAt: takenAt, instances: instances), of: group)
                return instances[instance.partialURL]
            }
            // The same page again would hide what is on the others, and what is hidden looks as if it had left the group.
            if next == token { break }
            token = next
        }
        throw ReplacementError(.malformedAnswer, "instances of group \(group.path): the listing has no end")
    }
}
