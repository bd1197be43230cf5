import Testing

@testable import AuditCore

struct RegularExpressionCheckTests {
    @Test(
        arguments: [
            "a", "^kube-[a-z]+$", ".*", "\\A/usr/(?:local/)?bin/", "a|b|c", "(a)(b)?", "[^/]*", "[a-z0-9_.-]+",
            "[]a]".replacing("]a", with: "\\]a"),
            "\\d{1,3}\\.\\d{1,3}", "(?i:Sudo)", "x{3}", "x{3,}", "x{1,3}?", "(?:ab)+", "(?:ab){2,5}", "\\$\\{HOME\\}", "[$]", "\\x41",
            "[\\x41-\\x5a]",
            "[[:alpha:][:digit:]]", "[-a]", "[a-]", "é+", "\\bcron\\b", "(?:a{3}b)*", "(?:\\d+\\.){3}", "a\\ b", "uid=0 ",
        ])
    func `ordinary patterns are accepted`(pattern: String) {
        #expect(RegularExpressionCheck.problem(in: pattern) == nil)
    }

    @Test(
        arguments: [
            ("", "empty alternative"), ("a|", "empty alternative"), ("()", "empty alternative"), ("(a", "( without )"),
            ("a)", ") without ("),
            ("[a", "[ without ]"), ("[]", "empty class"), ("*a", "repeats nothing"), ("a**", "repeats a repetition"),
            ("a+*", "repeats a repetition"),
            ("a{2}{3}", "repeats a repetition"), ("^*", "repeats an anchor"), ("a{", "{ without a number"), ("a{2", "{ without }"),
            ("a{3,2}", "wrong way round"), ("a{1001}", "more than 1000"), ("a{0}", "repeats nothing"),
            ("(?:a{100}){100}", "more than 1000"),
            ("a\\", "ends with a backslash"), ("\\1", "\\1"), ("\\p{L}", "\\p"), ("\\K", "\\K"), ("(?=a)", "a group other than"),
            ("(?<n>a)", "a group other than"), ("(?i)a", "(?i without :"), ("a}", "literal }"), ("a]", "literal ]"), ("[a&&b]", "&&"),
            ("[a[b]]", "a [ in a class"),
            ("[z-a]", "the wrong way round"), ("[\\d-z]", "range"), ("[[:foo:]]", "named class"), ("\\xzz", "\\x"), ("\\xff", "\\x"),
            ("a\nb", "control character"),
            ("[\t]", "control character"), ("${HOME}", "variable"), ("[${]", "variable"), ("\\${x}", "variable"), ("[\\${]", "variable"),
            ("(a+)+", "more than one length"), ("(a*)*", "more than one length"), ("(a|ab)*", "more than one length"),
            ("(?:a?b)+", "more than one length"),
            ("(?:a{1,2})*", "more than one length"), ("(?:\\d{1,3}){5}", "more than 4 times"), ("(?:(?:a|b){3}){3}", "more than 4 times"),
            ("(((((((((((a)))))))))))", "deep"),
        ])
    func `others are refused with the reason and the place`(pattern: String, reason: String) throws {
        let problem = try #require(RegularExpressionCheck.problem(in: pattern))
        #expect(problem.contains(reason), "\(problem)")
        #expect(problem.contains("(at character "))
    }

    @Test func `random patterns end and are judged the same twice`() {
        var random = SeededRandom(seed: 3)
        let alphabet = Array("ab0.^$*+?()[]{}|\\-,:1&xdAé \n")
        var accepted = 0
        for _ in 0..<20_000 {
            let pattern = String((0..<Int.random(in: 1...14, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            let problem = RegularExpressionCheck.problem(in: pattern)
            #expect(problem == RegularExpressionCheck.problem(in: pattern))
            if problem == nil { accepted += 1 }
        }
        #expect(accepted > 500)
    }

    @Test func `an escaped text matches as it is`() {
        #expect(CollectorFilter.escaped("/usr/bin/a b") == "\\/usr\\/bin\\/a\\x20b")
        #expect(CollectorFilter.escaped("${HOME}") == "\\$\\{HOME\\}")
        #expect(CollectorFilter.escaped("é_9\u{7F}") == "é_9\\x7f")
        // What escaping makes is itself a pattern we vouch for.
        for text in ["a.b*c", "(x)[y]{z}", "^$|?+", "\\", "#&~-", "a b"] {
            #expect(RegularExpressionCheck.problem(in: CollectorFilter.escaped(text)) == nil)
        }
    }
}
