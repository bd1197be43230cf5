import KubeCore

extension CELLibrary {
    static let strings: [CELFunction] =
        [
            test("startsWith", cost: { CELCost.traversal($0[1].maximumSize) }) { $0.utf8.starts(with: $1.utf8) },
            test("endsWith", cost: { CELCost.traversal($0[1].maximumSize) }) { $0.utf8.reversed().starts(with: $1.utf8.reversed()) },
            test("contains", cost: { CELCost.product(CELCost.traversal($0[0].maximumSize), CELCost.traversal($0[1].maximumSize)) }) {
                index(of: Array($1.unicodeScalars), in: Array($0.unicodeScalars), from: 0) != nil
            },
            matches(member: true), matches(member: false),
            CELFunction(
                "_+_", [.string, .string], typed: joined(.string),
                cost: { CELCost.traversal(CELCost.sum($0[0].maximumSize, $0[1].maximumSize)) }
            ) {
                values throws(CELError) in
                guard case .string(let a) = values[0], case .string(let b) = values[1] else { return nil }
                return .string(a + b)
            },
            change("lowerAscii") { $0.mapASCII { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } },
            change("upperAscii") { $0.mapASCII { (0x61...0x7A).contains($0) ? $0 - 32 : $0 } },
            change("trim") { $0.trimmedSpace },
            CELFunction("charAt", member: true, [.string, .int], .string) {
                values throws(CELError) in
                guard case .string(let text) = values[0], case .int(let index) = values[1] else { return nil }
                let scalars = Array(text.unicodeScalars)
                guard index >= 0, index <= scalars.count else { throw CELError("index out of range: \(index)") }
                return .string(index == scalars.count ? "" : String(scalars[Int(index)]))
            },
            CELFunction("substring", member: true, [.string, .int], typed: { $0[0] }, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0], case .int(let start) = values[1] else { return nil }
                return .string(try substring(text, start, nil))
            },
            CELFunction("substring", member: true, [.string, .int, .int], typed: { $0[0] }, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0], case .int(let start) = values[1], case .int(let end) = values[2] else {
                    return nil
                }
                return .string(try substring(text, start, end))
            },
            CELFunction("indexOf", member: true, [.string, .string], .int, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0], case .string(let part) = values[1] else { return nil }
                return .int(Int64(index(of: Array(part.unicodeScalars), in: Array(text.unicodeScalars), from: 0) ?? -1))
            },
            CELFunction("lastIndexOf", member: true, [.string, .string], .int, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0], case .string(let part) = values[1] else { return nil }
                let (scalars, wanted) = (Array(text.unicodeScalars), Array(part.unicodeScalars))
                let last = stride(from: scalars.count - wanted.count, through: 0, by: -1).first { scalars[$0...].starts(with: wanted) }
                return .int(Int64(last ?? -1))
            },
            CELFunction(
                "replace", member: true, [.string, .string, .string], typed: replaced,
                cost: { CELCost.traversal($0[0].maximumSize, factor: 0.2) }
            ) {
                values throws(CELError) in
                guard case .string(let text) = values[0], case .string(let old) = values[1], case .string(let new) = values[2] else {
                    return nil
                }
                return .string(text.replacing(old, with: new))
            },
            CELFunction(
                "split", member: true, [.string, .string], typed: pieces, cost: { CELCost.traversal($0[0].maximumSize, factor: 0.2) }
            ) {
                values throws(CELError) in
                guard case .string(let text) = values[0], case .string(let separator) = values[1] else { return nil }
                if separator.isEmpty { return .list(CELList(text.unicodeScalars.map { .string(String($0)) })) }
                return .list(CELList(text.split(separator: separator, omittingEmptySubsequences: false).map { .string(String($0)) }))
            },
            join(hasSeparator: false), join(hasSeparator: true),
        ]

    private static func test(
        _ name: String, cost: @escaping @Sendable ([CELType]) -> UInt64, _ body: @escaping @Sendable (String, String) -> Bool
    ) -> CELFunction {
        CELFunction(name, member: true, [.string, .string], .bool, cost: cost) { values throws(CELError) in
            guard case .string(let text) = values[0], case .string(let argument) = values[1] else { return nil }
            return .bool(body(text, argument))
        }
    }

    private static func change(_ name: String, _ body: @escaping @Sendable (String) -> String) -> CELFunction {
        CELFunction(name, member: true, [.string], typed: { $0[0] }, cost: traversal) { values throws(CELError) in
            guard case .string(let text) = values[0] else { return nil }
            return .string(body(text))
        }
    }

    private static func matches(member: Bool) -> CELFunction {
        CELFunction("matches", member: member, [.string, .string], .bool, cost: { CELCost.match($0[0].maximumSize, $0[1].maximumSize) }) {
            values throws(CELError) in
            guard case .string(let text) = values[0], case .string(let pattern) = values[1] else { return nil }
            return .bool(try compiled(pattern).matches(text))
        }
    }

    private static func join(hasSeparator: Bool) -> CELFunction {
        CELFunction(
            "join", member: true, hasSeparator ? [.list, .string] : [.list],
            typed: { CELType(.string, maximumSize: joinedSize($0)) }, cost: { CELCost.traversal(joinedSize($0)) }
        ) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            var texts: [String] = []
            for element in list.elements {
                guard case .string(let text) = element else { return nil }
                texts.append(text)
            }
            guard hasSeparator else { return .string(texts.joined()) }
            guard case .string(let separator) = values[1] else { return nil }
            return .string(texts.joined(separator: separator))
        }
    }

    private static func compiled(_ pattern: String) throws(CELError) -> Pattern {
        do throws(PatternError) {
            return try Pattern(pattern)
        } catch {
            throw CELError("\(error)")
        }
    }

    @Sendable static func traversal(_ types: [CELType]) -> UInt64 { CELCost.traversal(types[0].maximumSize) }

    @Sendable private static func pieces(_ types: [CELType]) -> CELType? {
        CELType(.list(CELType(.string, maximumSize: types[0].maximumSize)), maximumSize: types[0].maximumSize)
    }

    /// All elements and what stands between them.
    @Sendable private static func joinedSize(_ types: [CELType]) -> UInt64 {
        let elements = CELCost.product(types[0].maximumSize, elementType(of: types[0])?.maximumSize ?? .max)
        guard types.count > 1, types[0].maximumSize > 0 else { return elements }
        return CELCost.sum(elements, CELCost.product(types[1].maximumSize, types[0].maximumSize - 1))
    }

    /// At worst what is replaced is empty, and the new text stands around every character.
    @Sendable private static func replaced(_ types: [CELType]) -> CELType? {
        let places = CELCost.sum(types[0].maximumSize, 1)
        return CELType(.string, maximumSize: CELCost.sum(types[0].maximumSize, CELCost.product(places, types[2].maximumSize)))
    }

    static func joined(_ kind: CELType.Kind) -> @Sendable ([CELType]) -> CELType? {
        { CELType(kind, maximumSize: CELCost.sum($0[0].maximumSize, $0[1].maximumSize)) }
    }

    private static func index(of wanted: [Unicode.Scalar], in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        guard wanted.count <= scalars.count else { return nil }
        return (start...(scalars.count - wanted.count)).first { scalars[$0...].starts(with: wanted) }
    }

    private static func substring(_ text: String, _ start: Int64, _ end: Int64?) throws(CELError) -> String {
        let scalars = Array(text.unicodeScalars)
        let end = end ?? Int64(scalars.count)
        guard start >= 0, start <= scalars.count else { throw CELError("index out of range: \(start)") }
        guard end >= 0, end <= scalars.count else { throw CELError("index out of range: \(end)") }
        guard start <= end else { throw CELError("invalid substring range. start: \(start), end: \(end)") }
        return String(String.UnicodeScalarView(scalars[Int(start)..<Int(end)]))
    }
}

extension String {
    fileprivate func mapASCII(_ change: (UInt8) -> UInt8) -> String { String(decoding: utf8.map(change), as: UTF8.self) }
}
