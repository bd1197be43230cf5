/// Whether the collector can use a regular expression: the part of Onigmo's Ruby syntax that we vouch for.
///
/// A pattern that does not compile would keep every collector of the policy from starting, and one that tries exponentially
/// many ways would let any process on a node hold up its records by what it is called. So: literals, `.`, classes, groups,
/// `|`, anchors and quantifiers; no look-around, no back-references; and what repeats without bound must have one length, so
/// that there is one way to cut a text into repetitions. Whatever is not known here is refused with a reason.
struct RegularExpressionCheck {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private struct Refusal: Error {
        var message: String

        init(_ message: String) { self.message = message }
    }

    /// What is known of a part of the pattern.
    private struct Form {
        /// It matches texts of one length only.
        var isFixed = true
        var isUnbounded = false
        /// The product of the bounded repetitions in it.
        var count = 1

        func followed(by other: Form) -> Form {
            Form(isFixed: isFixed && other.isFixed, isUnbounded: isUnbounded || other.isUnbounded, count: max(count, other.count))
        }
    }

    private struct Bounds {
        var lower: Int
        /// nil: without bound.
        var upper: Int?
    }

    /// How often something of more than one length may repeat.
    private static let maximumVariedCount = 4
    private static let maximumDepth = 10
    private static let maximumCount = 1000

    private init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    /// What is wrong with the pattern and where, counted in characters from 1; nil when nothing is.
    static func problem(in pattern: String) -> String? {
        var check = RegularExpressionCheck(pattern)
        do throws(Refusal) {
            _ = try check.alternatives()
            if check.current != nil { throw Refusal("has a ) without (") }
            return nil
        } catch {
            return "\(error.message) (at character \(min(check.position, check.scalars.count) + 1))"
        }
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    private var next: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(Refusal) -> Form {
        var form = try sequence()
        while take("|") {
            form = form.followed(by: try sequence())
            form.isFixed = false
        }
        return form
    }

    private mutating func sequence() throws(Refusal) -> Form {
        var form = Form()
        var isEmpty = true
        while let scalar = current, scalar != "|", scalar != ")" {
            isEmpty = false
            form = form.followed(by: try piece())
        }
        if isEmpty { throw Refusal("has an empty alternative, which matches everything") }
        return form
    }

    /// An atom and its quantifier.
    private mutating func piece() throws(Refusal) -> Form {
        guard let inner = try atom() else {
            if let current, "*+?{".unicodeScalars.contains(current) { throw Refusal("repeats an anchor") }
            return Form()
        }
        guard let bounds = try quantifier() else { return inner }
        let count = inner.count * max(bounds.upper ?? 1, bounds.lower, 1)
        if count > Self.maximumCount { throw Refusal("repeats more than \(Self.maximumCount) times") }
        guard let upper = bounds.upper else {
            if !inner.isFixed { throw Refusal("repeats without bound what has more than one length") }
            return Form(isFixed: false, isUnbounded: true, count: count)
        }
        if !inner.isFixed, upper > 1, count > Self.maximumVariedCount {
            throw Refusal("repeats more than \(Self.maximumVariedCount) times what has more than one length")
        }
        return Form(isFixed: inner.isFixed && bounds.lower == upper, isUnbounded: inner.isUnbounded, count: count)
    }

    /// nil for an anchor, which takes no room and no quantifier.
    private mutating func atom() throws(Refusal) -> Form? {
        guard let scalar = current else { return Form() }
        if scalar.isControl { throw Refusal("has a control character or a line break") }
        switch scalar {
        case "^": position += 1
        case "$":
            if next == "{" { throw Refusal("the collector would take ${ for a variable; write \\$\\{") }
            position += 1
        case "(": return try group()
        case "[":
            try characterClass()
            return Form()
        case "\\": return try escape(inClass: false) ? nil : Form()
        case "*", "+", "?": throw Refusal("repeats nothing")
        case "{", "}", "]": throw Refusal("has a literal \(scalar); write \\\(scalar)")
        default:
            position += 1
            return Form()
        }
        return nil
    }

    private mutating func group() throws(Refusal) -> Form {
        position += 1
        if take("?") {
            let ignoresCase = take("i")
            guard take(":") else { throw Refusal(ignoresCase ? "has (?i without :" : "has a group other than (…), (?:…) and (?i:…)") }
        }
        depth += 1
        if depth > Self.maximumDepth { throw Refusal("has groups more than \(Self.maximumDepth) deep") }
        let form = try alternatives()
        depth -= 1
        guard take(")") else { throw Refusal("has a ( without )") }
        return form
    }

    private mutating func quantifier() throws(Refusal) -> Bounds? {
        let bounds: Bounds
        switch current {
        case "{": bounds = try counted()
        case _ where take("*"): bounds = Bounds(lower: 0, upper: nil)
        case _ where take("+"): bounds = Bounds(lower: 1, upper: nil)
        case _ where take("?"): bounds = Bounds(lower: 0, upper: 1)
        default: return nil
        }
        // Lazy.
        _ = take("?")
        if let current, "*+?{".unicodeScalars.contains(current) { throw Refusal("repeats a repetition") }
        return bounds
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    private mutating func counted() throws(Refusal) -> Bounds {
        position += 1
        guard let lower = number() else { throw Refusal("has { without a number; for a literal { write \\{") }
        var upper: Int? = lower
        if take(",") { upper = number() }
        guard take("}") else { throw Refusal("has { without }; for a literal { write \\{") }
        if lower > Self.maximumCount || (upper ?? 0) > Self.maximumCount { throw Refusal("repeats more than \(Self.maximumCount) times") }
        if let upper, upper < lower { throw Refusal("has bounds the wrong way round") }
        if upper == 0 { throw Refusal("repeats nothing") }
        return Bounds(lower: lower, upper: upper)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, let digit = "0"..."9" ~= scalar ? Int(scalar.value - 0x30) : nil {
            value = min((value ?? 0) * 10 + digit, Self.maximumCount + 1)
            position += 1
        }
        return value
    }

    private static let kinds = Set("dDwWsShH".unicodeScalars)
    private static let anchors = Set("AzZbB".unicodeScalars)

    /// Returns whether it is an anchor.
    private mutating func escape(inClass: Bool) throws(Refusal) -> Bool {
        position += 1
        guard let scalar = current else { throw Refusal("ends with a backslash") }
        switch scalar {
        case _ where Self.kinds.contains(scalar): position += 1
        case "n", "r", "t": position += 1
        case "x":
            guard position + 2 < scalars.count, scalars[position + 1].isHexDigit, scalars[position + 2].isHexDigit,
                scalars[position + 1].value < 0x38
            else { throw Refusal("has \\x without two hexadecimal digits up to 7F") }
            position += 3
        case _ where Self.anchors.contains(scalar) && !inClass:
            position += 1
            return true
        case "!"..."/", ":"..."@", "["..."`", "{"..."~", " ":
            if scalar == "$", next == "{" { throw Refusal("the collector would take ${ for a variable; write \\$\\{") }
            position += 1
        default: throw Refusal("has \\\(scalar.isControl ? "" : String(scalar)), which is not supported")
        }
        return false
    }

    private static let namedClasses: Set<String> = [
        "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit", "word",
    ]

    private mutating func characterClass() throws(Refusal) {
        position += 1
        _ = take("^")
        var members = 0
        while let scalar = current, scalar != "]" {
            members += 1
            let lower = try member(scalar)
            guard current == "-", let after = next, after != "]" else { continue }
            position += 1
            guard let lower, let upper = try member(after) else {
                throw Refusal("has a range that does not go from character to character")
            }
            if upper.value < lower.value { throw Refusal("has a range the wrong way round") }
        }
        guard take("]") else { throw Refusal("has a [ without ]") }
        if members == 0 { throw Refusal("has an empty class; for a literal ] write \\]") }
    }

    /// One member of a class; nil when it stands for more than one character.
    private mutating func member(_ scalar: Unicode.Scalar) throws(Refusal) -> Unicode.Scalar? {
        if scalar.isControl { throw Refusal("has a control character or a line break") }
        switch scalar {
        case "\\":
            let literal = next
            _ = try escape(inClass: true)
            switch literal {
            case let kind? where Self.kinds.contains(kind): return nil
            case "x": return UInt8(String(String.UnicodeScalarView(scalars[position - 2..<position])), radix: 16).map(Unicode.Scalar.init)
            case "n": return "\n"
            case "r": return "\r"
            case "t": return "\t"
            default: return literal
            }
        case "[":
            guard next == ":" else { throw Refusal("has a [ in a class; write \\[") }
            position += 2
            _ = take("^")
            var name = ""
            while let letter = current, "a"..."z" ~= letter {
                name.unicodeScalars.append(letter)
                position += 1
            }
            guard Self.namedClasses.contains(name), take(":"), take("]") else { throw Refusal("has an unknown named class") }
            return nil
        case "&" where next == "&": throw Refusal("has && in a class; write \\&")
        case "$" where next == "{": throw Refusal("the collector would take ${ for a variable; write \\$\\{")
        default:
            position += 1
            return scalar
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isHexDigit: Bool { isASCII && UInt8(ascii: self).isHexDigit }
}
