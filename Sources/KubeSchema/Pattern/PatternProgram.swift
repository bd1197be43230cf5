/// An expression as instructions for the matcher.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case accept
        case consume(Int)
        case assert(PatternAssertion)
        case jump(Int)
        case split(Int, Int)
    }

    var instructions: [Instruction] = []
    var sets: [ScalarSet] = []
    /// No match can begin behind the start of the text.
    var isAnchored = false
}

/// Unrolls a tree into instructions, Thompson's way.
struct PatternCompiler {
    var program = PatternProgram()
    /// RE2 bounds an expression's memory in the same order of size.
    static let maximumSize = 50_000

    mutating func compile(_ tree: PatternTree) throws(PatternError) {
        if case .sequence(let parts) = tree, case .assertion(.textStart)? = parts.first { program.isAnchored = true }
        if case .assertion(.textStart) = tree { program.isAnchored = true }
        try emit(tree)
        program.instructions.append(.accept)
    }

    private mutating func append(_ instruction: PatternProgram.Instruction) throws(PatternError) -> Int {
        guard program.instructions.count < Self.maximumSize else { throw PatternError(message: "expression too large") }
        program.instructions.append(instruction)
        return program.instructions.count - 1
    }

    private mutating func emit(_ tree: PatternTree) throws(PatternError) {
        switch tree {
        case .empty: break
        case .set(let set):
            program.sets.append(set)
            _ = try append(.consume(program.sets.count - 1))
        case .assertion(let assertion): _ = try append(.assert(assertion))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .alternatives(let branches):
            var ends: [Int] = []
            for (index, branch) in branches.enumerated() {
                guard index < branches.count - 1 else {
                    try emit(branch)
                    break
                }
                let split = try append(.accept)
                try emit(branch)
                ends.append(try append(.accept))
                program.instructions[split] = .split(split + 1, program.instructions.count)
            }
            for end in ends { program.instructions[end] = .jump(program.instructions.count) }
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try emit(part) }
            guard let most else {
                let split = try append(.accept)
                try emit(part)
                _ = try append(.jump(split))
                program.instructions[split] = .split(split + 1, program.instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(try append(.accept))
                try emit(part)
            }
            for split in splits { program.instructions[split] = .split(split + 1, program.instructions.count) }
        }
    }
}
