/// How a text stands in packed bytes.
enum TextForm {
    static let none: UInt8 = 0
    /// Its length and its bytes.
    static let plain: UInt8 = 1
    /// Its number in the vocabulary.
    static let word: UInt8 = 2
    /// 36 characters, lower case, as 16 bytes.
    static let uuid: UInt8 = 3
    /// Not negative and without leading zeros.
    static let number: UInt8 = 4
    /// A text in the form of one of the others, and then the subject.
    static let beforeSubject: UInt8 = 5
}

/// UUIDs in their usual writing, such as `0b2c5f0e-6d1f-4a53-9c5e-0a8f5c3d2e10`.
enum UUIDText {
    static let length = 36
    private static let digits = Array("0123456789abcdef".utf8)

    /// nil for any other text.
    static func number(_ text: String) -> UInt128? {
        let bytes = text.utf8.span
        guard bytes.count == length else { return nil }
        var number: UInt128 = 0
        for index in bytes.indices {
            if hasHyphen(at: index) {
                guard bytes[index] == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = digit(bytes[index]) else { return nil }
                number = number << 4 | UInt128(digit)
            }
        }
        return number
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(length)
        for byte in bytes {
            if hasHyphen(at: text.count) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hasHyphen(at index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
