package import KubeCore
import Synchronization

/// The parts of Google Cloud that a node pool is recreated by: the Compute REST API (v1), the metadata server and the token endpoint.
///
/// Paths as in the cloud, behind any host: `/compute/v1/projects/…`, `/computeMetadata/v1/…`, `/token`. What it does it does to the
/// machines of the cluster, in the cluster's time: a request that is accepted is not finished, an operation that is done has flagged
/// its instances, and a group's action is over when the new instance runs, which is before its Node registers.
/// Guarantees: `requestId` makes requests idempotent; tokens are those it gave out, unless `requiresToken` is off.
package final class SimulatedCompute: KubeTransport {
    /// Which calls a refusal is for.
    package enum Call: String, Sendable, Hashable, CaseIterable {
        case getInstance, getGroup, listManagedInstances, recreateInstances, applyUpdatesToInstances, getOperation, token
    }

    package struct Configuration: Sendable {
        package var projectNumber = "123456789012"
        /// One group over all zones instead of one in each.
        package var isRegional = false
        package var requiresToken = true
        /// Instances without `created-by`: they are in no group.
        package var isUngrouped = false

        package init() {}
    }

    struct State {
        var identity: SeededIdentity
        var operations: [String: ComputeOperation] = [:]
        var requests: [String: String] = [:]
        var tokens: Set<String> = []
        var refusals: [Call: (refusal: ComputeRefusal, rest: Int)] = [:]
        var calls: [(call: Call, path: String)] = []
    }

    let cluster: SimulatedCluster
    let configuration: Configuration
    let state: Mutex<State>

    package init(cluster: SimulatedCluster, configuration: Configuration = Configuration()) {
        self.cluster = cluster
        self.configuration = configuration
        state = Mutex(State(identity: SeededIdentity(seed: cluster.configuration.seed &+ 7)))
    }

    /// The next `times` calls of that kind are refused so; nil takes an earlier one back.
    package func refuse(_ call: Call, with refusal: ComputeRefusal?, times: Int = .max) {
        state.withLock { $0.refusals[call] = refusal.map { ($0, times) } }
    }

    /// The calls so far, in order.
    package var calls: [(call: Call, path: String)] { state.withLock { $0.calls } }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse { answer(to: request).response }

    private func answer(to request: KubeRequest) -> ComputeAnswer {
        let parts = request.path.split(separator: "/").map { String($0).percentDecoded() ?? "" }
        switch parts.first {
        case "computeMetadata": return metadata(Array(parts.dropFirst()), request)
        case "token": return exchange(request)
        case "compute": break
        default: return ComputeAnswer(.notFound(request.path))
        }
        if configuration.requiresToken {
            let header = request.headers.first { $0.name.lowercased() == "authorization" }?.value ?? ""
            let token = header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : ""
            guard state.withLock({ $0.tokens.contains(token) }) else { return ComputeAnswer(.unauthenticated) }
        }
        // compute v1 projects P zones|regions L collection NAME [verb]
        guard parts.count >= 8, parts[1] == "v1", parts[2] == "projects", ["zones", "regions"].contains(parts[4]) else {
            return ComputeAnswer(.notFound(request.path))
        }
        let place = ComputePlace(project: parts[3], kind: parts[4], location: parts[5], collection: parts[6], name: parts[7])
        guard place.project == cluster.configuration.project || place.project == configuration.projectNumber else {
            return ComputeAnswer(.notFound("projects/\(place.project)"))
        }
        return answer(to: request, at: place, verb: parts.count > 8 ? parts[8] : nil)
    }

    private func answer(to request: KubeRequest, at place: ComputePlace, verb: String?) -> ComputeAnswer {
        switch (request.method, place.collection, verb) {
        case (.get, "instances", nil): return handle(.getInstance, request) { self.instance(place) }
        case (.get, "instanceGroupManagers", nil): return handle(.getGroup, request) { self.group(place) }
        case (.post, "instanceGroupManagers", "listManagedInstances"):
            return handle(.listManagedInstances, request) { self.managedInstances(place, request) }
        case (.post, "instanceGroupManagers", "recreateInstances"):
            return handle(.recreateInstances, request) { self.order(.recreate, place, request) }
        case (.post, "instanceGroupManagers", "applyUpdatesToInstances"):
            return handle(.applyUpdatesToInstances, request) { self.applyUpdates(place, request) }
        case (.get, "operations", nil), (.post, "operations", "wait"): return handle(.getOperation, request) { self.operation(place) }
        default: return ComputeAnswer(.notFound(request.path))
        }
    }

    func handle(_ call: Call, _ request: KubeRequest, _ body: () -> ComputeAnswer) -> ComputeAnswer {
        let refusal: ComputeRefusal? = state.withLock { state in
            state.calls.append((call, request.path))
            guard let (refusal, rest) = state.refusals[call], rest > 0 else { return nil }
            state.refusals[call] = rest == .max ? (refusal, rest) : rest == 1 ? nil : (refusal, rest - 1)
            return refusal
        }
        return refusal.map { ComputeAnswer($0) } ?? body()
    }
}

/// What a path names.
struct ComputePlace: Sendable {
    var project: String
    /// `zones` or `regions`.
    var kind: String
    var location: String
    var collection: String
    var name: String

    var link: String { "projects/\(project)/\(kind)/\(location)/\(collection)/\(name)" }
}
