/// Names with numbers, such as the system calls of one ABI.
struct NameTable: Sendable {
    let numbers: [String: Int]
    let names: [Int: String]

    /// Takes names in the order of their numbers. A number stands before a name that does not follow on its predecessor.
    ///
    /// - Parameter aliases: further names that are understood and not used.
    init(_ text: String, aliases: [String: Int] = [:]) {
        var numbers = aliases
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

    /// System calls up to this number are known by name to every auditctl since 3.0. Younger ones are given by number, the same on
    /// every ABI: auditctl stops at a name that it does not know. Each release prints the names that it knows.
    static let lastNameEverywhere = 435

    /// The number of a system call that some auditctl does not know by name.
    static func youngNumber(of syscall: String) -> Int? {
        syscallsX8664.numbers[syscall].flatMap { $0 > lastNameEverywhere ? $0 : nil }
    }
}
