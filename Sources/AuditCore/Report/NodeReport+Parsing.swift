import KubeCore

extension NodeReport {
    /// Why a termination message is no report.
    package struct Unreadable: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String
    }

    /// Reads a termination message.
    ///
    /// Guarantees: total, pure and strict. Longer than 1,024 bytes, not one JSON object, a member missing or given twice, a
    /// control character anywhere, a wrong type, an unknown word, a number out of range or a claim that contradicts itself:
    /// no report. Members it does not know are ignored, so that a newer script can say more.
    package static func parse(_ message: String) -> Result<NodeReport, Unreadable> {
        do throws(Unreadable) {
            return .success(try NodeReport(message))
        } catch {
            return .failure(error)
        }
    }

    private init(_ message: String) throws(Unreadable) {
        guard !message.isEmpty else { throw Unreadable(description: "it is empty") }
        guard message.utf8.count <= Self.maximumLength else {
            throw Unreadable(description: "it is longer than \(Self.maximumLength) bytes")
        }
        guard message.isReportable else { throw Unreadable(description: "it has control characters") }
        let members = try Members(of: message)
        _ = try members.integer("v", in: 1...1)
        task = try members.choice("task")
        outcome = try members.choice("outcome")
        boot = try members.identity("boot")
        enabled = try members.integer("enabled", in: 0...2)
        unit = try members.choice("unit")
        rules = try members.integer("rules", in: 0...1_000_000)
        hash = try members.digest("hash")
        baseline = try members.digest("baseline")
        lost = try members.integer("lost", in: 0...Int(UInt32.max))
        backlogLimit = try members.integer("backlogLimit", in: 0...Int(UInt32.max))
        failure = try members.integer("failure", in: 0...2)
        left = try members.words("left", count: 8)
        detail = try members.text("detail")
        if let contradiction { throw Unreadable(description: contradiction) }
    }

    /// A claim that the report's own figures deny.
    private var contradiction: String? {
        switch outcome {
        case .active where enabled == 0: "it says Active and enabled 0"
        case .active where rules == 0 || hash.isEmpty: "it says Active and names no rules"
        case .lockedOther where enabled != 2: "it says LockedOther and enabled \(enabled)"
        default: nil
        }
    }
}

/// The members of a report by name, each read in the one form it may have.
private struct Members {
    typealias Unreadable = NodeReport.Unreadable

    /// Some fourteen: quicker gone through than put into a table.
    private let list: [(key: String, value: JSONValue)]

    init(of message: String) throws(Unreadable) {
        let parsed: (members: [(key: String, value: JSONValue)], duplicates: [String])?
        do throws(JSONError) {
            parsed = try JSONValue.members(parsing: message.utf8)
        } catch {
            throw Unreadable(description: "it is not JSON: \(error)")
        }
        guard let parsed else { throw Unreadable(description: "it is no JSON object") }
        list = parsed.members
        let isTwice = list.indices.contains { place in list[..<place].contains { $0.key == parsed.members[place].key } }
        guard !isTwice, parsed.duplicates.isEmpty else { throw Unreadable(description: "it says a member twice") }
    }

    private func value(_ key: String) -> JSONValue? { list.first { $0.key == key }?.value }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(Unreadable) -> Int {
        guard case .integer(let value)? = value(key), let number = Int(exactly: value), range.contains(number) else {
            throw Unreadable(description: "\(key) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func text(_ key: String) throws(Unreadable) -> String {
        guard let text = value(key)?.string else { throw Unreadable(description: "\(key) is not a text") }
        // Escapes can bring back what the message itself may not hold.
        guard text.isReportable else { throw Unreadable(description: "\(key) has control characters") }
        return text
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws(Unreadable) -> Choice {
        guard let choice = Choice(rawValue: try text(key)) else {
            throw Unreadable(description: "\(key) is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// 1 to 64 letters, digits and hyphens.
    func identity(_ key: String) throws(Unreadable) -> String {
        let text = try text(key)
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") }) else {
            throw Unreadable(description: "\(key) is no identity")
        }
        return text
    }

    /// 64 hexadecimal digits, or empty for "not known".
    func digest(_ key: String) throws(Unreadable) -> String {
        let text = try text(key)
        guard text.isEmpty || (text.utf8.count == 64 && text.utf8.allSatisfy(\.isLowercaseHexDigit)) else {
            throw Unreadable(description: "\(key) is no SHA-256 in hex")
        }
        return text
    }

    /// A short list of short words such as `iptables`.
    func words(_ key: String, count: Int) throws(Unreadable) -> [String] {
        guard let elements = value(key)?.array, elements.count <= count else {
            throw Unreadable(description: "\(key) is not a list of at most \(count) words")
        }
        var words: [String] = []
        for element in elements {
            guard let word = element.string, (1...32).contains(word.utf8.count), word.utf8.allSatisfy(\.isAlphanumeric) else {
                throw Unreadable(description: "\(key) holds something that is not a word")
            }
            words.append(word)
        }
        return words
    }
}

extension UInt8 {
    fileprivate var isLowercaseHexDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}

extension String {
    /// No control character (C0, DEL, C1), no line or paragraph separator, nothing that turns the direction of text.
    fileprivate var isReportable: Bool {
        // Nearly every report is printable ASCII; looking up a category is slow.
        if utf8.withContiguousStorageIfAvailable({ $0.allSatisfy { (0x20..<0x7F).contains($0) } }) == true { return true }
        return unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
    }
}
