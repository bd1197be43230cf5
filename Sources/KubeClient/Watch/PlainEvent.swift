/// The events that carry an object.
enum ObjectEvent: String, CaseIterable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"

    func event<Object>(_ object: Object) -> WatchEvent<Object> {
        switch self {
        case .added: .added(object)
        case .modified: .modified(object)
        case .deleted: .deleted(object)
        }
    }

    /// How an API server begins such a frame.
    private static let openings = allCases.map { (kind: $0, bytes: Array("{\"type\":\"\($0.rawValue)\",\"object\":".utf8)) }

    /// The event and where its object begins; nil for a frame that begins differently.
    static func opening(of frame: ArraySlice<UInt8>) -> (kind: ObjectEvent, length: Int)? {
        for (kind, bytes) in openings where frame.starts(with: bytes) { return (kind, bytes.count) }
        return nil
    }
}

/// A frame as API servers write it, with what should be its object: all between the known beginning and the last bracket.
///
/// To look for the object's end would be to walk over it twice, which is a fifth of what decoding costs; a decoder that refuses
/// text behind an object finds out by itself if it was something else.
struct PlainEvent {
    let kind: ObjectEvent
    let object: ArraySlice<UInt8>

    init?(_ frame: ArraySlice<UInt8>) {
        guard let (kind, length) = ObjectEvent.opening(of: frame) else { return nil }
        let rest = frame.dropFirst(length)
        guard rest.last == UInt8(ascii: "}") else { return nil }
        self.kind = kind
        object = rest.dropLast()
    }
}
