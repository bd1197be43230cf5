/// An IPv4 or IPv6 address as 16 bytes; IPv4 stands in its mapped form (`::ffff:a.b.c.d`), so that both spellings are equal.
struct IPAddress: Hashable, Sendable {
    private let bytes: [UInt8]
    private let isV4: Bool

    init?(_ text: String) {
        if let four = Self.v4(text[...]) {
            bytes = Self.mapped(four)
            isV4 = true
        } else if let sixteen = Self.v6(text) {
            bytes = sixteen
            isV4 = Array(sixteen.prefix(12)) == Array(Self.mapped([0, 0, 0, 0]).prefix(12))
        } else {
            return nil
        }
    }

    var isLoopback: Bool {
        isV4 ? bytes[12] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    func isIn(_ network: IPAddress, prefixLength: Int) -> Bool {
        guard isV4 == network.isV4, prefixLength >= 0, prefixLength <= (isV4 ? 32 : 128) else { return false }
        let bits = prefixLength + (isV4 ? 96 : 0)
        for index in 0..<16 {
            let kept = min(8, max(0, bits - index * 8))
            let mask = kept == 0 ? UInt8(0) : UInt8.max << UInt8(8 - kept)
            guard bytes[index] & mask == network.bytes[index] & mask else { return false }
        }
        return true
    }

    private static func mapped(_ four: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + four }

    private static func v4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var four: [UInt8] = []
        for part in parts {
            // No leading zeros: other programs read them as octal.
            guard !part.isEmpty, part.allSatisfy(\.isASCIIDigit), part.count == 1 || part.first != "0", let byte = UInt8(part)
            else { return nil }
            four.append(byte)
        }
        return four
    }

    private static func v6(_ text: String) -> [UInt8]? {
        let halves: [Substring]
        if let gap = text.firstRange(of: "::") {
            halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
        } else {
            halves = [text[...]]
        }
        guard text.contains(":") else { return nil }
        var groups: [[UInt8]] = []
        for (index, half) in halves.enumerated() {
            guard let bytes = groupBytes(half, mayEndInV4: index == halves.count - 1) else { return nil }
            groups.append(bytes)
        }
        if groups.count == 1 { return groups[0].count == 16 ? groups[0] : nil }
        let missing = 16 - groups[0].count - groups[1].count
        guard missing >= 2 else { return nil }
        return groups[0] + [UInt8](repeating: 0, count: missing) + groups[1]
    }

    private static func groupBytes(_ text: Substring, mayEndInV4: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, let four = v4(part) {
                bytes += four
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
