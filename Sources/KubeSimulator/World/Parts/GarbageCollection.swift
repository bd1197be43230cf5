import KubeCore
import Synchronization

/// Calls the server's collector a moment after anything changed, until nothing is left to do.
struct GarbageCollection: WorldPart {
    static let name = "garbage-collector"
    let habitat: Habitat
    private(set) var nextDeadline: Duration?
    private(set) var watched: [ResourceType]

    init(_ habitat: Habitat) {
        self.habitat = habitat
        watched = habitat.server.collectedTypes
    }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        if changes.objects.contains(where: { $0.resource == .customResourceDefinitions }) { watched = habitat.server.collectedTypes }
        if !changes.objects.isEmpty, nextDeadline == nil { nextDeadline = now + habitat.configuration.latency.garbageCollection }
        guard let due = nextDeadline, due <= now else { return }
        nextDeadline = nil
        while habitat.server.collectGarbage() {}
    }
}

extension SimulatedAPIServer {
    /// Every kind that is stored but Events, which own nothing and are owned by nobody.
    fileprivate var collectedTypes: [ResourceType] {
        state.withLock { $0.registry.all }.filter { $0.storage.resource != "events" }.map(\.type)
    }
}
