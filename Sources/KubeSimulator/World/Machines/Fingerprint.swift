/// 64 hexadecimal digits that stand for a text where nobody checks which hash it is: container and image ids.
enum Fingerprint {
    static func hex(_ text: String) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { first = (first ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var words = SeededIdentity(seed: first)
        var output: [UInt8] = []
        let digits = Array("0123456789abcdef".utf8)
        for _ in 0..<4 {
            let word = words.next()
            for shift in stride(from: 60, through: 0, by: -4) { output.append(digits[Int((word >> UInt64(shift)) & 15)]) }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
