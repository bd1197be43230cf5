package import KubeCore

/// An object as an API server wraps it: four bytes `k8s\0`, then `runtime.Unknown` with the kind and the object's own message.
package struct ProtoObject: Sendable {
    static let mediaType = "application/vnd.kubernetes.protobuf"
    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    package private(set) var kind = ""
    /// The object's message.
    package private(set) var bytes: ArraySlice<UInt8> = []

    /// Errors: `.malformedResponse`.
    package init(_ wrapped: ArraySlice<UInt8>) throws(KubeError) {
        guard wrapped.starts(with: Self.magic) else { throw KubeError(.malformedResponse, "protobuf without its prefix") }
        var cursor = ProtoCursor(wrapped.dropFirst(Self.magic.count))
        while let field = try cursor.next() {
            switch field.number {
            case 1:
                let outer = try cursor.enter(field)
                while let field = try cursor.next() {
                    if field.number == 2 { kind = try cursor.text(field) }
                }
                cursor.leave(outer)
            case 2: bytes = try cursor.slice(field)
            case 3:
                guard try cursor.slice(field).isEmpty else { throw cursor.malformed("an encoded object") }
            default: break
            }
        }
    }
}

/// What identifies any object: its metadata is the first field of each kind.
package struct ProtoHeader: Sendable {
    package var key = ObjectKey(name: "")
    package var revision = ""
    package var endsInitialEvents = false

    package init(_ object: ArraySlice<UInt8>) throws(KubeError) {
        var cursor = ProtoCursor(object)
        while let field = try cursor.next() {
            guard field.number == 1 else { continue }
            let outer = try cursor.enter(field)
            while let field = try cursor.next() {
                switch field.number {
                case 1: key.name = try cursor.text(field)
                case 3: key.namespace = try cursor.text(field)
                case 6: revision = try cursor.text(field)
                case 12:
                    let (name, value) = try cursor.entry(field)
                    if name.spells("k8s.io/initial-events-end"), value.spells("true") { endsInitialEvents = true }
                default: break
                }
            }
            cursor.leave(outer)
        }
    }
}

extension ProtoCursor {
    /// One entry of a map from text to text.
    package mutating func entry(_ field: Field) throws(KubeError) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        let outer = try enter(field)
        defer { leave(outer) }
        var entry: (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) = ([], [])
        while let field = try next() {
            switch field.number {
            case 1: entry.key = try slice(field)
            case 2: entry.value = try slice(field)
            default: break
            }
        }
        return entry
    }
}
