package import KubeCore

/// A list with its items still as bytes, so that each can be decoded to something small and the rest forgotten.
package struct ListSlices: Sendable {
    package let resourceVersion: String
    /// For the next page; nil at the end.
    package let continueToken: String?
    package let items: [ArraySlice<UInt8>]

    package init(_ bytes: [UInt8]) throws(KubeError) {
        var revision: String?
        var token: String?
        var items: [ArraySlice<UInt8>] = []
        var cursor = JSONCursor(bytes[...])
        try cursor.members { (cursor, key) throws(KubeError) in
            if key.spells("metadata") {
                try cursor.members { (cursor, key) throws(KubeError) in
                    if key.spells("resourceVersion") {
                        revision = try cursor.string()
                    } else if key.spells("continue") {
                        token = try cursor.string()
                    } else {
                        try cursor.skipValue()
                    }
                }
            } else if key.spells("items"), try cursor.peek() == UInt8(ascii: "[") {
                try cursor.elements { (cursor) throws(KubeError) in items.append(try cursor.slice()) }
            } else {
                try cursor.skipValue()
            }
        }
        cursor.skipWhitespace()
        guard cursor.isAtEnd else { throw cursor.malformed("text after a list") }
        guard let revision, !revision.isEmpty else { throw KubeError(.malformedResponse, "a list without a revision") }
        resourceVersion = revision
        continueToken = token?.isEmpty == false ? token : nil
        self.items = items
    }
}

extension KubeAPI {
    /// One page of a list with its items as bytes.
    package func listSlices(
        _ type: ResourceType, _ selection: Selection, _ options: ListOptions
    ) async throws(KubeError) -> ListSlices {
        try ListSlices(try await bytes(for: .list(type, selection, options), upTo: limits.list))
    }
}
