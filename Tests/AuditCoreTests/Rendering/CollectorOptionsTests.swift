import AuditCore
import Foundation
import KubeCore
import Testing

/// Every property that is rendered is one that Fluent Bit 5.1.1 has, by the list that the program itself gives
/// (Fixtures/fluent-bit-5.1.1-options.json). It takes unknown properties of `service` in silence, so those count most.
struct CollectorOptionsTests {
    private static let options: JSONValue = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/fluent-bit-5.1.1-options.json")
        return (try? JSONValue(parsing: [UInt8](Data(contentsOf: url)))) ?? .null
    }()

    /// Properties that Fluent Bit's core takes for every plugin of a kind, and its list leaves out
    /// (src/flb_output.c, src/flb_input.c, src/config_format/flb_cf_yaml.c of 5.1.1).
    private static let core: [String: Set<String>] = [
        "inputs": ["name"], "filters": ["name"], "processors": ["name"],
        "outputs": ["name", "workers", "storage.total_limit_size", "processors"],
    ]

    /// The properties of `service` (src/flb_config.c of 5.1.1).
    private static let service: Set<String> = [
        "flush", "grace", "daemon", "log_level", "http_server", "http_listen", "http_port", "hot_reload", "health_check", "hc_errors_count",
        "hc_retry_failure_count", "hc_period", "storage.path", "storage.sync", "storage.max_chunks_up", "storage.backlog.mem_limit",
        "storage.metrics", "storage.delete_irrecoverable_chunks", "storage.keep.rejected", "storage.rejected.path",
        "storage.rejected.limit",
    ]

    private func properties(of plugin: String, among kinds: [String]) -> [String: String] {
        var types: [String: String] = [:]
        for kind in kinds {
            let found = Self.options[kind]?.array?.first { $0["name"]?.string == plugin }
            for group in (found?["properties"]?.object ?? [:]).values {
                for option in group.array ?? [] { types[option["name"]?.string?.lowercased() ?? ""] = option["type"]?.string }
            }
        }
        return types
    }

    private func check(_ plugins: [JSONValue], kind: String, _ fixture: RenderingFixture) {
        for plugin in plugins {
            let name = plugin["name"]?.string ?? ""
            // A filter can be a processor too.
            let kinds = kind == "processors" ? ["processors", "filters"] : [kind]
            let known = properties(of: name, among: kinds)
            #expect(Self.exists(name, among: kinds), "\(fixture): no plugin \(name) among \(kind)")
            for (property, value) in plugin.object ?? [:] {
                if Self.core[kind]?.contains(property) == true { continue }
                guard let type = known[property] ?? Self.prefixed(property, known) else {
                    Issue.record("\(fixture): \(name) has no property \(property)")
                    continue
                }
                #expect(Self.fits(value, type), "\(fixture): \(name) \(property) = \(value.text()) is no \(type)")
            }
            for group in (plugin["processors"]?.object ?? [:]).values { check(group.array ?? [], kind: "processors", fixture) }
        }
    }

    private static func exists(_ plugin: String, among kinds: [String]) -> Bool {
        kinds.contains { options[$0]?.array?.contains { $0["name"]?.string == plugin } == true }
    }

    /// What begins like an option that is a prefix, such as `rdkafka.`, is handed to a library.
    private static func prefixed(_ property: String, _ known: [String: String]) -> String? {
        known.contains { $0.value == "prefixed string" && property.hasPrefix($0.key) } ? "string" : nil
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        if let elements = value.array { return !elements.isEmpty && elements.allSatisfy { fits($0, type) } }
        let text = value.string ?? ""
        switch type {
        case "boolean": return ["on", "off"].contains(text)
        case "integer": return Int(text) != nil
        // Fluent Bit's own suffixes are powers of ten; bytes leave no doubt.
        case "size", "time": return Int(text) != nil
        case "double": return Double(text) != nil
        case "string", "multiple comma delimited strings": return !text.isEmpty
        default: return type.hasPrefix("space delimited strings") && !text.isEmpty
        }
    }

    @Test(arguments: RenderingFixture.allCases)
    func `every property exists and has a value of its type`(fixture: RenderingFixture) throws {
        try #require(Self.options["version"]?.string == "5.1.1")
        let document = try CollectorReader.read(try fixture.policy.rendered().collectorText)
        for kind in ["inputs", "filters", "outputs"] { check(document["pipeline"]?[kind]?.array ?? [], kind: kind, fixture) }
        let service = document["service"]?.object ?? [:]
        let unknown = service.keys.filter { !Self.service.contains($0) }
        #expect(!service.isEmpty && unknown.isEmpty)
        let sections = (document.object ?? [:]).keys.sorted()
        #expect(sections == ["pipeline", "service"] || sections == ["env", "pipeline", "service"])
    }

    @Test func `the check sees a misspelt property and a value of another type`() {
        let known = properties(of: "systemd", among: ["inputs"])
        #expect(known["db.sync"] == "string" && known["db.sink"] == nil && known["max_entries"] == "integer")
        #expect(!Self.fits("yes", "boolean") && !Self.fits("16M", "size") && Self.fits(["a b"], "space delimited strings (minimum 1)"))
    }
}

/// Reads the collector's YAML: the block style that it is written in, and nothing else. Scalars are strings.
struct CollectorReader {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private var lines: [(indent: Int, text: Substring)]
    private var position = 0

    static func read(_ text: String) throws -> JSONValue {
        var lines: [(indent: Int, text: Substring)] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let content = line.drop { $0 == " " }
            lines.append((line.count - content.count, content))
        }
        var reader = CollectorReader(lines: lines)
        let value = try reader.block(indent: 0)
        guard reader.position == lines.count else { throw Failure(description: "unexpected \(lines[reader.position].text)") }
        return value
    }

    private mutating func block(indent: Int) throws -> JSONValue {
        guard position < lines.count, lines[position].indent == indent else { throw Failure(description: "no block at \(position)") }
        return lines[position].text.hasPrefix("- ") ? try list(indent: indent) : try mapping(indent: indent)
    }

    private mutating func list(indent: Int) throws -> JSONValue {
        var elements: [JSONValue] = []
        while position < lines.count, lines[position].indent == indent, lines[position].text.hasPrefix("- ") {
            let rest = lines[position].text.dropFirst(2)
            if try Self.splitKey(rest) == nil {
                elements.append(.string(try Self.scalar(rest)))
                position += 1
            } else {
                // The mapping begins on the line of its dash.
                lines[position] = (indent + 2, rest)
                elements.append(try mapping(indent: indent + 2))
            }
        }
        return .array(elements)
    }

    private mutating func mapping(indent: Int) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        while position < lines.count, lines[position].indent == indent, !lines[position].text.hasPrefix("- ") {
            guard let (key, rest) = try Self.splitKey(lines[position].text) else {
                throw Failure(description: "no key: \(lines[position].text)")
            }
            position += 1
            guard members[key] == nil else { throw Failure(description: "\(key) twice") }
            members[key] = rest.isEmpty ? try block(indent: indent + 2) : .string(try Self.scalar(rest))
        }
        return .object(members)
    }

    /// `key: rest`; nil for a scalar by itself.
    private static func splitKey(_ text: Substring) throws -> (String, Substring)? {
        guard !text.hasPrefix("\"") else { return nil }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        guard rest.isEmpty || rest.hasPrefix(" ") else { return nil }
        return (String(text[..<colon]), rest.dropFirst())
    }

    private static func scalar(_ text: Substring) throws -> String {
        guard text.hasPrefix("\"") else {
            guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-./".contains($0)) }) else {
                throw Failure(description: "not a plain scalar: \(text)")
            }
            return String(text)
        }
        guard text.count >= 2, text.hasSuffix("\"") else { throw Failure(description: "not closed: \(text)") }
        // Most of a configuration's length is a program without any escape.
        if !text.utf8.contains(UInt8(ascii: "\\")) {
            guard text.utf8.allSatisfy({ $0 < 0x80 }), !text.dropFirst().dropLast().utf8.contains(UInt8(ascii: "\"")) else {
                throw Failure(description: "not escaped: \(text)")
            }
            return String(text.dropFirst().dropLast())
        }
        var output = ""
        var rest = Substring(text.dropFirst().dropLast())
        while let character = rest.popFirst() {
            guard character == "\\" else {
                guard character != "\"", character.isASCII else { throw Failure(description: "not escaped: \(character)") }
                output.append(character)
                continue
            }
            switch rest.popFirst() {
            case "\"": output += "\""
            case "\\": output += "\\"
            case let letter?:
                let width = letter == "x" ? 2 : letter == "u" ? 4 : letter == "U" ? 8 : 0
                guard width > 0, let scalar = UInt32(rest.prefix(width), radix: 16).flatMap(Unicode.Scalar.init) else {
                    throw Failure(description: "escape \(letter)")
                }
                rest = rest.dropFirst(width)
                output.unicodeScalars.append(scalar)
            case nil: throw Failure(description: "ends with a backslash")
            }
        }
        return output
    }
}
