/// A parsed CEL expression. Macros are nodes of their own instead of being unrolled.
indirect enum CELExpression: Sendable {
    case literal(CELValue, at: Int)
    case identifier(String, at: Int)
    /// `operand.field`, and `operand.?field`, which is an optional.
    case select(CELExpression, field: String, isOptional: Bool, at: Int)
    /// `has(operand.field)`
    case presence(CELExpression, field: String, at: Int)
    /// A call by name; operators have CEL's names for them, such as `_<=_`.
    case call(String, target: CELExpression?, arguments: [CELExpression], at: Int)
    case list([CELExpression], at: Int)
    case map([(key: CELExpression, value: CELExpression)], at: Int)
    case comprehension(Comprehension, at: Int)

    struct Comprehension: Sendable {
        enum Macro: String, Sendable { case all, exists, existsOne = "exists_one", map, filter }

        var macro: Macro
        var variable: String
        var range: CELExpression
        /// What is asked of each element; for `map`, what it becomes.
        var body: CELExpression
        /// Which elements `map` takes.
        var condition: CELExpression?
    }

    /// Scalars from the start of the text: for operators the operator's place, for calls that of the parenthesis.
    var offset: Int {
        switch self {
        case .literal(_, let offset), .identifier(_, let offset), .select(_, _, _, let offset), .presence(_, _, let offset),
            .call(_, _, _, let offset), .list(_, let offset), .map(_, let offset), .comprehension(_, let offset):
            offset
        }
    }
}

/// What is wrong with the text of an expression, and where.
struct CELIssue: Error, Sendable, Hashable {
    var message: String
    /// Scalars from the start of the text.
    var offset: Int

    /// As `cel-go` prints it: position, message, the line and a mark below it.
    func display(in source: String) -> String {
        let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        var (line, column) = (0, offset)
        while line < lines.count - 1, column > lines[line].count {
            column -= lines[line].count + 1
            line += 1
        }
        var text = "ERROR: <input>:\(line + 1):\(column + 1): \(message)"
        guard line < lines.count else { return text }
        let snippet = String(lines[line]).replacing("\t", with: " ")
        var mark = ""
        var remaining = Array(snippet.unicodeScalars)[...]
        for _ in 0..<column {
            guard let scalar = remaining.popFirst() else { break }
            mark += scalar.isASCII ? "." : "\u{FF0E}"
        }
        mark += remaining.first.map { $0.isASCII } == false ? "\u{FF3E}" : "^"
        text += "\n | \(snippet)\n | \(mark)"
        return text
    }
}
