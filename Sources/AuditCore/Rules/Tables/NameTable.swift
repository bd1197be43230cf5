/// Names with numbers, such as the system calls of one ABI.
struct NameTable: Sendable {
    let numbers: [String: Int]
    let names: [Int: String]

    /// Takes names in the order of their numbers. A number stands before a name that does not follow on its predecessor.
    init(_ text: String) {
        var numbers: [String: Int] = [:]
        var names: [Int: String] = [:]
        var next = 0
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let number = Int(word) {
                next = number
            } else {
                numbers[String(word)] = next
                names[next] = String(word)
                next += 1
            }
        }
        self.numbers = numbers
        self.names = names
    }

    func contains(_ name: String) -> Bool { numbers[name] != nil }

    /// The names that the table has, by number, each once.
    func sorted(_ some: some Sequence<String>) -> [String] {
        Set(some.compactMap { numbers[$0] }).sorted().compactMap { names[$0] }
    }
}
