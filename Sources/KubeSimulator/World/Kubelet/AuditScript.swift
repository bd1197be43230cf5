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
    private var backend: SimulatedKernel.Backend?
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
        backend = environment["NODEAUDIT_BACKEND"].map { .init(rawValue: $0) } ?? .cloudAuditSetup
        meantBoot = environment["NODEAUDIT_BOOT_ID"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where the file of rules is in the container that needs one.
    static let rulesDirectory = "/etc/nodeaudit"
    static let rulesFile = "audit.rules.amd64"

    var readsRules: Bool { task == .setup && backend == .auditRules }

    /// - Parameters:
    ///   - rules: the text of the file of rules, where the container has one.
    ///   - setupFails: starting the unit fails, and so does loading rules.
    func run(on kernel: inout SimulatedKernel, rules: String?, setupFails: Bool) -> Ending {
        guard let backend else {
            return ending("Failed", kernel, "NODEAUDIT_BACKEND is none of CloudAuditSetup, AuditRules", exitCode: 64)
        }
        switch task {
        case .setup:
            switch backend {
            case .cloudAuditSetup: return setUpUnit(&kernel, fails: setupFails)
            case .auditRules: return setUpRules(rules, &kernel, fails: setupFails)
            }
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

    private func setUpUnit(_ kernel: inout SimulatedKernel, fails: Bool) -> Ending {
        guard kernel.isContainerOptimized else { return giveUp(&kernel, "not Container-Optimized OS: the node says ID=ubuntu") }
        guard kernel.hasAuditctl else { return ending("Unsupported", kernel, "no auditctl on this node") }
        guard kernel.unit != .absent else { return giveUp(&kernel, "no unit cloud-audit-setup.service on this node") }
        kernel.note(wanted: .unit)
        if kernel.auditsAsWanted { return ending("Active", kernel) }
        if kernel.isLocked { return ending("LockedOther", kernel, Self.lockedOther) }
        if fails {
            return ending(
                "Failed", kernel,
                "systemctl start cloud-audit-setup.service ended with 1: Job for cloud-audit-setup.service failed because the control process "
                    + "exited with error code.", exitCode: 1)
        }
        kernel.startUnit()
        kernel.notes?.loaded = nil
        return ending("Active", kernel)
    }

    private static let lockedOther = "the kernel is locked with other rules until its next boot"

    private func setUpRules(_ text: String?, _ kernel: inout SimulatedKernel, fails: Bool) -> Ending {
        guard let file = text.map({ SimulatedRuleFile($0, without: kernel.missingDirectories) }) else {
            return ending("Failed", kernel, "no rules at \(Self.rulesDirectory)/\(Self.rulesFile)", exitCode: 1)
        }
        guard kernel.hasAuditctl else { return ending("Unsupported", kernel, "no auditctl on this node") }
        let missing = kernel.missingDirectories.sorted().joined(separator: " ")
        guard !file.rules.isEmpty else { return giveUp(&kernel, "no rule can be loaded on this node, which has no \(missing)") }
        kernel.note(wanted: .rules(file.wanted, enabled: file.enabled))
        let said = file.omitted > 0 ? "rules left out: \(file.omitted); this node has no \(missing)" : ""
        if kernel.auditsAsWanted, kernel.isLocked || kernel.rules == file.rules { return ending("Active", kernel, said) }
        if kernel.isLocked { return ending("LockedOther", kernel, Self.lockedOther) }
        kernel.stopUnit()
        if fails {
            return ending("Failed", kernel, "auditctl -R: Error sending add rule data request (Invalid argument)", exitCode: 1)
        }
        kernel.load(file)
        return ending("Active", kernel, said)
    }

    /// Nothing can be set up here, and so nothing is wanted here any more.
    private func giveUp(_ kernel: inout SimulatedKernel, _ detail: String) -> Ending {
        kernel.notes?.wanted = nil
        return ending("Unsupported", kernel, detail)
    }

    private func sweep(_ kernel: inout SimulatedKernel) -> Ending {
        guard kernel.hasAuditctl else { return ending("Unsupported", kernel, "no auditctl on this node") }
        guard isMeant(kernel) else { return look(kernel, "meant for boot \(meantBoot ?? ""); nothing was changed") }
        guard let notes = kernel.notes else {
            return look(kernel, "nothing of nodeaudit was loaded on this boot; its rules were left alone")
        }
        kernel.notes?.wanted = nil
        let ran = kernel.unit == .active
        if !kernel.isLocked {
            kernel.stopUnit()
            kernel.restore(notes)
        }
        let isOfUnit = kernel.isLocked && notes.loaded == nil
        let stays = ran || notes.baseline == nil || isOfUnit ? kernel.leftovers : []
        if !kernel.isLocked, kernel.rulesHash == notes.baseline || notes.baseline == nil { kernel.notes = nil }
        return look(kernel, left: stays, baseline: notes)
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
    /// As the last set-up of this boot was asked for; after none, as the node's unit does.
    var auditsAsWanted: Bool {
        guard enabled >= 1, !rules.isEmpty else { return false }
        switch notes?.wanted ?? .unit {
        case .unit: return unit == .active && rulesHash != notes?.baseline && rulesHash != notes?.loaded?.hash
        case .rules(let wanted, let least): return notes?.loaded?.wanted == wanted && notes?.loaded?.hash == rulesHash && enabled >= least
        }
    }
}
