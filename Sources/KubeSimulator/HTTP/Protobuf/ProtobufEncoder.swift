package import KubeCore

/// Objects as the API server writes them in protobuf: fields in the order of their numbers, with what Go's structs always have, set or
/// not. Members that the schema does not know are left out.
package enum ProtobufEncoder {
    /// `k8s\0` and a `runtime.Unknown` around the object; nil for kinds that are not served in this form.
    package static func wrapped(_ object: JSONValue) -> [UInt8]? {
        guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string,
            let message = ProtobufSchema.shared.readableMessage(apiVersion: apiVersion, kind: kind)
        else { return nil }
        var type: [UInt8] = []
        add(1, Array(apiVersion.utf8), to: &type)
        add(2, Array(kind.utf8), to: &type)
        var unknown: [UInt8] = []
        add(1, type, to: &unknown)
        add(2, self.message(object, message), to: &unknown)
        add(3, [], to: &unknown)
        add(4, [], to: &unknown)
        return [0x6B, 0x38, 0x73, 0x00] + unknown
    }

    /// A frame of a watch: its length in four bytes, and a `metav1.WatchEvent`.
    static func frame(_ type: String, wrapped object: [UInt8]) -> [UInt8] {
        var raw: [UInt8] = []
        add(1, object, to: &raw)
        var event: [UInt8] = []
        add(1, Array(type.utf8), to: &event)
        add(2, raw, to: &event)
        return (0..<4).map { UInt8(truncatingIfNeeded: event.count >> (24 - 8 * $0)) } + event
    }

    private static func message(_ object: JSONValue, _ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, field) in (ProtobufSchema.shared.fields(of: name) ?? [:]).sorted(by: { $0.key < $1.key }) {
            if case .inline(let inner) = field.type {
                add(number, message(object, inner), to: &bytes)
            } else if let value = object[field.name], !value.isNull {
                add(number, value, field.type, to: &bytes)
            } else if !field.isPointer {
                addZero(number, field.type, to: &bytes)
            }
        }
        return bytes
    }

    private static func add(_ number: Int, _ value: JSONValue, _ type: ProtobufSchema.FieldType, to bytes: inout [UInt8]) {
        switch type {
        case .int: add(number, UInt64(bitPattern: value.integer ?? 0), to: &bytes)
        case .bool: add(number, value.bool == true ? 1 : 0, to: &bytes)
        case .list(let element): for item in value.array ?? [] { add(number, item, element, to: &bytes) }
        case .map(let element):
            for (key, value) in (value.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                var entry: [UInt8] = []
                add(1, Array(key.utf8), to: &entry)
                add(2, value, element, to: &entry)
                add(number, entry, to: &bytes)
            }
        default: add(number, content(value, type), to: &bytes)
        }
    }

    /// What stands between the length and the end of a field.
    private static func content(_ value: JSONValue, _ type: ProtobufSchema.FieldType) -> [UInt8] {
        var bytes: [UInt8] = []
        switch type {
        case .string: return Array((value.string ?? "").utf8)
        case .bytes: return Base64.decode(value.string ?? "") ?? []
        case .quantity: add(1, Array((value.string ?? value.text()).utf8), to: &bytes)
        case .json: add(1, value.serialized, to: &bytes)
        case .time:
            guard let time = value.string.flatMap({ Timestamp($0) }) else { return [] }
            add(1, UInt64(bitPattern: time.seconds), to: &bytes)
            add(2, 0, to: &bytes)
        case .intOrString:
            add(1, value.string == nil ? 0 : 1, to: &bytes)
            add(2, UInt64(bitPattern: value.integer ?? 0), to: &bytes)
            add(3, Array((value.string ?? "").utf8), to: &bytes)
        case .message(let name): return message(value, name)
        case .int, .bool, .list, .map, .inline: break
        }
        return bytes
    }

    /// A field of a struct that is not a pointer is always sent.
    private static func addZero(_ number: Int, _ type: ProtobufSchema.FieldType, to bytes: inout [UInt8]) {
        switch type {
        case .string, .time: add(number, [], to: &bytes)
        case .int, .bool: add(number, 0, to: &bytes)
        case .message(let name): add(number, message([:], name), to: &bytes)
        default: break
        }
    }

    private static func add(_ number: Int, _ content: [UInt8], to bytes: inout [UInt8]) {
        addVarint(UInt64(number) << 3 | 2, to: &bytes)
        addVarint(UInt64(content.count), to: &bytes)
        bytes += content
    }

    private static func add(_ number: Int, _ value: UInt64, to bytes: inout [UInt8]) {
        addVarint(UInt64(number) << 3, to: &bytes)
        addVarint(value, to: &bytes)
    }

    private static func addVarint(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
