package import Digests

/// What `auditctl -l` prints for rules that were loaded in an order, told beforehand.
///
/// It is told exactly, to the byte and so to the digest, for auditctl 3.0 and later, but where `uncertainties` says why not: names of
/// users and groups (each node looks them up), `perm` with an architecture (auditctl from 4.0 on narrows it to some system calls)
/// and `exe!=` (printed as `exe=` before 4.0). Then there are no digests, and what a node runs is known from what the node noted
/// when it loaded the file. Younger system calls are printed by name or by number as a release knows them, so a list of rules can
/// have several digests, one for each generation of auditctl. Checked against a real kernel for each preset by
/// `AuditRulesKernelTests`.
package struct RuleListing: Sendable, Hashable {
    private let rules: [KernelRule]
    /// Why a node may print something else, each reason once.
    package let uncertainties: [String]

    init(of loaded: [KernelRule]) {
        // The kernel prints list after list, each in the order in which it was filled.
        let order: [AuditRule.List] = [.user, .task, .exit, .exclude, .filesystem]
        rules = order.flatMap { list in loaded.filter { $0.list == list } }
        var seen: Set<String> = []
        uncertainties = rules.flatMap(\.uncertainties).filter { seen.insert($0).inserted }
    }

    /// As the newest auditctl prints it.
    package var lines: [String] { rules.map(\.listing) }

    /// All of the output, as the newest auditctl prints it.
    package var text: String { text(withNamesUpTo: .max) }

    /// Each output that is possible, the newest auditctl's first.
    package var texts: [String] {
        let young = Set(rules.flatMap { $0.youngSyscalls.map(\.number) }).sorted(by: >)
        return (young + [NameTable.lastNameEverywhere]).map { text(withNamesUpTo: $0) }
    }

    /// The digests of the outputs that are possible, as a node's report has one; none when the output is not certain.
    package var digests: [SHA256Digest] { uncertainties.isEmpty ? texts.map { SHA256Digest(of: $0) } : [] }

    /// Without rules auditctl says so.
    private func text(withNamesUpTo known: Int) -> String {
        rules.isEmpty ? "No rules\n" : rules.map { $0.listing(withNamesUpTo: known) }.joined(separator: "\n") + "\n"
    }

    /// What an output has too little (`-`) and too much (`+`), in no order of its own: for people, where digests differ.
    package func differences(from output: String) -> [String] {
        let actual = output.split(separator: "\n").map(String.init).filter { $0 != "No rules" }
        let told = texts.map { $0.split(separator: "\n").map(String.init).filter { $0 != "No rules" } }
        // The generation that differs least.
        let lines = told.min { one, other in one.count { !actual.contains($0) } < other.count { !actual.contains($0) } } ?? []
        let missing = lines.filter { !actual.contains($0) }.map { "- \($0)" }
        let added = actual.filter { !lines.contains($0) }.map { "+ \($0)" }
        if missing.isEmpty, added.isEmpty, actual != lines { return ["the same rules in another order"] }
        return missing + added
    }
}
