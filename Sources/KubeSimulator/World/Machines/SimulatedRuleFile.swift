/// A file for `auditctl -R`, as far as a set-up makes something of it.
struct SimulatedRuleFile: Sendable {
    /// What is asked for, whatever the node lacks and without the lock.
    private(set) var wanted: [String] = []
    /// The rules that the node can load.
    private(set) var rules: [String] = []
    /// The lock: 2 locks, 1 does not.
    private(set) var enabled = 1
    private(set) var backlogLimit: Int?
    private(set) var failureMode: Int?
    /// How many rules are left out for want of a directory.
    private(set) var omitted = 0

    /// `# requires DIRECTORY` stands above a rule that the kernel refuses where the directory is missing.
    init(_ text: String, without missing: Set<String>) {
        var lacks = false
        for line in text.split(separator: "\n").map(String.init) {
            let words = line.split(separator: " ").map(String.init)
            if line.hasPrefix("# requires "), words.count == 3 {
                lacks = lacks || missing.contains(words[2])
                continue
            }
            if line.hasPrefix("#") { continue }
            if line.hasPrefix("-e "), words.count == 2 {
                enabled = Int(words[1]) ?? 1
                continue
            }
            wanted.append(line)
            switch words.first {
            case "-a", "-w":
                if lacks { omitted += 1 } else { rules.append(line) }
                lacks = false
            case "-b" where words.count == 2: backlogLimit = Int(words[1])
            case "-f" where words.count == 2: failureMode = Int(words[1])
            default: break
            }
        }
    }
}
