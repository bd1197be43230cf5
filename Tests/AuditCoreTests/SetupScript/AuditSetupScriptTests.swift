import AuditCore
import Foundation
import Testing

struct AuditSetupScriptTests {
    private static let source = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/AuditCore/Rendering/Script/audit-setup.sh").standardizedFileURL

    @Test func `the binary carries the script as it is in the repository`() throws {
        let file = String(decoding: try Data(contentsOf: Self.source), as: UTF8.self)
        #expect(AuditSetupScript.text == file, "run hack/generate")
    }

    @Test func `shellcheck has nothing to say about the script`() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/shellcheck") else { return }
        let result = try Command("/usr/bin/shellcheck", "--shell=sh", "--severity=style", Self.source.path).run()
        #expect(result.exitCode == 0, "\(result.output)")
    }
}
