import KubeCore

/// The kubelets of all nodes: they run the pods that are bound to them and say so.
///
/// A kubelet that cannot reach the API server lets run what runs, and reports when it is back. One whose machine reboots starts its
/// pods again. What containers do is in `ContainerRun`, what set-ups do to a kernel in `AuditScript`.
struct Kubelets: WorldPart {
    static let name = "kubelets"

    struct Step: Sendable {
        enum Action: Sendable {
            case mount
            /// Start, or try again to start, the container of that index.
            case start(Int)
            /// It ends by itself.
            case end(Int)
            /// From failed to waiting for the next try.
            case pause(Int)
            case probe(Int)
            case stop
        }

        var key: ObjectKey
        var uid: String
        var epoch: Int
        var action: Action
    }

    let habitat: Habitat
    var pods: [ObjectKey: PodRuntime] = [:]
    var due = Timetable<Step>()
    /// Machines that were asked to reboot.
    var reboots = Timetable<String>()
    private var index = PodIndex()
    /// Images that a machine holds: `instance/image`.
    var pulled: Set<String> = []
    private var addresses = 0

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Pod.type] }
    var hearsMachines: Bool { true }
    var nextDeadline: Duration? { [due.first, reboots.first].compactMap(\.self).min() }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        for reference in changes.objects {
            let pod = habitat.server.get(reference)
            index.note(reference.key, pod)
            observe(reference.key, pod, now)
        }
        for name in changes.machines { attend(to: name, now) }
        while let step = due.next(dueAt: now) { perform(step, now) }
        while let name = reboots.next(dueAt: now) {
            habitat.machines.update(name) { machine in
                if machine.power == .on { machine.power = .rebooting(until: now + habitat.configuration.latency.reboot) }
            }
        }
    }

    // MARK: What the API server says

    private mutating func observe(_ key: ObjectKey, _ pod: JSONValue?, _ now: Duration) {
        guard let pod else {
            pods[key] = nil
            return
        }
        guard let node = pod["spec"]?["nodeName"]?.string, !node.isEmpty, let machine = habitat.machines.machine(node) else { return }
        if let known = pods[key], known.uid != pod.uid { pods[key] = nil }
        // A kubelet without a connection sees nothing.
        guard machine.isServing else { return }
        if var known = pods[key] {
            guard pod.isDeleting, known.stage != .stopping else { return }
            beginStop(&known, pod, machine, now)
            pods[key] = known
            return
        }
        let phase = pod["status"]?["phase"]?.string ?? "Pending"
        guard pod.isDeleting || phase != "Succeeded" && phase != "Failed" else { return }
        let fixture = NodeFixture(machine: machine, configuration: habitat.configuration, now: habitat.time.now())
        var runtime = PodRuntime(pod, machine: machine, hostIP: fixture.address, now: habitat.time.now())
        if pod.isDeleting {
            beginStop(&runtime, pod, machine, now)
        } else {
            begin(&runtime, machine, now)
            write(&runtime)
        }
        pods[key] = runtime
    }

    private mutating func begin(_ runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        schedule(.mount, for: runtime, after: habitat.configuration.latency.podStart, machine, now)
    }

    private mutating func beginStop(_ runtime: inout PodRuntime, _ pod: JSONValue, _ machine: Machine, _ now: Duration) {
        runtime.stage = .stopping
        runtime.epoch += 1
        let grace = Duration.seconds(pod["metadata"]?["deletionGracePeriodSeconds"]?.integer ?? 30)
        let isIdle = !runtime.containers.contains(where: \.isRunning)
        let wanted = isIdle ? .zero : habitat.configuration.latency.stop * machine.behaviour.slowness
        due.add(Step(key: runtime.key, uid: runtime.uid, epoch: runtime.epoch, action: .stop), at: now + min(wanted, grace))
    }

    // MARK: What the machine does

    private mutating func attend(to name: String, _ now: Duration) {
        guard let machine = habitat.machines.machine(name), machine.power == .on else { return }
        for key in index.pods(on: name) {
            guard let pod = habitat.server.get(Pod.type, key) else { continue }
            if var runtime = pods[key], runtime.bootID != machine.kernel.bootID, runtime.stage != .finished {
                runtime.surviveReboot(bootID: machine.kernel.bootID, now: habitat.time.now())
                if pod.isDeleting {
                    beginStop(&runtime, pod, machine, now)
                } else if runtime.restartPolicy == "Always" {
                    begin(&runtime, machine, now)
                } else {
                    runtime.stage = .finished
                }
                write(&runtime)
                pods[key] = runtime
            }
            guard machine.isServing else { continue }
            observe(key, pod, now)
            guard var runtime = pods[key] else { continue }
            if runtime.stage == .running {
                for index in runtime.mainIndices where runtime.containers[index].isRunning {
                    schedule(.probe(index), for: runtime, after: .zero, machine, now)
                }
            }
            if runtime.isUnreported { write(&runtime) }
            pods[key] = runtime
        }
    }

    // MARK: Steps

    mutating func schedule(_ action: Step.Action, for runtime: PodRuntime, after delay: Duration, _ machine: Machine, _ now: Duration) {
        let step = Step(key: runtime.key, uid: runtime.uid, epoch: runtime.epoch, action: action)
        due.add(step, at: now + delay * machine.behaviour.slowness)
    }

    private mutating func perform(_ step: Step, _ now: Duration) {
        guard var runtime = pods[step.key], runtime.uid == step.uid, runtime.epoch == step.epoch,
            let machine = habitat.machines.machine(runtime.node), machine.power == .on, machine.kernel.bootID == runtime.bootID
        else { return }
        switch step.action {
        case .mount: mount(&runtime, machine, now)
        case .start(let index): start(index, of: &runtime, machine, now)
        case .end(let index): end(index, of: &runtime, machine, now)
        case .pause(let index): pause(index, of: &runtime)
        case .probe(let index): probe(index, of: &runtime, machine, now)
        case .stop: return stop(&runtime)
        }
        pods[step.key] = runtime
    }

    /// Says how the pod is, now or when there is a connection again.
    func write(_ runtime: inout PodRuntime) {
        guard habitat.machines.machine(runtime.node)?.isServing == true else {
            runtime.isUnreported = true
            return
        }
        runtime.isUnreported = false
        let now = habitat.time.now()
        let uid = runtime.uid
        let written = runtime
        _ = habitat.attempt("report a pod") { () throws(KubeError) in
            try habitat.server.updateStatus(Pod.type, written.key, manager: habitat.manager("kubelet")) { pod in
                if pod.uid == uid { written.write(to: &pod, now: now) }
            }
        }
    }

    private mutating func stop(_ runtime: inout PodRuntime) {
        guard habitat.machines.machine(runtime.node)?.isServing == true else {
            // Seen again when the connection is back.
            runtime.stage = .running
            pods[runtime.key] = runtime
            return
        }
        let now = habitat.time.now()
        for index in runtime.containers.indices {
            guard case .running(let since) = runtime.containers[index].state else { continue }
            runtime.containers[index].end(
                ContainerEnd(exitCode: 0, reason: "Completed", message: nil, startedAt: since, finishedAt: now))
        }
        write(&runtime)
        let (key, uid) = (runtime.key, runtime.uid)
        pods[key] = nil
        _ = habitat.attempt("finish a pod") { () throws(KubeError) in
            try habitat.server.delete(Pod.type, key, DeleteOptions(gracePeriodSeconds: 0, uid: uid))
        }
    }

    mutating func makeAddress(_ runtime: PodRuntime) -> String {
        guard !runtime.isHostNetwork else { return runtime.hostIP }
        addresses += 1
        return "10.\(64 + addresses / 65_000 % 60).\(addresses / 250 % 250).\(addresses % 250 + 2)"
    }
}
