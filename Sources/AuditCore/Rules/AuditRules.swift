/// What the backend `AuditRules` loads into a kernel: presets, a policy's own rules, the kernel's settings and the lock.
package struct AuditRules: Sendable, Hashable, Codable {
    package var lock: Lock = .locked
    package var presets: [AuditPreset] = []
    package var rules: [AuditRule] = []
    package var kernel = KernelSettings()

    package init(lock: Lock = .locked, presets: [AuditPreset] = [], rules: [AuditRule] = [], kernel: KernelSettings = KernelSettings()) {
        self.lock = lock
        self.presets = presets
        self.rules = rules
        self.kernel = kernel
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        lock = try values.decode(.lock, default: lock)
        presets = try values.decode(.presets, default: presets)
        rules = try values.decode(.rules, default: rules)
        kernel = try values.decode(.kernel, default: kernel)
    }
}

extension AuditRules {
    package enum Lock: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing can change the rules until the kernel's next boot.
        case locked = "Locked"
        case unlocked = "Unlocked"

        /// The argument of `auditctl -e`.
        var enabled: Int { self == .locked ? 2 : 1 }
    }

    package enum FailureMode: String, Sendable, Hashable, Codable, CaseIterable {
        case silent = "Silent"
        case log = "Log"

        /// The argument of `auditctl -f`. 2, panic, cannot be said: it has taken fleets down.
        var flag: Int { self == .silent ? 0 : 1 }
    }

    /// Settings of the kernel's audit subsystem beside its rules.
    package struct KernelSettings: Sendable, Hashable, Codable {
        /// Records that may wait for a reader; more are lost, and counted.
        package var backlogLimit = 8192
        /// How long a process may be held up when the backlog is full, in the kernel's ticks (1/100 to 1/1000 s). 0 loses records instead.
        package var backlogWaitTime = 0
        /// Records a second; more are lost. 0 is without a limit.
        package var rateLimit = 0
        /// What the kernel does about a lost record.
        package var failureMode: FailureMode = .log

        package init(backlogLimit: Int = 8192, backlogWaitTime: Int = 0, rateLimit: Int = 0, failureMode: FailureMode = .log) {
            self.backlogLimit = backlogLimit
            self.backlogWaitTime = backlogWaitTime
            self.rateLimit = rateLimit
            self.failureMode = failureMode
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            backlogLimit = try values.decode(.backlogLimit, default: backlogLimit)
            backlogWaitTime = try values.decode(.backlogWaitTime, default: backlogWaitTime)
            rateLimit = try values.decode(.rateLimit, default: rateLimit)
            failureMode = try values.decode(.failureMode, default: failureMode)
        }
    }
}

extension AuditRules.KernelSettings {
    /// From the kernel's own default to a million records (each takes about as much memory as its text).
    static let backlogLimits = 64...1_048_576
    /// The kernel takes ten minutes at most: 60,000 ticks of a 100 Hz kernel.
    static let backlogWaitTimes = 0...60_000
    static let rateLimits = 0...1_000_000
}
