import KubeCore

/// The `format`s of strings that the server checks; any other says nothing.
enum StringFormat {
    case dateTime, date, duration, uuid, ipv4, ipv6, cidr, hostname, byte, uri, shortName, longName

    /// Dashes in the name do not matter: `date-time` is `datetime`.
    init?(_ name: String) {
        guard !name.isEmpty else { return nil }
        switch name.filter({ $0 != "-" }) {
        case "datetime": self = .dateTime
        case "date": self = .date
        case "duration": self = .duration
        case "uuid": self = .uuid
        case "ipv4": self = .ipv4
        case "ipv6": self = .ipv6
        case "cidr": self = .cidr
        case "hostname": self = .hostname
        case "byte": self = .byte
        case "uri": self = .uri
        case "k8sshortname": self = .shortName
        case "k8slongname": self = .longName
        default: return nil
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        case .dateTime: Timestamp(text) != nil
        case .date: Self.isDate(text)
        case .duration: GoDuration(text) != nil
        case .uuid: Self.isUUID(text)
        case .ipv4: IPAddress(text)?.isV4 == true && text.contains(".")
        case .ipv6: IPAddress(text) != nil && text.contains(":")
        case .cidr: CIDR(text) != nil
        case .hostname: Self.isHostname(text)
        case .byte: Self.isBase64(text)
        case .uri: text.hasPrefix("/") || text.contains("://")
        case .shortName: Self.isLabel(text[...])
        case .longName:
            text.utf8.count <= 253 && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { Self.isLabel($0) }
        }
    }

    private static func isDate(_ text: String) -> Bool { text.utf8.count == 10 && Timestamp(text + "T00:00:00Z") != nil }

    private static func isUUID(_ text: String) -> Bool {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        let groups = text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count)
        return digits.count == 32 && (groups == [8, 4, 4, 4, 12] || groups == [32]) && text.allSatisfy { $0 == "-" || $0.isHexDigit }
    }

    private static func isHostname(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 255
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0 == "-" || $0.isLetter || $0.isNumber || $0.isSymbol }
            }
    }

    private static func isLabel(_ text: Substring) -> Bool {
        guard (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy {
            $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        }
    }

    private static func isBase64(_ text: String) -> Bool {
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return !text.isEmpty && text.utf8.count % 4 == 0 && padding <= 2
            && text.utf8.dropLast(padding).allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "+")
                    || $0 == UInt8(ascii: "/")
            }
    }
}
