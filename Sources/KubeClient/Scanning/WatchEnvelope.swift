import KubeCore

/// `{"type":…,"object":…}` with the object as bytes.
struct WatchEnvelope {
    let type: String
    let object: ArraySlice<UInt8>

    init(_ frame: ArraySlice<UInt8>) throws(KubeError) {
        var type: String?
        var object: ArraySlice<UInt8>?
        var cursor = JSONCursor(frame)
        try cursor.members { (cursor, key) throws(KubeError) in
            if key.spells("type") {
                type = try cursor.string()
            } else if key.spells("object") {
                object = try cursor.slice()
            } else {
                try cursor.skipValue()
            }
        }
        cursor.skipWhitespace()
        guard cursor.isAtEnd else { throw cursor.malformed("text after a watch event") }
        guard let type, let object else { throw KubeError(.malformedResponse, "a watch event without type or object") }
        self.type = type
        self.object = object
    }
}
