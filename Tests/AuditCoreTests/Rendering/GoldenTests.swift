import AuditCore
import Foundation
import KubeCore
import Testing

/// What each fixture becomes, to be read by people in review. `NODEAUDIT_UPDATE_GOLDEN=1 swift test --filter GoldenTests`
/// writes the files anew.
struct GoldenTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let isUpdating = ProcessInfo.processInfo.environment["NODEAUDIT_UPDATE_GOLDEN"] == "1"

    private func compare(_ text: String, with file: String) throws {
        let url = Self.directory.appending(path: file)
        if Self.isUpdating { try Data(text.utf8).write(to: url) }
        let golden = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        guard text != golden else { return }
        let lines = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false), golden.split(separator: "\n", omittingEmptySubsequences: false))
        let first = lines.enumerated().first { $1.0 != $1.1 }
        Issue.record(
            "\(file) differs from line \((first?.offset ?? 0) + 1): \(first.map { "\($0.element.0) instead of \($0.element.1)" } ?? "length")"
        )
    }

    @Test(arguments: RenderingFixture.allCases)
    func `the collector's configuration is as reviewed`(fixture: RenderingFixture) throws {
        try compare(try fixture.policy.rendered().collectorText, with: "\(fixture.rawValue).collector.yaml")
    }

    @Test(arguments: RenderingFixture.allCases)
    func `the manifests are as reviewed`(fixture: RenderingFixture) throws {
        var text = ""
        for manifest in try fixture.policy.rendered().manifests() {
            var value = manifest.value
            // The collector's file has a golden of its own, and the script is one.
            if manifest.type == ConfigMap.type { value["data"] = .array((value["data"]?.object?.keys.sorted() ?? []).map { .string($0) }) }
            text += value.text(indent: 2) + "\n"
        }
        try compare(text, with: "\(fixture.rawValue).manifests.json")
    }
}
