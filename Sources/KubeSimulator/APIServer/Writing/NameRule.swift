import KubeCore

/// Which names a kind may have, in the server's words.
enum NameRule: Sendable {
    case subdomain
    case label
    /// Any path segment: RBAC kinds.
    case pathSegment

    static let subdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let labelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
        + "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    static let qualifiedNameMessage =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    static let labelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    func problems(of name: String) -> [String] {
        switch self {
        case .subdomain:
            var problems: [String] = []
            if name.utf8.count > 253 { problems.append("must be no more than 253 bytes") }
            if !Self.isSubdomain(name) { problems.append(Self.subdomainMessage) }
            return problems
        case .label:
            var problems: [String] = []
            if name.utf8.count > 63 { problems.append("must be no more than 63 bytes") }
            if !Self.isLabel(name) { problems.append(Self.labelMessage) }
            return problems
        case .pathSegment:
            if name == "." || name == ".." { return ["may not be '\(name)'"] }
            return ["/", "%"].filter(name.contains).map { "may not contain '\($0)'" }
        }
    }

    static func isLabel(_ name: String) -> Bool {
        var last: UInt8?
        for byte in name.utf8 {
            if !isLowerAlphanumeric(byte), byte != 0x2D || last == nil { return false }
            last = byte
        }
        return last.map(isLowerAlphanumeric) ?? false
    }

    static func isSubdomain(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel(String($0)) }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || byte >= 0x41 && byte <= 0x5A
    }

    private static func isNamePart(_ text: some StringProtocol) -> Bool {
        var last: UInt8?
        for byte in text.utf8 {
            if !isAlphanumeric(byte), last == nil || byte != 0x2D && byte != 0x5F && byte != 0x2E { return false }
            last = byte
        }
        return last.map(isAlphanumeric) ?? false
    }

    /// What is wrong with a label key, an annotation key or a finalizer: `prefix/name`, the prefix a subdomain.
    static func qualifiedNameProblems(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
                    + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                    + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var problems: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else if !isSubdomain(String(parts[0])) {
                problems.append("prefix part \(subdomainMessage)")
            }
        }
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            problems.append("name part must be no more than 63 bytes")
        }
        if !isNamePart(name) { problems.append(qualifiedNameMessage) }
        return problems
    }

    static func labelValueProblems(_ value: String) -> [String] {
        var problems: [String] = []
        if value.utf8.count > 63 { problems.append("must be no more than 63 bytes") }
        if !value.isEmpty, !isNamePart(value) { problems.append(labelValueMessage) }
        return problems
    }
}
