/// Why the sandbox does not run, for a person.
struct SandboxError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
