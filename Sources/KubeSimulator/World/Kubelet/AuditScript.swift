import KubeCore

/// What `audit-setup.sh` does and says, played on a simulated kernel; written from its documentation, not from its code's values.
struct AuditScript: Sendable {
    enum Task: String, Sendable { case setup, probe, sweep, reboot }

    struct Ending: Sendable {
        var exitCode: Int
        var report: JSONValue
        /// The host was asked to reboot.
        var reboots = false
    }

    var task: Task
    var backend: String
    /// The only boot on which anything may be changed; nil for any.
    var meantBoot: String?

    /// Reads the container's environment; nil for a container that does not run the script.
    init?(container: JSONValue) {
        guard let name = container["name"]?.string, name == "audit-setup" || name == "task" else { return nil }
        var environment: [String: String] = [:]
        for variable in container["env"]?.array ?? [] {
            if let name = variable["name"]?.string { environment[name] = variable["value"]?.string ?? "" }
        }
        task = environment["NODEAUDIT_TASK"].flatMap(Task.init) ?? (name == "task" ? .probe : .setup)
        backend = environment["NODEAUDIT_BACKEND"] ?? "CloudAuditSetup"
        meantBoot = environment["NODEAUDIT_BOOT_ID"].flatMap { $0.isEmpty ? nil : $0 }
    }

    func run(on kernel: inout SimulatedKernel, unitFails: Bool) -> Ending {
        guard backend == "CloudAuditSetup" else {
            return ending("Failed", kernel, "NODEAUDIT_BACKEND is not CloudAuditSetup", exitCode: 64)
        }
        switch task {
        case .setup: return setUp(&kernel, unitFails: unitFails)
        case .probe: return kernel.hasAuditctl ? look(kernel) : ending("Unsupported", kernel, "no auditctl on this node")
        case .sweep: return sweep(&kernel)
        case .reboot:
            guard isMeant(kernel), meantBoot != nil else {
                return look(kernel, "meant for boot \(meantBoot ?? "(none)"); nothing was done")
            }
            var ending = look(kernel, "the host was asked to reboot")
            ending.reboots = true
            return ending
        }
    }

    private func setUp(_ kernel: inout SimulatedKernel, unitFails: Bool) -> Ending {
        guard kernel.isContainerOptimized else {
            return ending("Unsupported", kernel, "not Container-Optimized OS: the node says ID=ubuntu")
        }
        guard kernel.hasAuditctl else { return ending("Unsupported", kernel, "no auditctl on this node") }
        guard kernel.unit != .absent else { return ending("Unsupported", kernel, "no unit cloud-audit-setup.service on this node") }
        kernel.noteBaseline()
        if kernel.auditsAsWanted { return ending("Active", kernel) }
        if kernel.isLocked { return ending("LockedOther", kernel, "the kernel is locked with other rules until its next boot") }
        if unitFails {
            return ending(
                "Failed", kernel,
                "systemctl start cloud-audit-setup.service ended with 1: Job for cloud-audit-setup.service failed because the control process "
                    + "exited with error code.", exitCode: 1)
        }
        kernel.startUnit()
        return ending("Active", kernel)
    }

    private func sweep(_ kernel: inout SimulatedKernel) -> Ending {
        guard kernel.hasAuditctl else { return ending("Unsupported", kernel, "no auditctl on this node") }
        guard isMeant(kernel) else { return look(kernel, "meant for boot \(meantBoot ?? ""); nothing was changed") }
        let ran = kernel.unit == .active
        kernel.stopUnit()
        if kernel.rulesHash != kernel.notes?.baseline { kernel.deleteRules() }
        let stays = ran || kernel.notes?.baseline == nil || kernel.isLocked ? kernel.leftovers : []
        if !kernel.isLocked, kernel.rulesHash == kernel.notes?.baseline {
            let baseline = kernel.notes
            kernel.notes = nil
            return look(kernel, left: stays, baseline: baseline)
        }
        return look(kernel, left: stays)
    }

    private func isMeant(_ kernel: SimulatedKernel) -> Bool { meantBoot == nil || meantBoot == kernel.bootID }

    /// What is so, in one word.
    private func look(
        _ kernel: SimulatedKernel, _ detail: String = "", left: [String] = [], baseline: SimulatedKernel.Notes? = nil
    ) -> Ending {
        let outcome = kernel.auditsAsWanted ? "Active" : kernel.isLocked ? "LockedOther" : "Inactive"
        return ending(outcome, kernel, detail, left: left, baseline: baseline)
    }

    private func ending(
        _ outcome: String, _ kernel: SimulatedKernel, _ detail: String = "", exitCode: Int = 0, left: [String] = [],
        baseline: SimulatedKernel.Notes? = nil
    ) -> Ending {
        let canRead = kernel.hasAuditctl
        let report: JSONValue = [
            "v": 1, "task": .string(task.rawValue), "outcome": .string(outcome), "boot": .string(kernel.bootID),
            "enabled": .integer(canRead ? Int64(kernel.enabled) : 0), "unit": .string(kernel.unit.rawValue),
            "rules": .integer(canRead ? Int64(kernel.rules.count) : 0), "hash": .string(canRead ? kernel.rulesHash : ""),
            "baseline": .string((baseline ?? kernel.notes)?.baseline ?? ""), "lost": .integer(canRead ? Int64(kernel.lost) : 0),
            "backlogLimit": .integer(canRead ? Int64(kernel.backlogLimit) : 0),
            "failure": .integer(canRead ? Int64(kernel.failureMode) : 0), "left": .array(left.map { .string($0) }),
            "detail": .string(detail),
        ]
        return Ending(exitCode: exitCode, report: report)
    }
}

extension SimulatedKernel {
    /// The unit is active, and the kernel audits by rules that were not there before.
    var auditsAsWanted: Bool { unit == .active && enabled >= 1 && !rules.isEmpty && rulesHash != notes?.baseline }
}
