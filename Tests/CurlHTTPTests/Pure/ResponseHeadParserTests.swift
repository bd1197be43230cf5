import Testing

@testable import CurlHTTP

@Suite struct ResponseHeadParserTests {
    private func parse(_ lines: [String], limit: Int = 1000) -> [ResponseHeadParser.Step] {
        var parser = ResponseHeadParser(limit: limit)
        return lines.map { line in Array("\(line)\r\n".utf8).withUnsafeBufferPointer { parser.parse(line: $0) } }
    }

    @Test func `a head is complete at its empty line, and trailers change nothing`() {
        let steps = parse(["HTTP/1.1 404 Not Found", "A:  b \t", "a: c", "No colon", "Empty:", "", "Trailer: x", ""])
        let head = ResponseHead(status: 404, headers: ["A": "b", "a": "c", "Empty": ""])
        #expect(steps == [.more, .more, .more, .more, .more, .complete(head), .more, .more])
    }

    @Test func `interim answers are skipped, but for the switch of protocols`() {
        #expect(parse(["HTTP/1.1 103 Hints", "A: b", "", "HTTP/1.1 200", ""]).last == .complete(ResponseHead(status: 200, headers: [:])))
        #expect(parse(["HTTP/1.1 101 Go", ""]).last == .complete(ResponseHead(status: 101, headers: [:])))
    }

    @Test func `a folded field is one field`() {
        let head = ResponseHead(status: 200, headers: ["A": "b c"])
        #expect(parse(["HTTP/1.1 200 OK", "A: b", "\t c", ""]).last == .complete(head))
    }

    @Test func `too many bytes are too many, in interim answers, fields or trailers`() {
        let flood = [String](repeating: "A: b", count: 20)
        #expect(parse(["HTTP/1.1 100 X"] + flood, limit: 100).last == .tooLarge)
        #expect(parse(["HTTP/1.1 200 X"] + flood, limit: 100).last == .tooLarge)
        #expect(parse(["HTTP/1.1 200 X", ""] + flood, limit: 100).last == .tooLarge)
    }
}
