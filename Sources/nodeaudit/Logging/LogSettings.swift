import ArgumentParser
import KubeCore
import Logging

/// What `--log-level` and `--log-format` ask for.
struct LogSettings {
    private let level: Logger.Level
    private let isJSON: Bool

    init(level: String, format: String) throws {
        guard let level = Logger.Level(rawValue: level.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\"\(level)\" is not a log level; use one of \(known)")
        }
        guard ["text", "json"].contains(format.lowercased()) else {
            throw ValidationError("\"\(format)\" is not a log format; use text or json")
        }
        self.level = level
        isJSON = format.lowercased() == "json"
    }

    func logger(time: any TimeSource) -> Logger {
        var logger = Logger(label: "nodeaudit") { label in
            isJSON
                ? JSONLogHandler(label: label, time: time, write: StandardStreams.writeError)
                : StreamLogHandler.standardError(label: label) as any LogHandler
        }
        logger.logLevel = level
        return logger
    }
}
