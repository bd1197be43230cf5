import KubeCore
import Logging

/// Asks a credential plugin when there is need, and keeps what it said until it expires or the server refuses it.
///
/// Guarantees: the program never runs twice at a time, and who waits for a run shares its end, good or bad. It is ended when
/// it takes longer than `limit`.
/// Errors: `.configuration` with what the program said on its way out, `.cancelled`.
final class PluginSession: Sendable {
    private struct State: Sendable {
        var kept: ExecCredential?
        var isRunning = false
        /// Runs that came to an end, and how the last one failed.
        var ended = 0
        var failure: KubeError?
    }

    private enum Turn: Sendable { case use(ExecCredential), fail(KubeError), run }

    private let plugin: ExecPlugin
    private let configuration: ClusterConfiguration
    private let programs: ProgramRunner
    private let files: FileSource
    private let limit: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let state = Monitor(State())

    init(
        _ plugin: ExecPlugin, for configuration: ClusterConfiguration, programs: ProgramRunner, files: FileSource,
        limit: Duration = .seconds(60), time: any TimeSource, logger: Logger
    ) {
        self.plugin = plugin
        self.configuration = configuration
        self.programs = programs
        self.files = files
        self.limit = limit
        self.time = time
        self.logger = logger
    }

    /// `refused`: what the server did not take; anything else that is kept and not expired will do.
    func credential(insteadOf refused: ExecCredential? = nil) async throws(KubeError) -> ExecCredential {
        let now = time.now()
        let endedBefore = state.withLock { $0.ended }
        let turn: Turn = try await state.wait { state in
            if let kept = state.kept, kept != refused, !kept.isExpired(at: now) { return .use(kept) }
            if state.ended > endedBefore {
                if let failure = state.failure { return .fail(failure) }
                // As fresh as it gets, even if it is what was refused.
                if let kept = state.kept { return .use(kept) }
            }
            if state.isRunning { return nil }
            state.isRunning = true
            return .run
        }
        switch turn {
        case .use(let credential): return credential
        case .fail(let error): throw error
        case .run: return try await runAndKeep()
        }
    }

    private func runAndKeep() async throws(KubeError) -> ExecCredential {
        do throws(KubeError) {
            let credential = try await run()
            state.change { state in
                state.isRunning = false
                state.ended += 1
                state.kept = credential
                state.failure = nil
            }
            logger.debug(
                "signed in",
                metadata: ["plugin": .string(plugin.command), "until": .string(credential.expiry.map { "\($0)" } ?? "refused")])
            return credential
        } catch {
            state.change { state in
                state.isRunning = false
                // Cancelled is the one who asked, not the plugin: the next one in line starts it anew.
                guard !error.isCancelled else { return }
                state.ended += 1
                state.failure = error
            }
            throw error
        }
    }

    private func run() async throws(KubeError) -> ExecCredential {
        var environment: [String: String] = [:]
        for variable in plugin.environment { environment[variable.name] = variable.value }
        environment["KUBERNETES_EXEC_INFO"] = try plugin.question(about: configuration, files)
        let program = ProgramRunner.Program(command: plugin.command, arguments: plugin.arguments, environment: environment)
        let programs = programs
        let ending = try await time.run(for: limit) { () async throws(KubeError) in try await programs.run(program) }
        switch ending {
        case .exited(0, let output, _): return try ExecCredential(answer: output, of: plugin)
        case .exited(let code, _, let errors): throw plugin.problem("ended with code \(code)\(Self.lastWords(errors))")
        case .killed(let signal): throw plugin.problem("was ended by signal \(signal)")
        case .notFound: throw plugin.problem("was not found" + (plugin.installHint.map { ": \($0)" } ?? "; install it, or use a token"))
        case nil: throw plugin.problem("did not answer within \(limit)")
        }
    }

    /// The last line that it wrote to its standard error, if any.
    private static func lastWords(_ errors: [UInt8]) -> String {
        let lines = errors.split { $0 < 0x20 }
        guard let line = lines.last else { return "" }
        return ": \(String(decoding: line.suffix(300), as: UTF8.self))"
    }
}
