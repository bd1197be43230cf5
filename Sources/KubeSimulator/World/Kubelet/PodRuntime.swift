import KubeCore

/// A pod as its kubelet runs it.
struct PodRuntime: Sendable {
    enum Stage: Sendable, Equatable {
        /// Sandbox, network and volumes are being made.
        case starting
        /// The init container of that index is the one in hand.
        case initializing(Int)
        case running
        case stopping
        case finished
    }

    let key: ObjectKey
    let uid: String
    let node: String
    let isHostNetwork: Bool
    let restartPolicy: String
    /// The boot on which it was started.
    var bootID: String
    var stage = Stage.starting
    /// Init containers first.
    var containers: [ContainerRun]
    let initCount: Int
    var startTime: Timestamp
    var podIP: String?
    var hostIP: String
    /// Tries to get its volumes.
    var mountTries = 0
    /// Timers of before a restart are void.
    var epoch = 0
    /// Its status has not been written since it changed.
    var isUnreported = false

    init(_ pod: JSONValue, machine: Machine, hostIP: String, now: Timestamp) {
        let spec = pod["spec"]
        key = pod.namedKey
        uid = pod.uid
        node = machine.name
        isHostNetwork = spec?["hostNetwork"]?.bool == true
        restartPolicy = spec?["restartPolicy"]?.string ?? "Always"
        bootID = machine.kernel.bootID
        let initial = spec?["initContainers"]?.array ?? []
        initCount = initial.count
        let waiting = initial.isEmpty ? "ContainerCreating" : "PodInitializing"
        containers = (initial + (spec?["containers"]?.array ?? [])).map { ContainerRun($0, waitingFor: waiting) }
        startTime = now
        self.hostIP = hostIP
    }

    func isInit(_ index: Int) -> Bool { index < initCount }

    var mainIndices: Range<Int> { initCount..<containers.count }

    /// A failed container runs again.
    func restarts(_ exitCode: Int) -> Bool { restartPolicy == "Always" || restartPolicy == "OnFailure" && exitCode != 0 }

    /// Everything that ran on a kernel that is gone has ended with it.
    mutating func surviveReboot(bootID: String, now: Timestamp) {
        self.bootID = bootID
        epoch += 1
        podIP = nil
        for index in containers.indices {
            containers[index].readyFrom = nil
            switch containers[index].state {
            case .running(let since):
                containers[index].end(
                    ContainerEnd(exitCode: 255, reason: "Unknown", message: nil, startedAt: since, finishedAt: now))
            case .terminated: break
            case .waiting: continue
            }
            guard restartPolicy == "Always", let end = containers[index].end else { continue }
            containers[index].last = end
            containers[index].restartCount += 1
            containers[index].state = .waiting(reason: initCount > 0 ? "PodInitializing" : "ContainerCreating", message: nil)
        }
        stage = .starting
    }

    var phase: String {
        let main = mainIndices.map { containers[$0] }
        let ends = main.compactMap(\.end)
        let haveAllEnded = ends.count == main.count
        let haveSucceeded = haveAllEnded && ends.allSatisfy { $0.exitCode == 0 }
        switch stage {
        case .finished: return haveSucceeded ? "Succeeded" : "Failed"
        case .stopping where haveAllEnded: return haveSucceeded ? "Succeeded" : "Failed"
        case .running where haveAllEnded && !ends.contains { restarts($0.exitCode) }: return haveSucceeded ? "Succeeded" : "Failed"
        default: break
        }
        let isInitialized = (0..<initCount).allSatisfy { containers[$0].end?.exitCode == 0 }
        return isInitialized && main.contains { $0.hasStarted } ? "Running" : "Pending"
    }
}

/// One container of a pod, over all its restarts.
struct ContainerRun: Sendable {
    enum State: Sendable {
        case waiting(reason: String, message: String?)
        case running(since: Timestamp)
        case terminated(ContainerEnd)
    }

    let name: String
    let image: String
    /// nil for a container that runs until it is stopped.
    let script: AuditScript?
    /// Some of its variables come from ConfigMaps or Secrets.
    let hasReferences: Bool
    var state: State
    var last: ContainerEnd?
    var restartCount = 0
    /// The uptime from which its readiness probe succeeds.
    var readyFrom: Duration?
    var isReady = false
    var pullTries = 0
    var imageID: String { "docker-pullable://\(image.split(separator: "@").first ?? "")@sha256:\(Fingerprint.hex(image))" }

    init(_ container: JSONValue, waitingFor reason: String) {
        name = container["name"]?.string ?? ""
        image = container["image"]?.string ?? ""
        script = AuditScript(container: container)
        hasReferences = (container["env"]?.array ?? []).contains {
            $0["valueFrom"]?["secretKeyRef"] != nil || $0["valueFrom"]?["configMapKeyRef"] != nil
        }
        state = .waiting(reason: reason, message: nil)
    }

    var end: ContainerEnd? { if case .terminated(let end) = state { end } else { nil } }
    var isRunning: Bool { if case .running = state { true } else { false } }
    var hasStarted: Bool { isRunning || end != nil || last != nil }

    mutating func end(_ end: ContainerEnd) {
        state = .terminated(end)
        isReady = false
        readyFrom = nil
    }
}

struct ContainerEnd: Sendable {
    var exitCode: Int
    var reason: String
    var message: String?
    var startedAt: Timestamp
    var finishedAt: Timestamp
}
