/// A checked value of a condition.
struct FieldValue: Sendable {
    /// As the file has it.
    let written: String
    /// As `auditctl -l` prints it.
    let listed: String
    /// Why it may print something else.
    var uncertainty: String?

    struct Invalid: Error {
        let message: String
    }

    private init(_ written: String, listed: String, uncertainty: String? = nil) {
        self.written = written
        self.listed = listed
        self.uncertainty = uncertainty
    }

    static func parse(_ text: String, of field: AuditField) -> Result<FieldValue, Invalid> {
        let value: FieldValue?
        let expected: String
        switch field.syntax {
        case .user(let unset):
            value = account(text, unset: unset)
            expected = unset ? "a user's number or name, or unset" : "a user's number below 4294967295, or name"
        case .group:
            value = account(text, unset: false)
            expected = "a group's number or name"
        case .session:
            value = text == "unset" ? FieldValue(text, listed: "-1") : number(text, in: Number.unsigned32, Number.signed)
            expected = "a session's number, or unset"
        case .process, .device, .persona:
            value = number(text, in: 0...Int(Int32.max)) { String($0) }
            expected = "a number from 0 to 2147483647"
        case .inode:
            value = number(text, in: Number.unsigned32) { String($0) }
            expected = "a number from 0 to 4294967295"
        case .exit:
            value = exit(text)
            expected = "a number, or an error as -EACCES"
        case .success:
            value = text == "0" || text == "1" ? FieldValue(text, listed: text) : nil
            expected = "0 or 1"
        case .messageType:
            value = messageType(text)
            expected = "a record type as EXECVE, or its number"
        case .label:
            value = StrictText.isLabel(text) ? FieldValue(text, listed: text) : nil
            expected = "a security label of letters, digits and . _ : / @ + , -"
        case .path: return path(text, of: field)
        case .permissions:
            value = permissions(text).map { FieldValue($0, listed: $0) }
            expected = "some of r, w, x and a"
        case .fileType:
            value = fileTypes[text].map { FieldValue(text, listed: String($0)) }
            expected = "one of \(fileTypes.keys.sorted().joined(separator: ", "))"
        case .fileSystem:
            value = ["tracefs", "debugfs"].contains(text) ? FieldValue(text, listed: text) : nil
            expected = "tracefs or debugfs"
        case .argument:
            value = number(text, octal: true, in: Number.signed32.lowerBound...Number.unsigned32.upperBound, Number.hexadecimal)
            expected = "a number of 32 bits, decimal, 0x… or 0…"
        case .addressFamily:
            value = number(text, in: 0...44) { String($0) }
            expected = "an address family's number (2 is IPv4, 10 IPv6, 1 Unix)"
        }
        if let value { return .success(value) }
        return .failure(Invalid(message: "\(StrictText.quoted(text)) is not \(expected)"))
    }

    private static func number(_ text: String, octal: Bool = false, in range: ClosedRange<Int>, _ listed: (Int) -> String) -> FieldValue? {
        Number.parse(text, octal: octal, in: range).map { FieldValue(text, listed: listed($0)) }
    }

    private static func account(_ text: String, unset: Bool) -> FieldValue? {
        if unset, ["unset", "-1", "4294967295"].contains(text) { return FieldValue("unset", listed: "-1") }
        if text == "unset" { return nil }
        if text == "root" { return FieldValue(text, listed: "0") }
        if let value = number(text, in: 0...Int(UInt32.max) - 1, Number.signed) { return value }
        guard StrictText.isAccount(text) else { return nil }
        return FieldValue(text, listed: text, uncertainty: "the name \(text) is looked up on each node")
    }

    private static func exit(_ text: String) -> FieldValue? {
        if text.hasPrefix("-E"), NameTable.errors.contains(String(text.dropFirst())) { return FieldValue(text, listed: text) }
        guard let number = Number.parse(text, in: Number.signed32) else { return nil }
        if number < 0, let name = NameTable.errors.names[-number] { return FieldValue(text, listed: "-\(name)") }
        return FieldValue(text, listed: String(number))
    }

    private static func messageType(_ text: String) -> FieldValue? {
        if NameTable.messageTypes.contains(text) { return FieldValue(text, listed: text) }
        return number(text, in: 1000...2999) { NameTable.messageTypes.names[$0] ?? String($0) }
    }

    /// Each letter once, in the order in which auditctl prints them.
    static func permissions(_ text: String) -> String? {
        let letters = Set(text.utf8)
        guard !letters.isEmpty, letters.count == text.utf8.count, letters.isSubset(of: "rwxa".utf8) else { return nil }
        return String(decoding: "rwxa".utf8.filter(letters.contains), as: UTF8.self)
    }

    private static func path(_ text: String, of field: AuditField) -> Result<FieldValue, Invalid> {
        if let message = PathCheck.problem(with: text) { return .failure(Invalid(message: message)) }
        let isDirectory = text.utf8.last == UInt8(ascii: "/")
        guard isDirectory, text.utf8.count > 1 else {
            if field == .exe, text == "/" { return .failure(Invalid(message: "/ is no program")) }
            return .success(FieldValue(text, listed: text))
        }
        guard field == .dir else { return .failure(Invalid(message: "\(field.rawValue) names a file: take the slash at the end away")) }
        let trimmed = PathCheck.trimmed(text)
        return .success(FieldValue(trimmed, listed: trimmed))
    }

    /// `S_IF…` of the names that auditctl knows.
    private static let fileTypes = [
        "file": 0o100000, "dir": 0o040000, "socket": 0o140000, "link": 0o120000, "character": 0o020000, "block": 0o060000, "fifo": 0o010000,
    ]
}
