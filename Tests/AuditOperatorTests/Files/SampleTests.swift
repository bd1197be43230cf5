import AuditCore
import AuditOperator
import Foundation
import TestSupport
import Testing

/// What `deploy/samples` gives people to start from, through the whole way from file to collector.
@Suite struct SampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
    private static let samples = names("deploy/samples", ".yaml")
    private static let goldens = names("Tests/AuditCoreTests/Rendering/Golden", ".collector.yaml")

    private static func names(_ directory: String, _ suffix: String) -> [String] {
        let path = root.appending(path: directory).path
        return ((FileManager.default.subpaths(atPath: path)) ?? []).filter { $0.hasSuffix(suffix) }.sorted()
    }

    private func entries(_ sample: String) throws -> [PolicyFile.Entry] {
        let bytes = try Data(contentsOf: Self.root.appending(path: "deploy/samples/\(sample)"))
        let options = AgentOptions(clusterName: "prod", clusterLocation: "europe-west1")
        return try PolicyFile(options: options).read(Array(bytes), file: sample)
    }

    @Test(arguments: samples) func `every sample is accepted and renders`(sample: String) throws {
        let entries = try entries(sample)
        #expect(!entries.isEmpty)
        for entry in entries {
            #expect(entry.problems == [])
            #expect(entry.agent?.collectorConfiguration.isEmpty == false)
        }
    }

    @Test func `there is a sample for each type of output, and for each of filter`() throws {
        #expect(!Self.goldens.isEmpty)
        let policies = try Self.samples.flatMap { try entries($0) }.compactMap(\.policy)
        let outputs = Set(policies.flatMap(\.spec.outputs).map(\.type))
        #expect(Set(AuditPolicy.Output.Kind.allCases).subtracting(outputs) == [])
        let texts = try Self.samples.map { try String(contentsOf: Self.root.appending(path: "deploy/samples/\($0)"), encoding: .utf8) }
        for kind in AuditPolicy.Filter.Kind.allCases { #expect(texts.contains { $0.contains("type: \(kind.rawValue)") }) }
    }

    @Test(.enabled(if: FluentBit.isOffered, "\(FluentBit.notice)"), arguments: samples)
    func `the real collector takes every sample`(sample: String) throws {
        for entry in try entries(sample) {
            let objection = try FluentBit.objection(to: entry.agent?.collectorConfiguration ?? "")
            #expect(objection == nil, "\(objection ?? "")")
        }
    }

    @Test(.enabled(if: FluentBit.isOffered, "\(FluentBit.notice)"), arguments: goldens)
    func `the real collector takes every golden`(golden: String) throws {
        let text = try String(
            contentsOf: Self.root.appending(path: "Tests/AuditCoreTests/Rendering/Golden/\(golden)"), encoding: .utf8)
        let objection = try FluentBit.objection(to: text)
        #expect(objection == nil, "\(objection ?? "")")
    }

    @Test(.enabled(if: FluentBit.isOffered, "\(FluentBit.notice)"))
    func `the real collector objects to an option that it does not have`() throws {
        let text = try String(
            contentsOf: Self.root.appending(path: "Tests/AuditCoreTests/Rendering/Golden/loki.collector.yaml"), encoding: .utf8)
        #expect(try FluentBit.objection(to: text.replacing("line_format: json", with: "line_fromat: json")) != nil)
    }
}
