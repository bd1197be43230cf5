import Foundation
import Testing

@testable import AuditCore

/// `docs/rules.md` has its tables from the code. `NODEAUDIT_UPDATE_GOLDEN=1 swift test --filter RulesPageTests` writes them anew.
struct RulesPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/rules.md").standardizedFileURL
    private static let isUpdating = ProcessInfo.processInfo.environment["NODEAUDIT_UPDATE_GOLDEN"] == "1"

    @Test(.serialized, arguments: RulesPage.Table.allCases)
    func `a table of the page says what the code says`(table: RulesPage.Table) throws {
        let text = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        let (start, end) = ("<!-- table: \(table.rawValue) -->\n", "<!-- end: \(table.rawValue) -->")
        let from = try #require(text.range(of: start)?.upperBound, "no place for the table \(table.rawValue)")
        let to = try #require(text[from...].range(of: end)?.lowerBound)
        let wanted = try RulesPage.text(of: table)
        if Self.isUpdating {
            try Data(text.replacingCharacters(in: from..<to, with: wanted).utf8).write(to: Self.page)
        } else {
            #expect(text[from..<to] == wanted, "write it anew, see RulesPageTests")
        }
    }

    @Test func `the page names every preset, and what stands for each event of Google's page is all of GKEDefault`() throws {
        let text = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        #expect(Set(RulesPage.events.flatMap(\.presets)) == Set(AuditPreset.gkeDefault.components))
        for preset in AuditPreset.allCases { #expect(text.contains("`\(preset.rawValue)`"), "\(preset.rawValue)") }
    }
}

/// The parts of the page that are made from the tables of the code.
enum RulesPage {
    enum Table: String, CaseIterable { case presets, compositions, page, fields, limits }

    static func text(of table: Table) throws -> String {
        switch table {
        case .presets: try presets()
        case .compositions: try compositions()
        case .page: googlePage()
        case .fields: fields()
        case .limits: limits()
        }
    }

    private static func rows(_ header: [String], _ rows: [[String]]) -> String {
        ([header, header.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    private static func counts(_ preset: AuditPreset) throws -> String {
        try NodeArchitecture.allCases.map { architecture in
            let rules = preset == .containerNoise ? [AuditRule(name: "some", key: "some", watch: .init(path: "/etc/passwd"))] : []
            let file = try AuditRules(presets: [preset], rules: rules).file(for: architecture).get()
            return String(file.rules.count - rules.count)
        }.joined(separator: ", ")
    }

    private static func presets() throws -> String {
        try rows(
            ["preset", "records", "cost", "rules on amd64, arm64", "keys"],
            AuditPreset.allCases.filter { !$0.isComposition }.map { preset in
                var keys: [String] = []
                for key in preset.ownRules.compactMap(\.key) where !keys.contains(key) { keys.append(key) }
                return [
                    "`\(preset.rawValue)`", preset.summary, preset.costNote, try counts(preset),
                    keys.map { "`\($0)`" }.joined(separator: " "),
                ]
            })
    }

    private static func compositions() throws -> String {
        try rows(
            ["preset", "is", "consists of", "rules on amd64, arm64"],
            AuditPreset.allCases.filter(\.isComposition).map { preset in
                let more = preset.ownRules.isEmpty ? "" : ", and \(preset.ownRules.count) more rules"
                return [
                    "`\(preset.rawValue)`", preset.summary, preset.components.map { "`\($0.rawValue)`" }.joined(separator: " ") + more,
                    try counts(preset),
                ]
            })
    }

    /// What Google's page "Enable Linux auditd logs on GKE nodes" lists, and the component of GKEDefault that records it.
    static let events: [(event: String, presets: [AuditPreset])] = [
        ("changes to the configuration of auditing", [.auditConfiguration]), ("AppArmor permission checks", [.appArmor]),
        ("`execve()`", [.processExecution]), ("`socket()`", [.sockets]), ("`setsockopt()`", [.socketOptions]),
        ("`mmap()`", [.memoryMapping]),
        ("network connections", [.networkConnections]), ("user logins", [.userLogins]), ("SSH sessions and all other TTYs", [.sessions]),
    ]

    private static func googlePage() -> String {
        rows(
            ["on Google's page", "in `GKEDefault`"],
            events.map { [$0.event, $0.presets.map { "`\($0.rawValue)`" }.joined(separator: " ")] })
    }

    private static func fields() -> String {
        rows(
            ["field", "operators", "lists"],
            AuditField.allCases.map { field in
                let signs = AuditRule.Operator.allCases.filter(field.operators.contains).map { "`\($0.rawValue)`" }
                let lists = AuditRule.List.allCases.filter(field.lists.contains).map(\.rawValue)
                return ["`\(field.rawValue)`", signs.joined(separator: " "), lists.joined(separator: ", ")]
            })
    }

    private static func limits() -> String {
        func range(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }
        let defaults = AuditRules.KernelSettings()
        return rows(
            ["what", "bounds", "default"],
            [
                ["conditions of a rule, architecture and key included", "\(RuleCheck.maximumFieldCount)", ""],
                ["`exe` in a rule", "1", ""], ["`path`, `dir` and `inode` together in a rule", "1", ""],
                ["bytes of a key", "\(StrictText.maximumKeyLength)", ""], ["bytes of a path", "\(StrictText.maximumPathLength)", ""],
                ["bytes of a rule's line", "\(RuleFile.maximumLineLength)", ""],
                ["`kernel.backlogLimit`", range(AuditRules.KernelSettings.backlogLimits), "\(defaults.backlogLimit)"],
                ["`kernel.backlogWaitTime`", range(AuditRules.KernelSettings.backlogWaitTimes), "\(defaults.backlogWaitTime)"],
                ["`kernel.rateLimit`", range(AuditRules.KernelSettings.rateLimits), "\(defaults.rateLimit)"],
            ])
    }
}
