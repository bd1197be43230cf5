package import KubeCore

/// Something that was done or refused, told to whoever reads `kubectl describe`.
package struct RecordedEvent: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case normal = "Normal", warning = "Warning" }

    package var kind: Kind
    /// Its resourceVersion is left out, or each state of the object would count as another object.
    package var regarding: ObjectReference
    /// CamelCase, one of a small fixed set.
    package var reason: String
    /// What was tried, CamelCase: the API demands one.
    package var action: String
    /// A sentence for a person; cut to 1,024 bytes, the API's limit.
    package var note: String

    package init(_ kind: Kind, regarding: ObjectReference, reason: String, action: String, note: String) {
        self.kind = kind
        var regarding = regarding
        regarding.resourceVersion = nil
        self.regarding = regarding
        self.reason = reason
        self.action = action
        self.note = Self.cut(note)
    }

    private static func cut(_ note: String) -> String {
        let limit = 1024
        guard note.utf8.count > limit else { return note }
        var text = ""
        var size = "…".utf8.count
        for character in note {
            size += character.utf8.count
            guard size <= limit else { break }
            text.append(character)
        }
        return text + "…"
    }
}
