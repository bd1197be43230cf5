import KubeCore

/// How the recorded server's identities and revisions translate into the simulator's.
struct Correspondence {
    private(set) var uids: [String: String] = [:]
    /// Recorded revisions with the simulator's for the same thing.
    private var revisions: [Int64: Int64] = [:]
    private var tokens: [String: String] = [:]
    private(set) var differences: [String] = []

    /// A recorded text or value as it has to be sent to the simulator.
    func translate(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(translate(text))
        case .array(let items): .array(items.map(translate))
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, member in
                        if key == "resourceVersion", let text = member.string { return (key, .string(translate(revision: text))) }
                        return (key, translate(member))
                    }))
        default: value
        }
    }

    func translate(_ text: String) -> String {
        var text = text
        for (recorded, simulated) in uids where text.contains(recorded) { text = text.replacing(recorded, with: simulated) }
        return text
    }

    /// The same moment in the simulator; what lies between known ones is the later of those before it.
    func translate(revision: String) -> String {
        guard let number = Int64(revision), number > 100, number < 100_000 else { return revision }
        if let known = revisions[number] { return String(known) }
        let before = revisions.keys.filter { $0 < number }.max()
        return before.flatMap { revisions[$0] }.map(String.init) ?? revision
    }

    func translate(continueToken: String) -> String { tokens[continueToken] ?? continueToken }

    /// Notes that two revisions stand for the same, and whether that fits what is known: order is kept.
    mutating func match(revision recorded: String, _ simulated: String, at place: String) {
        guard let left = Int64(recorded), let right = Int64(simulated) else {
            if recorded != simulated { differences.append("\(place): revision \(recorded) became \(simulated)") }
            return
        }
        if let known = revisions[left] {
            if known != right { differences.append("\(place): revision \(left) was \(known) and is now \(right)") }
            return
        }
        for (other, value) in revisions where (other < left && value > right) || (other > left && value < right) {
            differences.append("\(place): revision \(left) is \(right), but \(other) is \(value)")
            return
        }
        revisions[left] = right
    }

    mutating func match(uid recorded: String, _ simulated: String, at place: String) {
        if let known = uids[recorded] {
            if known != simulated { differences.append("\(place): uid \(recorded) was \(known) and is now \(simulated)") }
        } else {
            uids[recorded] = simulated
        }
    }

    // MARK: Comparing

    /// Compares two answers member by member, masking what must differ; notes identities on the way.
    mutating func compare(_ recorded: JSONValue?, _ simulated: JSONValue?, at place: String) {
        switch (recorded, simulated) {
        case (nil, nil): return
        case (.object(let left), .object(let right)):
            var left = left
            var right = right
            if left["gitVersion"] != nil {
                // `/version`: who was built when and how.
                for key in ["gitVersion", "gitCommit", "goVersion", "compiler"] { (left[key], right[key]) = (nil, nil) }
            }
            for (key, member) in left where key.hasPrefix("k:") { left[key] = nil; left[translate(key)] = member }
            for key in Set(left.keys).union(right.keys).sorted() {
                let inner = "\(place).\(key)"
                switch (key, left[key], right[key]) {
                case ("uid", .string(let one), .string(let other)): match(uid: one, other, at: inner)
                case ("resourceVersion", .string(let one), .string(let other)): match(revision: one, other, at: inner)
                case ("continue", .string(let one), .string(let other)) where !one.isEmpty && !other.isEmpty: tokens[one] = other
                case ("storageVersionHash", .string, .string): continue
                case ("name", .string(let one), .string(let other)) where Self.isGenerated(one, other): continue
                case ("serverRelativeURL", .string(let one), .string(let other)):
                    compare(.string(String(one.prefix { $0 != "?" })), .string(String(other.prefix { $0 != "?" })), at: inner)
                default: compare(left[key], right[key], at: inner)
                }
            }
        case (.array(let left), .array(let right)):
            if left.count != right.count { differences.append("\(place): \(left.count) items became \(right.count)") }
            for (index, pair) in zip(left, right).enumerated() { compare(pair.0, pair.1, at: "\(place)[\(index)]") }
        case (.string(let left), .string(let right)):
            if !isSame(left, right) { differences.append("\(place): \(left.debugDescription) became \(right.debugDescription)") }
        default:
            if recorded != simulated {
                differences.append("\(place): \(recorded?.text() ?? "nothing") became \(simulated?.text() ?? "nothing")")
            }
        }
    }

    mutating func note(_ difference: String) { differences.append(difference) }

    private static func isGenerated(_ left: String, _ right: String) -> Bool {
        left != right && left.count == right.count && left.count > 5 && left.hasSuffix("-") == false
            && left.dropLast(5) == right.dropLast(5) && left.dropLast(5).hasSuffix("-generated-")
    }

    /// Equal texts, two times, two ages, or texts that differ in times and identities alone.
    private func isSame(_ recorded: String, _ simulated: String) -> Bool {
        if recorded == simulated { return true }
        if Timestamp(recorded) != nil, Timestamp(simulated) != nil { return true }
        if Self.isAge(recorded), Self.isAge(simulated) { return true }
        return masked(translate(recorded)) == masked(simulated)
    }

    private static func isAge(_ text: String) -> Bool {
        guard let unit = text.last, "smhd".contains(unit) else { return false }
        return text.dropLast().allSatisfy { $0.isNumber || "smhd".contains($0) }
    }

    /// Times and quoted revisions inside a longer text.
    private func masked(_ text: String) -> String {
        text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#, with: "<time>")
            .replacing(#/resourceVersion\\?\\?":\\?\\?"\d+/#, with: "<revision>")
            .replacing(#/too old resource version: \d+ \(\d+\)/#, with: "too old resource version: <revisions>")
    }
}
