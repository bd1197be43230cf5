/// A node's processor, as its label `kubernetes.io/arch` names it. It decides which system calls there are.
package enum NodeArchitecture: String, Sendable, Hashable, Codable, CaseIterable {
    case amd64
    case arm64
}

extension NodeArchitecture {
    /// The ABIs that rules are loaded for, in the order of the file.
    ///
    /// On arm64 only the native one: the processors of arm64 servers run no 32-bit programs, and not every auditctl takes b32 there.
    var abis: [AuditRule.Architecture] {
        switch self {
        case .amd64: [.b64, .b32]
        case .arm64: [.b64]
        }
    }

    /// The system calls of one ABI, or nil where it does not exist.
    func syscalls(of abi: AuditRule.Architecture) -> NameTable? {
        switch (self, abi) {
        case (.amd64, .b64): .syscallsX8664
        case (.amd64, .b32): .syscallsI386
        case (.arm64, .b64): .syscallsAArch64
        case (.arm64, .b32): nil
        }
    }

    /// Whether any ABI of any architecture has the system call.
    static func hasSyscall(_ name: String) -> Bool {
        allCases.contains { node in node.abis.contains { node.syscalls(of: $0)?.contains(name) == true } }
    }
}
