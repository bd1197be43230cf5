import Foundation

/// A real Fluent Bit, named by `NODEAUDIT_FLUENT_BIT`: the program that collectors run.
package struct FluentBit {
    package static let notice = "needs NODEAUDIT_FLUENT_BIT, the path of a fluent-bit 5.1"

    package static var isOffered: Bool { program != nil }
    private static var program: String? { ProcessInfo.processInfo.environment["NODEAUDIT_FLUENT_BIT"] }

    private struct Missing: Error {}

    /// What it says against a configuration; nil when it takes it. Files of secrets and of state are stood in for.
    package static func objection(to configuration: String) throws -> String? {
        guard let program else { throw Missing() }
        let files = FileManager.default
        let directory = files.temporaryDirectory.appending(path: "nodeaudit-fluent-bit-\(UUID().uuidString)")
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { do { try files.removeItem(at: directory) } catch { print("left behind: \(directory.path)") } }
        for index in 0..<32 {
            let secret = directory.appending(path: "secrets/\(index)")
            try files.createDirectory(at: secret, withIntermediateDirectories: true)
            try Data("secret".utf8).write(to: secret.appending(path: "value"))
        }
        let text = configuration.replacing("/var/run/secrets/nodeaudit", with: directory.appending(path: "secrets").path)
            .replacing("/var/lib/nodeaudit", with: directory.path)
        let file = directory.appending(path: "collector.yaml")
        try Data(text.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--dry-run", "--config=\(file.path)"]
        process.environment = ["NODE_NAME": "node-a", "POD_IP": "127.0.0.1", "HOME": directory.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 && said.contains("configuration test is successful") ? nil : said
    }
}
