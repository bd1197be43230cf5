package import KubeCore

/// What stands in a list beside its items.
package struct ListHead: Sendable, Hashable {
    /// The revision at which the whole list was read: where a watch goes on.
    package var resourceVersion: String
    /// For the next page; nil at the end.
    package var continueToken: String?
}

/// Takes a list apart while its bytes come in: each item is given as soon as it is whole, and then forgotten.
///
/// Guarantees: memory is bounded by one item and one chunk, whatever the length of the list. Chunks may end anywhere.
/// Assumptions: items are objects, and whoever takes one decodes it strictly; of it only the brackets are checked here.
/// Errors: `.malformedResponse` with the place, `.tooLarge` for an item or another member beyond the limit.
package struct ListReader: Sendable {
    private enum Place: Sendable {
        /// Before the list's own bracket.
        case start
        /// At a name; `first`: or at the end.
        case member(first: Bool)
        /// At an element of `items`; `first`: or at the end.
        case item(first: Bool)
        case afterItem, afterMember, end
    }

    /// Longer items are an error: no object of the API is near it.
    package let limit: Int
    private var buffer: [UInt8] = []
    private var position = 0
    /// Bytes of the list before the buffer, for messages.
    private var passed = 0
    private var place = Place.start
    /// The item that was not whole yet.
    private var scan: NestedScan?
    private var hasItems = false
    private var metadata: ArraySlice<UInt8>?

    package init(limit: Int = 16 << 20) { self.limit = limit }

    package mutating func append(_ chunk: [UInt8]) {
        guard position < buffer.count else {
            passed += buffer.count
            position = 0
            buffer = chunk
            return
        }
        if position > 0 {
            buffer.removeFirst(position)
            scan?.moved(by: position)
            passed += position
            position = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// The next whole item; nil when more bytes are needed, or none are left.
    package mutating func next() throws(KubeError) -> ArraySlice<UInt8>? {
        while let byte = try nextByte() {
            switch place {
            case .start:
                guard byte == UInt8(ascii: "{") else { throw malformed("expected a list") }
                position += 1
                place = .member(first: true)
            case .member(let first):
                if first, byte == UInt8(ascii: "}") {
                    finishList()
                } else {
                    guard try takeMember() else { return nil }
                }
            case .afterMember:
                if byte == UInt8(ascii: "}") { finishList() } else { try step(over: byte, to: .member(first: false)) }
            case .item(let first):
                if first, byte == UInt8(ascii: "]") {
                    position += 1
                    place = .afterMember
                } else {
                    return try takeItem(startingWith: byte)
                }
            case .afterItem:
                if byte == UInt8(ascii: "]") {
                    position += 1
                    place = .afterMember
                } else {
                    try step(over: byte, to: .item(first: false))
                }
            case .end: throw malformed("text after a list")
            }
        }
        return nil
    }

    /// The rest of the list, once the last chunk is read. Errors: also a list that was cut, or that has no revision.
    package func finish() throws(KubeError) -> ListHead {
        guard case .end = place, position == buffer.count else { throw malformed("unexpected end") }
        var revision: String?
        var token: String?
        if let metadata, metadata.first == UInt8(ascii: "{") {
            var cursor = JSONCursor(metadata)
            try cursor.members { (cursor, key) throws(KubeError) in
                if key.spells("resourceVersion") {
                    revision = try cursor.string()
                } else if key.spells("continue") {
                    token = try cursor.string()
                } else {
                    try cursor.skipValue()
                }
            }
        }
        guard let revision, !revision.isEmpty else { throw KubeError(.malformedResponse, "a list without a revision") }
        return ListHead(resourceVersion: revision, continueToken: token?.isEmpty == false ? token : nil)
    }

    private mutating func finishList() {
        position += 1
        place = .end
    }

    private mutating func step(over byte: UInt8, to next: Place) throws(KubeError) {
        guard byte == UInt8(ascii: ",") else { throw malformed("expected ','") }
        position += 1
        place = next
    }

    private mutating func nextByte() throws(KubeError) -> UInt8? {
        while position < buffer.count {
            switch buffer[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func takeItem(startingWith byte: UInt8) throws(KubeError) -> ArraySlice<UInt8>? {
        guard byte == UInt8(ascii: "{") else { throw malformed("an item that is no object") }
        guard let end = try endOfNested(at: position) else { return nil }
        defer {
            position = end
            place = .afterItem
        }
        return buffer[position..<end]
    }

    /// Moves past one member, or into `items`. False when it is not whole yet: it is looked at again from its name on.
    private mutating func takeMember() throws(KubeError) -> Bool {
        guard buffer[position] == UInt8(ascii: "\"") else { throw malformed("expected a name") }
        guard let nameEnd = buffer.span.endOfString(from: position) else { return try wait() }
        let name = buffer[position + 1..<nameEnd - 1]
        guard let colon = valueStart(from: nameEnd) else { return try wait() }
        guard buffer[colon] == UInt8(ascii: ":") else { throw malformed("expected ':'") }
        guard let start = valueStart(from: colon + 1) else { return try wait() }
        if name.spells("items"), buffer[start] == UInt8(ascii: "[") {
            guard !hasItems else { throw malformed("items come twice") }
            hasItems = true
            position = start + 1
            place = .item(first: true)
            return true
        }
        guard let end = try endOfValue(at: start) else { return try wait() }
        if name.spells("metadata") { metadata = Array(buffer[start..<end])[...] }
        position = end
        place = .afterMember
        return true
    }

    private func valueStart(from index: Int) -> Int? {
        buffer[index...].firstIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    }

    /// The end of any value but the items; nil when it is not there yet.
    private mutating func endOfValue(at start: Int) throws(KubeError) -> Int? {
        switch buffer[start] {
        case UInt8(ascii: "\""): return buffer.span.endOfString(from: start)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try endOfNested(at: start)
        default:
            var cursor = JSONCursor(buffer[start...])
            try cursor.skipValue()
            // A number or a word ends where something else begins.
            return cursor.isAtEnd ? nil : cursor.position
        }
    }

    private mutating func endOfNested(at start: Int) throws(KubeError) -> Int? {
        var scan = scan ?? NestedScan(startingAt: start)
        let end: Int?
        do throws(NestingError) {
            end = try scan.end(in: buffer.span, maximumDepth: JSONCursor.maximumDepth)
        } catch {
            throw malformed(error.message)
        }
        guard (end ?? buffer.count) - start <= limit else {
            throw KubeError(.tooLarge, "an object of a list is longer than \(limit) bytes")
        }
        self.scan = end == nil ? scan : nil
        return end
    }

    private func wait() throws(KubeError) -> Bool {
        guard buffer.count - position <= limit else {
            throw KubeError(.tooLarge, "a member of a list is longer than \(limit) bytes")
        }
        return false
    }

    private func malformed(_ what: String) -> KubeError {
        KubeError(.malformedResponse, "not a list: \(what) at byte \(passed + position)")
    }
}

extension KubeAPI {
    /// One page of a list, item by item as the bytes come in; no more than one item is held.
    ///
    /// Errors: also those of `item`. What was given before an error is half of a page and worth nothing.
    package func list(
        _ type: ResourceType, _ selection: Selection, _ options: ListOptions,
        each item: (ArraySlice<UInt8>) throws(KubeError) -> Void
    ) async throws(KubeError) -> ListHead {
        let body = try await stream(.list(type, selection, options))
        var reader = ListReader(limit: limits.object)
        while let chunk = try await body.next() {
            reader.append(chunk)
            while let bytes = try reader.next() { try item(bytes) }
        }
        return try reader.finish()
    }
}
