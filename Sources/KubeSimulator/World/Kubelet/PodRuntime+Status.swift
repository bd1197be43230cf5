import KubeCore

extension PodRuntime {
    /// Writes what the kubelet knows into a pod's status; conditions of others stay.
    func write(to pod: inout JSONValue, now: Timestamp) {
        var status = pod["status"] ?? [:]
        status["phase"] = .string(phase)
        status["hostIP"] = .string(hostIP)
        status["hostIPs"] = [["ip": .string(hostIP)]]
        status["startTime"] = .string(startTime.description)
        status["podIP"] = podIP.map { .string($0) }
        status["podIPs"] = podIP.map { [["ip": .string($0)]] }
        let statuses = containers.indices.map { containerStatus($0) }
        if initCount > 0 { status["initContainerStatuses"] = .array(Array(statuses[..<initCount])) }
        status["containerStatuses"] = .array(Array(statuses[initCount...]))
        pod["status"] = status
        writeConditions(to: &pod, now: now)
    }

    private func writeConditions(to pod: inout JSONValue, now: Timestamp) {
        let isOver = phase == "Succeeded"
        pod.setCondition("PodReadyToStartContainers", podIP != nil && !isOver && phase != "Failed" ? "True" : "False", now: now)
        let unfinished = (0..<initCount).filter { containers[$0].end?.exitCode != 0 }.map { containers[$0].name }
        if isOver || unfinished.isEmpty {
            pod.setCondition("Initialized", "True", reason: isOver ? "PodCompleted" : nil, now: now)
        } else {
            pod.setCondition(
                "Initialized", "False", reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(unfinished.joined(separator: " "))]", now: now)
        }
        let unready = mainIndices.filter { !containers[$0].isReady }.map { containers[$0].name }
        for type in ["Ready", "ContainersReady"] {
            if isOver {
                pod.setCondition(type, "False", reason: "PodCompleted", now: now)
            } else if unready.isEmpty {
                pod.setCondition(type, "True", now: now)
            } else {
                pod.setCondition(
                    type, "False", reason: phase == "Failed" ? "PodFailed" : "ContainersNotReady",
                    message: phase == "Failed" ? nil : "containers with unready status: [\(unready.joined(separator: " "))]", now: now)
            }
        }
    }

    private func containerStatus(_ index: Int) -> JSONValue {
        let run = containers[index]
        var status: JSONValue = [
            "name": .string(run.name), "image": .string(run.image), "restartCount": .integer(Int64(run.restartCount)),
            "ready": .bool(isInit(index) ? run.end?.exitCode == 0 : run.isReady), "started": .bool(run.isRunning),
            "lastState": run.last.map { ["terminated": $0.value(of: run)] } ?? [:],
        ]
        status["imageID"] = .string(run.hasStarted ? run.imageID : "")
        switch run.state {
        case .waiting(let reason, let message):
            var waiting: JSONValue = ["reason": .string(reason)]
            waiting["message"] = message.map { .string($0) }
            status["state"] = ["waiting": waiting]
            status["containerID"] = run.last.map { .string(containerID(run, $0.startedAt)) }
        case .running(let since):
            status["state"] = ["running": ["startedAt": .string(since.description)]]
            status["containerID"] = .string(containerID(run, since))
        case .terminated(let end):
            status["state"] = ["terminated": end.value(of: run)]
            status["containerID"] = .string(containerID(run, end.startedAt))
        }
        return status
    }

    private func containerID(_ run: ContainerRun, _ start: Timestamp) -> String {
        "containerd://" + Fingerprint.hex("\(uid)/\(run.name)/\(run.restartCount)/\(start.seconds)")
    }
}

extension ContainerEnd {
    func value(of run: ContainerRun) -> JSONValue {
        var value: JSONValue = [
            "exitCode": .integer(Int64(exitCode)), "reason": .string(reason), "startedAt": .string(startedAt.description),
            "finishedAt": .string(finishedAt.description),
        ]
        value["message"] = message.map { .string($0) }
        return value
    }
}
