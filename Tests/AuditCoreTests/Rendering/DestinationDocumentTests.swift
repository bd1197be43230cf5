import AuditCore
import Foundation
import Testing

/// docs/destinations.md has the tables that the code makes. `NODEAUDIT_UPDATE_GOLDEN=1` writes them anew.
struct DestinationDocumentTests {
    private static let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/destinations.md")
    private static let isUpdating = ProcessInfo.processInfo.environment["NODEAUDIT_UPDATE_GOLDEN"] == "1"

    @Test func `the document has the tables of the code`() throws {
        var text = try String(contentsOf: Self.url, encoding: .utf8)
        for (name, table) in CollectorReference.tables {
            let opening = try #require(text.range(of: "<!-- \(name) -->\n"), "\(name)")
            let closing = try #require(text.range(of: "\n<!-- end -->", range: text.index(before: opening.upperBound)..<text.endIndex))
            let place = min(opening.upperBound, closing.lowerBound)..<closing.lowerBound
            if Self.isUpdating {
                text.replaceSubrange(opening.upperBound..<text.index(after: closing.lowerBound), with: table + "\n")
            } else {
                #expect(text[place] == table, "\(name): NODEAUDIT_UPDATE_GOLDEN=1 writes it")
            }
        }
        if Self.isUpdating { try Data(text.utf8).write(to: Self.url) }
    }

    @Test func `every type of output and filter is in the tables`() {
        let text = CollectorReference.tables.map(\.text).joined()
        for kind in AuditPolicy.Output.Kind.allCases { #expect(text.contains("| `\(kind.rawValue)` |")) }
        for kind in AuditPolicy.Filter.Kind.allCases { #expect(text.contains("| `\(kind.rawValue)` |")) }
    }
}
