import Foundation
import KubeCore
import KubeYAML
import Testing

@testable import AuditCore

/// The policies with rules that users start from.
enum SamplePolicy {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../deploy/samples").standardizedFileURL

    /// By file.
    static func withRules() throws -> [String: AuditPolicy] {
        var policies: [String: AuditPolicy] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) where file.hasSuffix(".yaml") {
            let text = String(decoding: try Data(contentsOf: directory.appending(path: file)), as: UTF8.self)
            for document in try YAMLDocument.parse(Array(text.utf8), file: file) where document.value["kind"] == "AuditPolicy" {
                let policy = try AuditPolicy(document.value)
                if policy.spec.audit.auditRules != nil { policies[file] = policy }
            }
        }
        return policies
    }
}

struct SampleRulesTests {
    @Test func `there are samples with rules for COS, for Ubuntu and for both`() throws {
        let label = "cloud.google.com/gke-os-distribution"
        let selectors = try SamplePolicy.withRules().values.map(\.spec.nodeSelector)
        func some(_ cos: Bool, _ ubuntu: Bool) -> Bool {
            selectors.contains { $0.matches([label: "cos"]) == cos && $0.matches([label: "ubuntu"]) == ubuntu }
        }
        #expect(some(true, false) && some(false, true) && some(true, true))
    }

    @Test func `each is accepted, and nothing about its rules is doubtful`() throws {
        for (file, policy) in try SamplePolicy.withRules() {
            #expect(policy.problems() == [], "\(file)")
            #expect(policy.warnings().filter { $0.path.hasPrefix("spec.audit") } == [], "\(file)")
        }
    }
}
