import KubeSchema
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("a", "xax", true), ("^a", "xa", false), ("a$", "ab", false), ("^$", "", true), ("^a$", "a\n", false), (".", "\n", false),
        ("(?s).", "\n", true),
        ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a-b", true), ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a-", false),
        ("^(a|bc){2,3}$", "abca", true), ("^(a|bc){2,3}$", "a", false), ("^(a|bc){2,3}$", "aaaa", false), ("^x{3}$", "xxx", true),
        ("^x{2,}$", "x", false),
        ("a{,2}", "a{,2}", true), ("^[^x]+$", "éß", true), ("^[^x]+$", "axb", false), ("^\\d+\\.\\d+$", "12.5", true),
        ("^\\w+$", "é", false),
        ("^\\s$", "\u{B}", false), ("(?i)^AbC$", "aBc", true), ("^(?i:a)b$", "Ab", true), ("^(?i:a)b$", "AB", false),
        ("\\bfoo\\b", "a foo b", true),
        ("\\bfoo\\b", "afoo", false), ("^\\p{Lu}\\p{Ll}+$", "Élan", true), ("^\\P{L}$", "1", true), ("^[\\p{L}\\d]+$", "é1", true),
        ("^[[:alpha:]]+$", "ab", true),
        ("^[[:^digit:]]+$", "ab", true), ("^\\x41\\x{1F600}$", "A😀", true), ("^[]a]+$", "]a", true), ("^[a\\-z]+$", "-", true),
        ("^\\Qa.b\\E$", "a.b", true),
        ("^(?P<name>a)$", "a", true), ("(?m)^b$", "a\nb", true), ("", "anything", true), ("a||b", "", true), ("^(a*)*$", "aaa", true),
        ("^.{0,3}$", "日本語", true),
        ("^\\/$", "/", true), ("^[^\\p{Cc}\\p{Zl}]*$", "a\u{2028}", false),
    ])
    func `it matches as Go's regexp does`(expression: String, text: String, matches: Bool) throws {
        #expect(try Pattern(expression).matches(text) == matches)
    }

    @Test(arguments: [
        ("(a", "missing closing ): `(a`"), ("a)", "unexpected ): `)`"), ("[a", "missing closing ]: `[a`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `a**`"), ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("\\y", "invalid escape sequence: `\\y`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("[z-a]", "invalid character class range: `z-a`"),
        ("(a)\\1", "invalid escape sequence: `\\1`"),
        ("\\", "trailing backslash at end of expression: ``"),
    ])
    func `what RE2 does not take is refused`(expression: String, message: String) {
        do {
            _ = try Pattern(expression)
            Issue.record("accepted \(expression)")
        } catch {
            #expect(error.description == "error parsing regexp: \(message)")
        }
    }

    @Test func `an expression made to explode takes linear time`() throws {
        let pattern = try Pattern("^(a+)+(a|aa)*(a?){100}b$")
        #expect(!pattern.matches(String(repeating: "a", count: 3000)))
    }

    @Test func `nests of repetitions are bounded`() {
        #expect(throws: PatternError.self) { try Pattern("((((a{100}){100}){100}){100}){100}") }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 5000)) }
    }
}
