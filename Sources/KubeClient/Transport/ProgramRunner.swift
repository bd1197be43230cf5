package import KubeCore
import Subprocess
import SystemPackage

/// Starts programs: the system's in the executables, a closure in tests.
package struct ProgramRunner: Sendable {
    package struct Program: Sendable, Hashable {
        /// A name that `PATH` finds, or a path when it has a slash.
        package var command: String
        package var arguments: [String]
        /// Beside what this process has, and instead of it where names are equal.
        package var environment: [String: String]
    }

    package enum Ending: Sendable, Hashable {
        case exited(Int, output: [UInt8], errors: [UInt8])
        /// By a signal.
        case killed(Int)
        case notFound
    }

    private let body: @Sendable (Program) async throws(KubeError) -> Ending

    /// `body` ends the program when its task is cancelled.
    package init(_ body: @escaping @Sendable (Program) async throws(KubeError) -> Ending) { self.body = body }

    /// Errors: `.configuration` when it cannot be run or says too much, `.cancelled`.
    package func run(_ program: Program) async throws(KubeError) -> Ending { try await body(program) }

    /// Without input, in a session of its own, so that its children end with it.
    package static let system = ProgramRunner { (program) async throws(KubeError) in
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))]
        var environment: [Environment.Key: String?] = [:]
        for (name, value) in program.environment {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        let executable: Executable = program.command.contains("/") ? .path(FilePath(program.command)) : .name(program.command)
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(program.arguments), environment: .inherit.updating(environment),
                platformOptions: platform, input: .none, output: .bytes(limit: outputLimit), error: .bytes(limit: outputLimit))
            switch result.terminationStatus {
            case .exited(let code): return .exited(Int(code), output: result.standardOutput, errors: result.standardError)
            case .signaled(let signal): return .killed(Int(signal))
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            return .notFound
        } catch {
            if Task.isCancelled { throw KubeError(.cancelled, "cancelled") }
            throw KubeError(.configuration, "\(program.command) cannot be run: \(error)")
        }
    }

    /// Bytes; a token has one or two thousand, a certificate chain some ten thousand.
    private static let outputLimit = 1 << 20
}
