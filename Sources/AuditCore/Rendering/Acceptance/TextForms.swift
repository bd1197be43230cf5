/// The forms that names and addresses in a specification may have, by bytes: what they allow is safe wherever it is put.
extension String {
    private func consists(of isAllowed: (UInt8) -> Bool, upTo limit: Int = 253) -> Bool {
        (1...limit).contains(utf8.count) && utf8.allSatisfy(isAllowed)
    }

    /// Begins and ends with a letter or a digit.
    private var hasFirmEnds: Bool {
        guard let first = utf8.first, let last = utf8.last else { return false }
        return first.isAlphanumeric && last.isAlphanumeric
    }

    /// A DNS subdomain as Kubernetes names objects.
    var isLowercaseName: Bool {
        consists { $0.isLowercase || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") } && hasFirmEnds && !contains("..")
    }

    /// A key in the data of a Secret; `..` would be a way out of the directory.
    var isSecretKey: Bool {
        consists { $0.isAlphanumeric || "-_.".utf8.contains($0) } && !hasPrefix("..") && self != "."
    }

    /// `MESSAGE`, `_EXE`, `USER_START`.
    var isJournalField: Bool {
        consists(of: { $0.isUppercase || $0.isDigit || $0 == UInt8(ascii: "_") }, upTo: 64) && utf8.contains(where: \.isUppercase)
    }

    var isLogName: Bool {
        consists(of: { $0.isAlphanumeric || "-_./".utf8.contains($0) }, upTo: 255) && utf8.first?.isAlphanumeric == true
    }

    var isHeaderName: Bool { consists(of: { $0.isAlphanumeric || "-_.".utf8.contains($0) }, upTo: 128) && hasFirmEnds }

    /// A host name, an IPv4 or an IPv6 address.
    var isHost: Bool {
        if contains(":") { return consists { $0.isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") } }
        return consists { $0.isAlphanumeric || "-_.".utf8.contains($0) } && hasFirmEnds
    }

    /// The name of a Service, as only the cluster's own DNS knows it.
    var isClusterName: Bool {
        if contains(":") { return false }
        return !contains(".") || hasSuffix(".svc") || contains(".svc.") || hasSuffix(".cluster.local")
    }

    /// Letters, digits and signs that part nothing in what the collector reads; blanks are not among them.
    private func isWord(with signs: String, upTo limit: Int = 253) -> Bool {
        consists(of: { $0.isAlphanumeric || signs.utf8.contains($0) }, upTo: limit)
    }

    var isLabelName: Bool { isWord(with: "-_./", upTo: 512) && hasFirmEnds }
    var isLabelValue: Bool { isWord(with: "-_.:/@+", upTo: 256) }

    /// The name of a label as Prometheus and Loki have it.
    var isLokiLabel: Bool { isWord(with: "_", upTo: 128) && utf8.first?.isDigit == false }

    /// The identifier of a tenant of Loki.
    var isPlainWord: Bool { isWord(with: "!-_.*'()", upTo: 150) }

    var isSplunkName: Bool { isWord(with: "-_.:/", upTo: 255) }

    /// `APP-NAME` of RFC 5424.
    var isSyslogName: Bool { isWord(with: "-_./", upTo: 48) }

    var isPathWord: Bool { isWord(with: "-_.~/") }

    var isIndexName: Bool {
        consists(of: { $0.isLowercase || $0.isDigit || "-_.".utf8.contains($0) }, upTo: 200) && hasFirmEnds
    }

    var isTopicName: Bool { isWord(with: "._-", upTo: 249) && self != "." && self != ".." }

    var isBucketName: Bool { isLowercaseName && (3...63).contains(utf8.count) }

    /// What stands before the name of a file in a bucket; `%` and `$` would mean something there.
    var isKeyPrefix: Bool { isWord(with: "-_./", upTo: 512) && hasFirmEnds && !contains("//") }

    /// `eu-central-1`.
    var isRegion: Bool {
        consists(of: { $0.isLowercase || $0.isDigit || $0 == UInt8(ascii: "-") }, upTo: 40) && hasFirmEnds
    }

    var isRoleARN: Bool { hasPrefix("arn:") && contains(":role/") && isWord(with: ":/_+=,.@-", upTo: 2048) }
    var isExternalID: Bool { isWord(with: "_=,.@:/+-", upTo: 1224) && utf8.count > 1 }

    /// The port of `https://host` or `https://host:port`; nil for anything else.
    var httpsPort: Int? {
        guard hasPrefix("https://") else { return nil }
        let parts = dropFirst(8).split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), String(parts[0]).isHost else { return nil }
        guard parts.count == 2 else { return 443 }
        guard parts[1].utf8.allSatisfy(\.isDigit), let port = Int(parts[1]), (1...65_535).contains(port) else { return nil }
        return port
    }

    /// `100m`, `1`, `0.5`.
    var isAmountOfCPU: Bool {
        let digits = hasSuffix("m") ? dropLast() : self[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.count == 1 || !hasSuffix("m") else { return false }
        return parts.allSatisfy { (1...7).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isDigit) }
            && digits.utf8.contains { $0 != 0x30 && $0 != 0x2E }
    }
}

extension UInt8 {
    var isLowercase: Bool { (0x61...0x7A).contains(self) }
    var isUppercase: Bool { (0x41...0x5A).contains(self) }
    var isLetter: Bool { isLowercase || isUppercase }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isAlphanumeric: Bool { isLetter || isDigit }
    var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self) || (0x41...0x46).contains(self) }
}

extension Unicode.Scalar {
    /// A control character, or one that ends a line or a paragraph.
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension [AuditPolicy.Label] {
    /// `a=1,b=2`: labels as the collector takes them.
    var pairs: String { map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
}
