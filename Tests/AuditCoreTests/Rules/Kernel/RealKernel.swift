import Foundation

/// The audit subsystem of the kernel that the tests run on, through Debian's auditctl. Never locked, always put back.
struct RealKernel {
    static let notice: String =
        "needs NODEAUDIT_TEST_KERNEL=1, root, and a kernel for which auditctl -s says `enabled 0` and auditctl -l `No rules`"

    /// Whether the tests may load rules here.
    static var isOffered: Bool {
        guard ProcessInfo.processInfo.environment["NODEAUDIT_TEST_KERNEL"] == "1", geteuid() == 0 else { return false }
        guard let status = try? auditctl(["-s"]), let rules = try? auditctl(["-l"]) else { return false }
        return status.code == 0 && Self.value(of: "enabled", in: status.output) == "0" && rules.output == "No rules\n"
    }

    struct Result {
        let code: Int32
        let output: String
        let errors: String
    }

    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    static func auditctl(_ arguments: [String]) throws -> Result {
        guard !arguments.contains("2") || !arguments.contains("-e") else { throw Refusal(description: "never lock") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/auditctl")
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self))
    }

    static func value(of field: String, in status: String) -> String? {
        status.split(separator: "\n").first { $0.hasPrefix(field + " ") }.map { String($0.dropFirst(field.count + 1)) }
    }

    /// What the kernel is set to while rules are loaded, and prints as rules.
    struct State {
        let listing: String
        let status: String

        func setting(_ name: String) -> String? { RealKernel.value(of: name, in: status) }
    }

    /// Loads a file as a node does, but for its last line: a test never enables or locks. Reads what the kernel holds, and puts the
    /// kernel back to what it was. A refusal names the line.
    static func load(_ text: String) throws -> State {
        let before = try auditctl(["-s"]).output
        guard value(of: "enabled", in: before) == "0", try auditctl(["-l"]).output == "No rules\n" else {
            throw Refusal(description: "the kernel is not as it was found")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let lock = lines.popLast(), lock.hasPrefix("-e "), !lines.contains(where: { $0.hasPrefix("-e") }) else {
            throw Refusal(description: "the last line is not the lock")
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("nodeaudit-rules-\(UUID().uuidString)")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = Swift.Result { () throws -> State in
            let loaded = try auditctl(["-R", file.path])
            guard loaded.code == 0 else {
                let number = loaded.errors.split(separator: "error in line ").last?.prefix { $0.isNumber }
                let line = number.flatMap { Int($0) }.map { String(lines[$0 - 1]) } ?? ""
                throw Refusal(description: "\(loaded.errors)\(line)")
            }
            return State(listing: try auditctl(["-l"]).output, status: try auditctl(["-s"]).output)
        }
        try putBack(before)
        return try result.get()
    }

    /// - Parameter status: what `auditctl -s` printed before.
    static func putBack(_ status: String) throws {
        _ = try auditctl(["-D"])
        if let value = value(of: "enabled", in: status), value != "2" { _ = try auditctl(["-e", value]) }
        for (option, name) in [
            ("-b", "backlog_limit"), ("-r", "rate_limit"), ("-f", "failure"), ("--backlog_wait_time", "backlog_wait_time"),
        ] {
            if let value = value(of: name, in: status) { _ = try auditctl([option, value]) }
        }
        let after = try auditctl(["-s"]).output
        for name in ["enabled", "backlog_limit", "rate_limit", "failure", "backlog_wait_time"] {
            guard value(of: name, in: after) == value(of: name, in: status) else {
                throw Refusal(description: "\(name) could not be put back")
            }
        }
        guard try auditctl(["-l"]).output == "No rules\n" else { throw Refusal(description: "rules could not be taken away") }
    }
}

/// A file without the rules that need a directory which this machine does not have, as the set-up script leaves them out.
func leavingOutWhatIsMissing(in text: String) -> (text: String, missing: Set<String>) {
    var kept: [String] = []
    var missing: Set<String> = []
    var leavesOut = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if line.hasPrefix("# requires ") {
            let directory = String(line.dropFirst("# requires ".count))
            var isDirectory: ObjCBool = false
            if !FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) || !isDirectory.boolValue {
                missing.insert(directory)
                leavesOut = true
            }
        } else if leavesOut {
            leavesOut = false
        } else {
            kept.append(line)
        }
    }
    return (kept.joined(separator: "\n"), missing)
}
