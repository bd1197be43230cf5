package import Digests

/// What `auditctl -l` prints for rules that were loaded in an order, told beforehand.
///
/// It is told exactly, to the byte and so to the digest, for auditctl 3.0 and later, but where `uncertainties` says why not: names of
/// users and groups (each node looks them up), `perm` with an architecture (auditctl from 4.0 on narrows it to some system calls)
/// and `exe!=` (printed as `exe=` before 4.0). Then the digest is nil, and what a node runs is known from what the node noted when
/// it loaded the file. Checked against a real kernel for each preset by `AuditRulesKernelTests`.
package struct RuleListing: Sendable, Hashable {
    package let lines: [String]
    /// Why a node may print something else, each reason once.
    package let uncertainties: [String]

    init(of rules: [KernelRule]) {
        // The kernel prints list after list, each in the order in which it was filled.
        let order: [AuditRule.List] = [.user, .task, .exit, .exclude, .filesystem]
        let listed = order.flatMap { list in rules.filter { $0.list == list } }
        lines = listed.map(\.listing)
        var seen: Set<String> = []
        uncertainties = listed.flatMap(\.uncertainties).filter { seen.insert($0).inserted }
    }

    /// All of the output. Without rules auditctl says so.
    package var text: String { lines.isEmpty ? "No rules\n" : lines.joined(separator: "\n") + "\n" }

    /// The digest of the output, as a node's report has it; nil when the output is not certain.
    package var digest: SHA256Digest? { uncertainties.isEmpty ? SHA256Digest(of: text) : nil }

    /// What an output has too little (`-`) and too much (`+`), in no order of its own: for people, where digests differ.
    package func differences(from output: String) -> [String] {
        let actual = output.split(separator: "\n").map(String.init).filter { $0 != "No rules" }
        let missing = lines.filter { !actual.contains($0) }.map { "- \($0)" }
        let added = actual.filter { !lines.contains($0) }.map { "+ \($0)" }
        if missing.isEmpty, added.isEmpty, actual != lines { return ["the same rules in another order"] }
        return missing + added
    }
}
