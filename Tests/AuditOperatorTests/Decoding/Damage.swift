import KubeCore

/// Changes to JSON that make it strange or broken, the same for the same seed.
struct Damage {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private mutating func draw(_ count: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(count))
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[draw(elements.count)] }

    /// One value somewhere in the tree replaced, removed, doubled or moved. The result is still JSON.
    mutating func applied(to value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members) where !members.isEmpty && draw(8) > 0:
            let key = pick(members.keys.sorted())
            var changed = members
            switch draw(6) {
            case 0: changed[key] = nil
            case 1: changed[key + "x"] = changed.removeValue(forKey: key)
            default: changed[key] = members[key].map { applied(to: $0) }
            }
            return .object(changed)
        case .array(let elements) where !elements.isEmpty && draw(8) > 0:
            let index = draw(elements.count)
            var changed = elements
            switch draw(6) {
            case 0: changed.remove(at: index)
            case 1: changed.append(elements[index])
            case 2: changed.swapAt(index, 0)
            default: changed[index] = applied(to: elements[index])
            }
            return .array(changed)
        default: return pick(Self.strangers)
        }
    }

    private static let strangers: [JSONValue] = [
        .null, true, false, 0, -7, .number(1.5), .number(2), .number(1e300), "", "True", "False", "text with \"quotes\" and \\",
        "\u{e4}\u{1F600}",
        "2026-11-23T10:00:00Z", "2026-13-23T10:00:00Z", [], [.null], ["x"], [[:]], [["type": "Ready", "status": "True"]], [:], ["a": "b"],
        ["a": .null], ["name": "x"], ["exitCode": 1], ["running": [:]],
    ]

    /// One byte changed, taken out or put in.
    mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let place = draw(bytes.count)
        switch draw(5) {
        case 0: bytes[place] = UInt8(draw(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(pick(Self.signs), at: place)
        case 3: bytes.removeLast(draw(min(bytes.count, 40)) + 1)
        default: bytes[place] = pick(Self.signs)
        }
        return bytes
    }

    private static let signs = Array("{}[],:\"\\ 0-.eEntu/\n\u{1}\u{7f}".utf8)
}
