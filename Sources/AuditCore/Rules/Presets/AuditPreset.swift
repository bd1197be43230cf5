/// A named set of rules, ready for each architecture.
package enum AuditPreset: String, Sendable, Hashable, Codable, CaseIterable {
    case processExecution = "ProcessExecution"
    case sockets = "Sockets"
    case socketOptions = "SocketOptions"
    case memoryMapping = "MemoryMapping"
    case networkConnections = "NetworkConnections"
    case userLogins = "UserLogins"
    case sessions = "Sessions"
    case auditConfiguration = "AuditConfiguration"
    case appArmor = "AppArmor"
    case kernelModules = "KernelModules"
    case timeChange = "TimeChange"
    case identityFiles = "IdentityFiles"
    case privileged = "Privileged"
    case accessDenied = "AccessDenied"
    case permissionChanges = "PermissionChanges"
    case fileDeletion = "FileDeletion"
    case mounts = "Mounts"
    case networkEnvironment = "NetworkEnvironment"
    case userEmulation = "UserEmulation"
    case administratorCommands = "AdministratorCommands"
    case containerNoise = "ContainerNoise"

    case gkeDefault = "GKEDefault"
    case cis = "CIS"
    case stig = "STIG"
    case pciDSS = "PCIDSS"
}

extension AuditPreset {
    /// The presets that a composition consists of.
    package var components: [AuditPreset] {
        switch self {
        case .gkeDefault:
            [
                .auditConfiguration, .appArmor, .processExecution, .sockets, .socketOptions, .memoryMapping, .networkConnections,
                .userLogins, .sessions,
            ]
        case .cis:
            [
                .auditConfiguration, .appArmor, .userLogins, .sessions, .kernelModules, .timeChange, .identityFiles, .privileged,
                .accessDenied, .permissionChanges, .fileDeletion, .mounts, .networkEnvironment, .userEmulation,
            ]
        case .stig:
            [
                .auditConfiguration, .appArmor, .userLogins, .sessions, .kernelModules, .timeChange, .identityFiles, .privileged,
                .accessDenied, .permissionChanges, .fileDeletion, .mounts, .networkEnvironment,
            ]
        case .pciDSS:
            [
                .auditConfiguration, .appArmor, .userLogins, .sessions, .kernelModules, .timeChange, .identityFiles, .privileged,
                .accessDenied, .fileDeletion, .administratorCommands,
            ]
        default: []
        }
    }

    package var isComposition: Bool { !components.isEmpty }

    /// The preset and its components.
    package var parts: [AuditPreset] { [self] + components }

    /// All of its rules, those of its components included.
    package var rules: [AuditRule] { parts.flatMap(\.ownRules) }
}
