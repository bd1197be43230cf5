/// Reads a rules file as auditctl does, written from its manual and its source (src/auditctl.c of 3.0.9: get_line, preprocess,
/// audit_strsplit, postprocess, setopt), and sharing nothing with the code that renders.
enum AuditctlReader {
    /// What one line makes auditctl do: its options with their arguments, in order.
    struct Call: Equatable {
        var options: [Option]
    }

    struct Option: Equatable {
        var name: String
        var argument: [UInt8]

        init(_ name: String, _ argument: String = "") {
            self.name = name
            self.argument = Array(argument.utf8)
        }

        init(_ name: String, bytes: [UInt8]) {
            self.name = name
            argument = bytes
        }
    }

    enum Fault: Error, Equatable {
        case unknownOption(String)
        case missingArgument(String)
        case parameterWithoutOption(String)
    }

    static func calls(in text: String) throws -> [Call] {
        try lines(of: Array(text.utf8)).compactMap { line in
            let words = words(of: line)
            guard let first = words.first, first.first != UInt8(ascii: "#") else { return nil }
            return try Call(options: options(in: words))
        }
    }

    /// fgets into 6,144 bytes; the line ends at a line feed, for the C string at a NUL.
    static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var line = rest.prefix(6143)
            if let end = line.firstIndex(of: 0x0A) { line = line[...end] }
            rest = rest[line.endIndex...]
            lines.append(Array(line.prefix { $0 != 0x0A && $0 != 0 }))
        }
        return lines
    }

    /// Splits at spaces. `\ ` is a space and `\\` a backslash, but for the first word.
    static func words(of line: [UInt8]) -> [[UInt8]] {
        var marked = line
        var isEscaped = false
        for index in marked.indices {
            if marked[index] == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                if isEscaped, marked[index] == UInt8(ascii: " ") { (marked[index - 1], marked[index]) = (0x07, 0x07) }
                if isEscaped, marked[index] == UInt8(ascii: "\\") { (marked[index - 1], marked[index]) = (0x04, 0x04) }
                isEscaped = false
            }
        }
        let words = marked.split(separator: UInt8(ascii: " ")).map(Array.init)
        return words.enumerated().map { $0.offset == 0 ? $0.element : unmarked($0.element) }
    }

    private static func unmarked(_ word: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < word.count {
            switch word[index] {
            case 0x07: (result, index) = (result + [UInt8(ascii: " ")], index + 2)
            case 0x04: (result, index) = (result + [UInt8(ascii: "\\")], index + 2)
            default: (result, index) = (result + [word[index]], index + 1)
            }
        }
        return result
    }

    private static let withArgument = Set("CefrbaAdSFmRwWkpq")
    private static let withoutArgument = Set("hicslDvt")
    private static let long = ["--backlog_wait_time": true, "--loginuid-immutable": false, "--reset-lost": false, "--signal": true]

    /// getopt_long.
    private static func options(in words: [[UInt8]]) throws -> [Option] {
        var options: [Option] = []
        var index = 0
        while index < words.count {
            let word = String(decoding: words[index], as: UTF8.self)
            index += 1
            guard word.hasPrefix("-"), word != "-" else { throw Fault.parameterWithoutOption(word) }
            if word.hasPrefix("--") {
                guard let takesOne = long[word] else { throw Fault.unknownOption(word) }
                if takesOne, index == words.count { throw Fault.missingArgument(word) }
                options.append(Option(word, bytes: takesOne ? words[index] : []))
                index += takesOne ? 1 : 0
                continue
            }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                if withArgument.contains(letter) {
                    if !letters.isEmpty {
                        options.append(Option("-\(letter)", String(letters)))
                        letters = ""
                    } else {
                        guard index < words.count else { throw Fault.missingArgument(word) }
                        options.append(Option("-\(letter)", bytes: words[index]))
                        index += 1
                    }
                } else if withoutArgument.contains(letter) {
                    options.append(Option("-\(letter)"))
                } else {
                    throw Fault.unknownOption(word)
                }
            }
        }
        return options
    }
}
