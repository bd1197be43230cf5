import KubeCore

/// What woke a part: all that changed since it looked last. At first: everything there is.
struct WorldChanges: Sendable {
    var objects: [ObjectReference] = []
    var machines: [String] = []
}

/// One controller of the simulated cluster: it looks at what changed and at what is due, and writes what follows.
///
/// A part is called on one task, one call at a time, so its state needs no lock.
protocol WorldPart: Sendable {
    static var name: String { get }
    /// The kinds whose changes it hears.
    var watched: [ResourceType] { get }
    /// Whether it also hears of changes to machines.
    var hearsMachines: Bool { get }
    /// `now` is the world's uptime.
    mutating func advance(_ changes: WorldChanges, now: Duration)
    /// The uptime at which it wants to be called without a change.
    var nextDeadline: Duration? { get }
}

extension WorldPart {
    var hearsMachines: Bool { false }
    var nextDeadline: Duration? { nil }

    /// Runs until cancelled.
    consuming func run(in habitat: Habitat) async throws(KubeError) {
        var part = self
        var kinds = part.watched
        var subscription = habitat.server.subscribe(to: kinds)
        let listener = part.hearsMachines ? habitat.machines.listen() : nil
        while true {
            let changes = try await habitat.changes(subscription, listener, until: part.nextDeadline)
            part.advance(changes, now: habitat.time.uptime())
            if part.watched != kinds {
                kinds = part.watched
                subscription = habitat.server.subscribe(to: kinds)
            }
        }
    }
}

extension Habitat {
    /// Waits for a change or the deadline, whichever comes first; both at once are one waking.
    fileprivate func changes(
        _ subscription: ObjectSubscription, _ listener: Int?, until deadline: Duration?
    ) async throws(KubeError) -> WorldChanges {
        if Task.isCancelled { throw KubeError(.cancelled, "the world ends") }
        var changes = WorldChanges(objects: subscription.take(), machines: listener.map { machines.take($0) } ?? [])
        if !changes.objects.isEmpty || !changes.machines.isEmpty { return changes }
        let rest = deadline.map { $0 - time.uptime() }
        if let rest, rest <= .zero { return changes }

        let results = await withTaskGroup(of: Result<[ObjectReference], KubeError>.self) { group in
            group.addTask(name: "world: changes") {
                await Result.catching { () async throws(KubeError) in try await subscription.next() }
            }
            if let rest {
                group.addTask(name: "world: deadline") { [time] in
                    await Result.catching { () async throws(KubeError) in
                        try await time.sleep(for: rest)
                        return []
                    }
                }
            }
            if let listener {
                group.addTask(name: "world: machines") { [machines] in
                    await machines.wait(listener)
                    return .success([])
                }
            }
            var results: [Result<[ObjectReference], KubeError>] = []
            if let first = await group.next() { results.append(first) }
            group.cancelAll()
            for await result in group { results.append(result) }
            return results
        }
        if Task.isCancelled { throw KubeError(.cancelled, "the world ends") }
        for case .success(let objects) in results { changes.objects += objects }
        if let listener { changes.machines = machines.take(listener) }
        return changes
    }
}

extension Result where Failure == KubeError, Success: Sendable {
    static func catching(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws(KubeError) -> Success
    ) async -> Result {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
