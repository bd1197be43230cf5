import KubeCore

extension Kubelets {
    /// Volumes first: while a ConfigMap or Secret is missing the pod stays as it is, and an Event says why.
    mutating func mount(_ runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        guard machine.isServing, let pod = habitat.server.get(Pod.type, runtime.key) else {
            return schedule(.mount, for: runtime, after: .seconds(2), machine, now)
        }
        if let missing = PodReferences(server: habitat.server).missingVolume(of: pod) {
            runtime.mountTries += 1
            habitat.events.record(pod, "FailedMount", missing, isWarning: true, from: "kubelet", host: machine.name)
            // 500 ms, doubling to about two minutes, as in the kubelet's volume manager.
            let delay = min(Duration.milliseconds(500) * (1 << min(runtime.mountTries - 1, 8)), .seconds(122))
            return schedule(.mount, for: runtime, after: delay, machine, now)
        }
        if runtime.podIP == nil { runtime.podIP = makeAddress(runtime) }
        advance(&runtime, machine, now)
    }

    /// Starts what comes next: the first init container that has not succeeded, else all others.
    private mutating func advance(_ runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        let next = (0..<runtime.initCount).first { runtime.containers[$0].end?.exitCode != 0 }
        if let next {
            runtime.stage = .initializing(next)
            start(next, of: &runtime, machine, now)
        } else {
            runtime.stage = .running
            for index in runtime.mainIndices where !runtime.containers[index].isRunning {
                start(index, of: &runtime, machine, now, isTold: false)
            }
            write(&runtime)
        }
    }

    mutating func start(_ index: Int, of runtime: inout PodRuntime, _ machine: Machine, _ now: Duration, isTold: Bool = true) {
        let image = "\(machine.instanceID)/\(runtime.containers[index].image)"
        if !pulled.contains(image) {
            if machine.behaviour.image == .pullFails { return failPull(index, of: &runtime, machine, now) }
            pulled.insert(image)
            return schedule(.start(index), for: runtime, after: habitat.configuration.latency.imagePull, machine, now)
        }
        if let reason = configurationError(index, of: runtime, machine) {
            runtime.containers[index].state = .waiting(reason: "CreateContainerConfigError", message: reason)
            write(&runtime)
            return schedule(.start(index), for: runtime, after: habitat.configuration.latency.backOff, machine, now)
        }
        let run = runtime.containers[index]
        if let end = run.end { runtime.containers[index].last = end }
        if run.end != nil || run.isPaused { runtime.containers[index].restartCount += 1 }
        let latency = habitat.configuration.latency
        runtime.containers[index].state = .running(since: habitat.time.now())
        runtime.containers[index].pullTries = 0
        let hasEnd = runtime.isInit(index) || run.script != nil
        if hasEnd {
            schedule(.end(index), for: runtime, after: latency.run, machine, now)
        } else if run.name == "collector", machine.behaviour.collector == .crashing {
            schedule(.end(index), for: runtime, after: .seconds(1), machine, now)
        } else {
            let readyFrom = now + latency.readiness * machine.behaviour.slowness
            runtime.containers[index].readyFrom = readyFrom
            schedule(.probe(index), for: runtime, after: latency.readiness, machine, now)
        }
        if isTold { write(&runtime) }
    }

    private func configurationError(_ index: Int, of runtime: PodRuntime, _ machine: Machine) -> String? {
        let isCollector = !runtime.isInit(index) && runtime.containers[index].script == nil
        if machine.behaviour.configuration == .missingSecret, isCollector { return "secret \"credentials\" not found" }
        guard runtime.containers[index].hasReferences, let spec = habitat.server.get(Pod.type, runtime.key)?["spec"] else { return nil }
        let all = (spec["initContainers"]?.array ?? []) + (spec["containers"]?.array ?? [])
        guard all.indices.contains(index) else { return nil }
        return PodReferences(server: habitat.server).missingVariable(of: all[index], namespace: runtime.key.namespace)
    }

    private mutating func failPull(_ index: Int, of runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        let image = runtime.containers[index].image
        runtime.containers[index].pullTries += 1
        let isFirst = runtime.containers[index].pullTries == 1
        runtime.containers[index].state =
            isFirst
            ? .waiting(
                reason: "ErrImagePull",
                message: "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": \(image): not found")
            : .waiting(reason: "ImagePullBackOff", message: "Back-off pulling image \"\(image)\"")
        write(&runtime)
        let delay = isFirst ? Duration.seconds(1) : pauseAfter(failures: runtime.containers[index].pullTries - 1)
        schedule(.start(index), for: runtime, after: delay, machine, now)
        if let pod = habitat.server.get(Pod.type, runtime.key) {
            habitat.events.record(
                pod, "Failed", "Error: \(isFirst ? "ErrImagePull" : "ImagePullBackOff")", isWarning: true, from: "kubelet",
                host: machine.name)
        }
    }

    /// The kubelet's back-off: none after the first failure, then doubling up to five minutes.
    private func pauseAfter(failures: Int) -> Duration {
        guard failures > 0 else { return .zero }
        return min(habitat.configuration.latency.backOff * (1 << min(failures - 1, 6)), .seconds(300))
    }

    mutating func end(_ index: Int, of runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        guard case .running(let since) = runtime.containers[index].state else { return }
        var ending = ContainerEnd(exitCode: 0, reason: "Completed", message: nil, startedAt: since, finishedAt: habitat.time.now())
        if let script = runtime.containers[index].script {
            let setupFails = machine.behaviour.unit == .fails
            let rules = script.readsRules ? rules(for: index, of: runtime) : nil
            let result = habitat.machines.updateKernel(machine.name) { script.run(on: &$0, rules: rules, setupFails: setupFails) }
            ending.exitCode = result?.exitCode ?? 255
            ending.message = result.flatMap { message(for: $0.report, machine) }
            // systemd takes a moment, in which the kubelet still reports.
            if result?.reboots == true { reboots.add(machine.name, at: now + .seconds(3)) }
        } else if !runtime.isInit(index) {
            ending.exitCode = 1
        }
        if ending.exitCode != 0 { ending.reason = "Error" }
        runtime.containers[index].end(ending)
        if runtime.isInit(index), ending.exitCode == 0 {
            // The next one, or the others, in the same report.
            return advance(&runtime, machine, now)
        }
        if runtime.restarts(ending.exitCode) {
            let pause = pauseAfter(failures: runtime.containers[index].restartCount)
            write(&runtime)
            if pause > .zero { schedule(.pause(index), for: runtime, after: .seconds(1), machine, now) }
            schedule(.start(index), for: runtime, after: max(pause, .seconds(1)), machine, now)
            return
        }
        if runtime.isInit(index) || runtime.mainIndices.allSatisfy({ runtime.containers[$0].end != nil }) { runtime.stage = .finished }
        write(&runtime)
    }

    /// The file of audit rules that a container has mounted.
    private func rules(for index: Int, of runtime: PodRuntime) -> String? {
        guard let pod = habitat.server.get(Pod.type, runtime.key) else { return nil }
        let containers = (pod["spec"]?["initContainers"]?.array ?? []) + (pod["spec"]?["containers"]?.array ?? [])
        guard containers.indices.contains(index) else { return nil }
        return PodReferences(server: habitat.server)
            .text(of: AuditScript.rulesFile, in: AuditScript.rulesDirectory, of: containers[index], of: pod)
    }

    private func message(for report: JSONValue, _ machine: Machine) -> String? {
        switch machine.behaviour.report {
        case .faithful: report.text()
        case .garbled: String(report.text().prefix(60)) + "\u{7}\u{0}…"
        case .absent: nil
        }
    }

    mutating func pause(_ index: Int, of runtime: inout PodRuntime) {
        guard let end = runtime.containers[index].end else { return }
        runtime.containers[index].last = end
        runtime.containers[index].state = .waiting(
            reason: "CrashLoopBackOff",
            message: "back-off \(pauseAfter(failures: runtime.containers[index].restartCount)) restarting failed "
                + "container=\(runtime.containers[index].name) pod=\(runtime.key.name)_\(runtime.key.namespace)(\(runtime.uid))")
        write(&runtime)
        if let pod = habitat.server.get(Pod.type, runtime.key) {
            habitat.events.record(
                pod, "BackOff", "Back-off restarting failed container \(runtime.containers[index].name) in pod \(runtime.key.name)",
                isWarning: true, from: "kubelet", host: runtime.node)
        }
    }

    /// The readiness probe, after its delay.
    mutating func probe(_ index: Int, of runtime: inout PodRuntime, _ machine: Machine, _ now: Duration) {
        let run = runtime.containers[index]
        guard run.isRunning, let readyFrom = run.readyFrom, now >= readyFrom else { return }
        let isReady = run.name != "collector" || machine.behaviour.collector == .healthy
        guard isReady != run.isReady else { return }
        runtime.containers[index].isReady = isReady
        write(&runtime)
    }
}

extension ContainerRun {
    /// Between a failure and the next try.
    fileprivate var isPaused: Bool { if case .waiting("CrashLoopBackOff", _) = state { true } else { false } }
}
