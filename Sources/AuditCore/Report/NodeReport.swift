import KubeCore

/// What a set-up or task container said about its node's kernel, in its termination message (api.md).
///
/// It comes from a possibly hostile node: at most 1,024 bytes of one JSON object, every known member of the right type and
/// in bounds, no control characters. Unknown members are ignored. Anything else is no report.
package struct NodeReport: Sendable, Hashable {
    package enum Task: String, Sendable, Hashable, CaseIterable { case setup, probe, sweep, reboot }

    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The kernel audits as wanted.
        case active = "Active"
        /// It does not audit, and holds nothing of ours.
        case inactive = "Inactive"
        /// Locked with rules that are not the wanted ones.
        case lockedOther = "LockedOther"
        /// No auditctl, no unit, or not the expected operating system; `detail` says which.
        case unsupported = "Unsupported"
        case failed = "Failed"
    }

    package enum Unit: String, Sendable, Hashable, CaseIterable { case active, inactive, absent }

    package static let maximumLength = 1024

    package var task: Task
    package var outcome: Outcome
    /// The kernel's boot id, as in the Node's `status.nodeInfo.bootID`.
    package var boot: String
    /// 0 off, 1 on, 2 locked until the next boot.
    package var enabled: Int
    package var unit: Unit
    package var rules: Int
    /// SHA-256 in hex of what `auditctl -l` prints; empty when it could not be read.
    package var hash: String
    /// The same before we changed anything on this boot.
    package var baseline: String
    /// Records lost since boot.
    package var lost: Int
    package var backlogLimit: Int
    /// The kernel's failure mode: 0 silent, 1 log, 2 panic.
    package var failure: Int
    /// What a sweep could not undo.
    package var left: [String]
    package var detail: String
}

extension NodeReport {
    /// Why a termination message is no report.
    package struct Unreadable: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String
    }

    package static func parse(_ message: String) -> Result<NodeReport, Unreadable> {
        do throws(Unreadable) {
            return .success(try NodeReport(message))
        } catch {
            return .failure(error)
        }
    }

    private init(_ message: String) throws(Unreadable) {
        guard !message.isEmpty else { throw Unreadable(description: "it is empty") }
        guard message.utf8.count <= Self.maximumLength else { throw Unreadable(description: "it is longer than \(Self.maximumLength) bytes") }
        let members: Members
        do {
            let value = try JSONValue(parsing: Array(message.utf8), maximumDepth: 4)
            members = Members(values: value.object ?? [:])
            guard value.object != nil else { throw Unreadable(description: "it is no JSON object") }
        } catch let error as JSONError {
            throw Unreadable(description: "it is not JSON: \(error)")
        } catch let error as Unreadable {
            throw error
        } catch {
            throw Unreadable(description: "it cannot be read")
        }
        guard try members.integer("v", in: 1...1) == 1 else { throw Unreadable(description: "its version is unknown") }
        task = try members.choice("task")
        outcome = try members.choice("outcome")
        unit = try members.choice("unit")
        boot = try members.text("boot", limit: 64)
        enabled = try members.integer("enabled", in: 0...2)
        rules = try members.integer("rules", in: 0...1_000_000)
        hash = try members.digest("hash")
        baseline = try members.digest("baseline")
        lost = try members.integer("lost", in: 0...Int(UInt32.max))
        backlogLimit = try members.integer("backlogLimit", in: 0...Int(UInt32.max))
        failure = try members.integer("failure", in: 0...2)
        left = try members.texts("left", count: 8, limit: 64)
        detail = try members.text("detail", limit: 512)
        guard !boot.isEmpty else { throw Unreadable(description: "boot is empty") }
    }
}

/// The members of a report, each read strictly.
private struct Members {
    typealias Unreadable = NodeReport.Unreadable

    var values: [String: JSONValue]

    func integer(_ key: String, in range: ClosedRange<Int>) throws(Unreadable) -> Int {
        guard case .integer(let value)? = values[key], let number = Int(exactly: value), range.contains(number) else {
            throw Unreadable(description: "\(key) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func text(_ key: String, limit: Int) throws(Unreadable) -> String {
        try text(values[key], key, limit: limit)
    }

    func texts(_ key: String, count: Int, limit: Int) throws(Unreadable) -> [String] {
        guard let elements = values[key]?.array, elements.count <= count else {
            throw Unreadable(description: "\(key) is not a list of at most \(count) texts")
        }
        var texts: [String] = []
        for element in elements { texts.append(try text(element, key, limit: limit)) }
        return texts
    }

    /// 64 hexadecimal digits, or empty for "not known".
    func digest(_ key: String) throws(Unreadable) -> String {
        let text = try text(key, limit: 64)
        guard text.isEmpty || (text.utf8.count == 64 && text.utf8.allSatisfy(\.isLowercaseHex)) else {
            throw Unreadable(description: "\(key) is no SHA-256 in hex")
        }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws(Unreadable) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(key, limit: 32)) else { throw Unreadable(description: "\(key) has an unknown value") }
        return choice
    }

    private func text(_ value: JSONValue?, _ key: String, limit: Int) throws(Unreadable) -> String {
        guard let text = value?.string else { throw Unreadable(description: "\(key) is not a text") }
        guard text.utf8.count <= limit else { throw Unreadable(description: "\(key) is longer than \(limit) bytes") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw Unreadable(description: "\(key) has control characters")
        }
        return text
    }
}

extension UInt8 {
    fileprivate var isLowercaseHex: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
