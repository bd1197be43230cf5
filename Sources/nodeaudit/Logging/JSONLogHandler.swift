import FoundationEssentials
import KubeCore
import Logging

/// One JSON object a line on standard error: `time`, `level`, `logger`, `message`, and the metadata beside them.
struct JSONLogHandler: LogHandler {
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info
    private let label: String
    private let time: any TimeSource
    private let write: @Sendable (String) -> Void

    init(label: String, time: any TimeSource, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.time = time
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [String: JSONValue] = [:]
        let extra = (metadataProvider?.get() ?? [:]).merging(event.metadata ?? [:]) { _, last in last }
        for (key, value) in metadata.merging(extra, uniquingKeysWith: { _, last in last }) { line[key] = .string("\(value)") }
        line["time"] = .string(time.now().rfc3339(fractionDigits: 3))
        line["level"] = .string(event.level.rawValue)
        line["logger"] = .string(label)
        line["message"] = .string("\(event.message)")
        write(JSONValue.object(line).text() + "\n")
    }
}
