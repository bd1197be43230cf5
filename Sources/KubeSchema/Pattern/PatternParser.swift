/// Reads RE2's syntax by recursive descent; the depth of groups is limited.
struct PatternParser {
    private struct Flags {
        var foldsCase = false
        var dotMatchesNewline = false
        var isMultiline = false
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var flags = Flags()
    private var depth = 0

    init(_ source: String) { scalars = Self.unquoted(Array(source.unicodeScalars)) }

    /// `\Q…\E` as the same literals one by one, of which a repetition takes only the last.
    private static func unquoted(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var output: [Unicode.Scalar] = []
        var rest = scalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let next = rest.popFirst() else {
                output.append(scalar)
                continue
            }
            guard next == "Q" else {
                output += [scalar, next]
                continue
            }
            while let literal = rest.popFirst() {
                if literal == "\\", rest.first == "E" {
                    rest.removeFirst()
                    break
                }
                output += Array("\\x{\(String(literal.value, radix: 16))}".unicodeScalars)
            }
        }
        return output
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range.clamped(to: 0..<scalars.count)]))
    }

    private func failure(_ message: String, _ range: Range<Int>) -> PatternError {
        PatternError(message: "\(message): `\(text(range))`")
    }

    private mutating func skip(_ expected: String) -> Bool {
        let wanted = Array(expected.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    mutating func parseAll() throws(PatternError) -> PatternTree {
        let tree = try parseAlternatives()
        guard position == scalars.count else { throw failure("unexpected )", position..<scalars.count) }
        return tree
    }

    private mutating func parseAlternatives() throws(PatternError) -> PatternTree {
        var branches = [try parseSequence()]
        while skip("|") { branches.append(try parseSequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func parseSequence() throws(PatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = position
            guard var part = try parseAtom() else { continue }
            var repetitions = 0
            while let (least, most) = try parseRepetition() {
                repetitions += 1
                guard repetitions == 1 else { throw failure("invalid nested repetition operator", start..<position) }
                if case .empty = part { throw failure("missing argument to repetition operator", start..<position) }
                part = .repeated(part, atLeast: least, atMost: most)
            }
            parts.append(part)
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func parseRepetition() throws(PatternError) -> (Int, Int?)? {
        let start = position
        var bounds: (Int, Int?)
        switch current {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = parseCount() else { return nil }
            bounds = counted
            position -= 1
        default: return nil
        }
        position += 1
        _ = skip("?")  // Lazy or greedy makes no difference to whether it matches.
        if bounds.0 > 1000 || (bounds.1 ?? 0) > 1000 || bounds.1.map({ $0 < bounds.0 }) == true {
            throw failure("invalid repeat count", start..<position)
        }
        return bounds
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is literal text, and the position stays.
    private mutating func parseCount() -> (Int, Int?)? {
        let start = position
        position += 1
        func digits(_ parser: inout PatternParser) -> Int? {
            let first = parser.position
            while let scalar = parser.current, ("0"..."9").contains(scalar) { parser.position += 1 }
            guard parser.position > first, parser.position - first < 9 else { return nil }
            return Int(parser.text(first..<parser.position))
        }
        if let least = digits(&self) {
            if skip("}") { return (least, least) }
            if skip(",") {
                if skip("}") { return (least, nil) }
                if let most = digits(&self), skip("}") { return (least, most) }
            }
        }
        position = start
        return nil
    }

    /// One atom, or nil for a flag group, which matches nothing by itself.
    private mutating func parseAtom() throws(PatternError) -> PatternTree? {
        let start = position
        guard let scalar = current else { return .empty }
        if scalar == "{", parseCount() != nil { throw failure("missing argument to repetition operator", start..<position) }
        position += 1
        switch scalar {
        case "(": return try parseGroup(from: start)
        case "[": return .set(try parseClass(from: start))
        case ".":
            return .set(
                (flags.dotMatchesNewline ? ScalarSet.everything : .everythingButNewline).finished(inverted: false, foldsCase: false))
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw failure("missing argument to repetition operator", start..<position)
        case "\\": return try parseEscape(from: start)
        default: return literal(scalar.value)
        }
    }

    private func literal(_ value: UInt32) -> PatternTree {
        .set(ScalarSet([value...value]).finished(inverted: false, foldsCase: flags.foldsCase))
    }

    private mutating func parseGroup(from start: Int) throws(PatternError) -> PatternTree? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw failure("expression nests too deeply", start..<scalars.count) }
        let outer = flags
        if skip("?") {
            if skip("P<") || skip("<") {
                guard let end = scalars[position...].firstIndex(of: ">"), end > position, scalars[position] != "=", scalars[position] != "!"
                else { throw failure("invalid named capture", start..<scalars.count) }
                position = end + 1
            } else if try parseFlags(from: start) {
                return nil
            }
        }
        let tree = try parseAlternatives()
        guard skip(")") else { throw failure("missing closing )", start..<scalars.count) }
        flags = outer
        if case .empty = tree { return .sequence([]) }
        return tree
    }

    /// The flags behind `(?`; true when the group ends with them, so that they hold for the rest of the enclosing one.
    private mutating func parseFlags(from start: Int) throws(PatternError) -> Bool {
        var isOn = true
        while let scalar = current {
            position += 1
            switch scalar {
            case "i": flags.foldsCase = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "m": flags.isMultiline = isOn
            case "U": break
            case "-": isOn = false
            case ":": return false
            case ")": return true
            default: throw failure("invalid or unsupported Perl syntax", start..<position)
            }
        }
        throw failure("missing closing )", start..<scalars.count)
    }

    private mutating func parseEscape(from start: Int) throws(PatternError) -> PatternTree {
        switch current {
        case "A":
            position += 1
            return .assertion(.textStart)
        case "z":
            position += 1
            return .assertion(.textEnd)
        case "b":
            position += 1
            return .assertion(.wordBoundary)
        case "B":
            position += 1
            return .assertion(.noWordBoundary)
        default: break
        }
        var set = ScalarSet()
        if try parsePerlClass(into: &set, from: start) { return .set(set.finished(inverted: false, foldsCase: flags.foldsCase)) }
        return literal(try parseEscapedScalar(from: start))
    }

    /// `\d`, `\W`, `\pL`, `\P{Lu}` and their kin, behind the backslash.
    private mutating func parsePerlClass(into set: inout ScalarSet, from start: Int) throws(PatternError) -> Bool {
        switch current {
        case "d": set.formUnion(.digits)
        case "D": set.formUnion(ScalarSet.digits.complement)
        case "w": set.formUnion(.word)
        case "W": set.formUnion(ScalarSet.word.complement)
        case "s": set.formUnion(.space)
        case "S": set.formUnion(ScalarSet.space.complement)
        case "p", "P":
            var isExcluded = current == "P"
            position += 1
            var name = ""
            if skip("{") {
                if skip("^") { isExcluded.toggle() }
                while let scalar = current, scalar != "}" {
                    name.unicodeScalars.append(scalar)
                    position += 1
                }
            } else if let scalar = current {
                name.unicodeScalars.append(scalar)
            }
            guard ScalarSet.knownCategories.contains(name), current != nil else {
                throw failure("invalid character class range", start..<(position + 1))
            }
            set.insert(category: name, excluded: isExcluded)
        default: return false
        }
        position += 1
        return true
    }

    private mutating func parseEscapedScalar(from start: Int) throws(PatternError) -> UInt32 {
        guard let scalar = current else { throw PatternError(message: "trailing backslash at end of expression: ``") }
        position += 1
        switch scalar {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x":
            let digits: String
            if skip("{") {
                guard let end = scalars[position...].firstIndex(of: "}") else { throw failure("invalid escape sequence", start..<position) }
                digits = text(position..<end)
                position = end + 1
            } else {
                digits = text(position..<(position + 2))
                position = min(position + 2, scalars.count)
            }
            guard let value = UInt32(digits, radix: 16), value <= 0x10_FFFF else {
                throw failure("invalid escape sequence", start..<position)
            }
            return value
        case "0"..."7":
            guard scalar == "0" || ("0"..."7").contains(current ?? " ") else { throw failure("invalid escape sequence", start..<position) }
            var value = scalar.value - 0x30
            for _ in 0..<2 {
                guard let next = current, ("0"..."7").contains(next) else { break }
                value = value * 8 + next.value - 0x30
                position += 1
            }
            return value
        case _
        where scalar.value < 0x80 && !ScalarSet.word.finished(inverted: false, foldsCase: false).contains(scalar.value) || scalar == "_":
            return scalar.value
        default: throw failure("invalid escape sequence", start..<position)
        }
    }

    private mutating func parseClass(from start: Int) throws(PatternError) -> ScalarSet {
        var set = ScalarSet()
        let isInverted = skip("^")
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            let itemStart = position
            isFirst = false
            if scalar == "[", try parsePOSIXClass(into: &set) { continue }
            if scalar == "\\" {
                position += 1
                if try parsePerlClass(into: &set, from: itemStart) { continue }
                position -= 1
            }
            let low = try parseClassScalar()
            var high = low
            if current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                high = try parseClassScalar()
            }
            guard low <= high else { throw failure("invalid character class range", itemStart..<position) }
            set.insert(low...high)
        }
        guard skip("]") else { throw failure("missing closing ]", start..<scalars.count) }
        return set.finished(inverted: isInverted, foldsCase: flags.foldsCase)
    }

    private mutating func parseClassScalar() throws(PatternError) -> UInt32 {
        let start = position
        guard let scalar = current else { throw failure("missing closing ]", start..<scalars.count) }
        position += 1
        return scalar == "\\" ? try parseEscapedScalar(from: start) : scalar.value
    }

    private mutating func parsePOSIXClass(into set: inout ScalarSet) throws(PatternError) -> Bool {
        let start = position
        guard skip("[:") else { return false }
        let isNegated = skip("^")
        guard let end = scalars[position...].firstIndex(of: ":"), end + 1 < scalars.count, scalars[end + 1] == "]" else {
            position = start
            return false
        }
        let classes: [String: ScalarSet] = [
            "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]),
            "ascii": ScalarSet([0...0x7F]), "blank": ScalarSet([0x09...0x09, 0x20...0x20]), "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]),
            "digit": .digits, "graph": ScalarSet([0x21...0x7E]), "lower": ScalarSet([0x61...0x7A]), "print": ScalarSet([0x20...0x7E]),
            "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]), "space": ScalarSet([0x09...0x0D, 0x20...0x20]),
            "upper": ScalarSet([0x41...0x5A]), "word": .word, "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
        ]
        guard let named = classes[text(position..<end)] else { throw failure("invalid character class range", start..<(end + 2)) }
        set.formUnion(isNegated ? named.complement : named)
        position = end + 2
        return true
    }
}
