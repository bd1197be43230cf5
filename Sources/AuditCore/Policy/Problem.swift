/// What is wrong with a specification, where, and what to do: `spec.outputs[1].forward.host: …`.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// From `spec` down; empty when it is about the policy as a whole.
    package var path: String
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
