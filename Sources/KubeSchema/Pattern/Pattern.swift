/// A regular expression in the syntax of Go's `regexp` (RE2), which `pattern` and CEL's `matches` are written in.
///
/// Guarantees: the time to match is at most proportional to the length of the text times the size of the expression; no
/// backtracking. It looks for a match anywhere unless anchored, scalar by scalar. What it does not support (look-around,
/// back-references, scripts) is refused when it is made, as RE2 refuses the first two.
package struct Pattern: Sendable {
    /// The expression as it was written.
    package let source: String
    let program: PatternProgram

    package init(_ source: String) throws(PatternError) {
        var parser = PatternParser(source)
        let tree = try parser.parseAll()
        var compiler = PatternCompiler()
        try compiler.compile(tree)
        self.source = source
        program = compiler.program
    }

    package func matches(_ text: String) -> Bool { PatternMatcher(program).matches(text) }
}

package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    var message: String

    /// In the words of Go's `regexp/syntax`.
    package var description: String { "error parsing regexp: \(message)" }
}

/// A parsed expression.
indirect enum PatternTree: Sendable {
    case empty
    case set(ScalarSet)
    case sequence([PatternTree])
    case alternatives([PatternTree])
    case repeated(PatternTree, atLeast: Int, atMost: Int?)
    case assertion(PatternAssertion)
}

enum PatternAssertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }
