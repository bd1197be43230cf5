/// Status and header fields of an answer.
struct ResponseHead: Hashable, Sendable {
    let status: Int
    var headers: HeaderFields
}

/// Puts the head of an answer together from the lines that libcurl hands over one by one. Pure.
///
/// Interim answers (1xx, but for 101) are skipped, trailers are ignored; both count for the limit.
struct ResponseHeadParser {
    enum Step: Hashable {
        case more
        case complete(ResponseHead)
        /// More bytes than allowed.
        case tooLarge
    }

    private let limit: Int
    private var size = 0
    private var head: ResponseHead?
    private(set) var isComplete = false

    init(limit: Int) {
        self.limit = limit
    }

    mutating func parse(line: UnsafeBufferPointer<UInt8>) -> Step {
        size += line.count
        guard size <= limit else { return .tooLarge }
        guard !isComplete else { return .more }
        var text = Substring(String(decoding: line, as: UTF8.self))
        while let last = text.last, last.isNewline { text.removeLast() }
        if text.isEmpty { return end() }
        if head == nil {
            head = ResponseHead(status: Self.status(of: text), headers: HeaderFields())
        } else if let first = text.first, first == " " || first == "\t" {
            head?.headers.continueLastField(with: Self.trimmed(text))
        } else if let colon = text.firstIndex(of: ":") {
            let value = Self.trimmed(text[text.index(after: colon)...])
            head?.headers.append(String(text[..<colon]), value)
        }
        return .more
    }

    private mutating func end() -> Step {
        guard let head else { return .more }
        guard head.status >= 200 || head.status == 101 else {
            self.head = nil
            return .more
        }
        isComplete = true
        return .complete(head)
    }

    /// libcurl has checked the status line: `HTTP/1.1 200 OK`, the text optional.
    private static func status(of line: Substring) -> Int {
        let parts = line.split(separator: " ", maxSplits: 2)
        return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
