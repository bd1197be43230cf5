import KubeCore

/// A request body in Kubernetes' protobuf form (`k8s\0`, then a `runtime.Unknown` around the object) as the JSON that it means.
struct ProtobufObject {
    static let contentType = "application/vnd.kubernetes.protobuf"

    let value: JSONValue

    /// nil for what is not in that form, for kinds that are not known in it, and for objects with fields that are not.
    init?(_ body: [UInt8]) {
        let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
        guard body.starts(with: magic), let envelope = ProtobufWire(body.dropFirst(magic.count)),
            case .bytes(let typeBytes)? = envelope.first(1), let type = ProtobufWire(typeBytes),
            let apiVersion = Self.text(type.first(1)), let kind = Self.text(type.first(2)),
            let message = ProtobufSchema.shared.message(apiVersion: apiVersion, kind: kind)
        else { return nil }
        let raw: ArraySlice<UInt8> = if case .bytes(let bytes)? = envelope.first(2) { bytes } else { [] }
        guard case .object(var members)? = Self.object(raw, message, depth: 0) else { return nil }
        members["apiVersion"] = .string(apiVersion)
        members["kind"] = .string(kind)
        value = .object(members)
    }

    private static func text(_ value: ProtobufWire.Value?) -> String? {
        guard case .bytes(let bytes)? = value else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func object(_ bytes: ArraySlice<UInt8>, _ message: String, depth: Int) -> JSONValue? {
        guard depth < 32, let wire = ProtobufWire(bytes), let fields = ProtobufSchema.shared.fields(of: message) else { return nil }
        var members: [String: JSONValue] = [:]
        for (number, value) in wire.fields {
            guard let field = fields[number] else {
                if value.isZero || isEmptyStatus(number, message, value) { continue }
                return nil
            }
            if value.isZero, !field.isPointer, !isRepeated(field.type) { continue }
            if case .inline(let inner) = field.type, case .bytes(let bytes) = value {
                guard let inlined = object(bytes, inner, depth: depth + 1)?.object else { return nil }
                members.merge(inlined) { $1 }
                continue
            }
            guard let decoded = decode(value, field.type, into: members[field.name], depth: depth) else { return nil }
            // A struct that is not a pointer is always sent, also when nothing is in it.
            if !field.isPointer, decoded == .object([:]) { continue }
            members[field.name] = decoded
        }
        return .object(members)
    }

    /// Clients always send the status, with zeros in it, and the time of a creation that has not happened.
    private static func isEmptyStatus(_ number: Int, _ message: String, _ value: ProtobufWire.Value) -> Bool {
        guard case .bytes(let bytes) = value, let wire = ProtobufWire(bytes) else { return false }
        return wire.fields.allSatisfy { $0.value.isZero }
    }

    private static func isRepeated(_ type: ProtobufSchema.FieldType) -> Bool {
        switch type {
        case .list, .map: true
        default: false
        }
    }

    private static func decode(
        _ value: ProtobufWire.Value, _ type: ProtobufSchema.FieldType, into present: JSONValue?, depth: Int
    ) -> JSONValue? {
        switch (type, value) {
        case (.string, .bytes(let bytes)): return String(validating: bytes, as: UTF8.self).map { .string($0) }
        case (.bytes, .bytes(let bytes)): return .string(Base64.encode(Array(bytes)))
        case (.int, .varint(let number)): return .integer(Int64(bitPattern: number))
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.quantity, .bytes(let bytes)): return ProtobufWire(bytes).flatMap { text($0.first(1)) }.map { .string($0) }
        case (.time, .bytes(let bytes)):
            guard let wire = ProtobufWire(bytes), case .varint(let seconds)? = wire.first(1) else { return nil }
            return .string(Timestamp(seconds: Int64(bitPattern: seconds)).description)
        case (.intOrString, .bytes(let bytes)):
            guard let wire = ProtobufWire(bytes) else { return nil }
            if wire.first(1) == .varint(1) { return text(wire.first(3)).map { .string($0) } }
            guard case .varint(let number)? = wire.first(2) else { return 0 }
            return .integer(Int64(bitPattern: number))
        case (.message(let name), .bytes(let bytes)): return object(bytes, name, depth: depth + 1)
        case (.list(let element), _):
            guard let decoded = decode(value, element, into: nil, depth: depth) else { return nil }
            return .array((present?.array ?? []) + [decoded])
        case (.map(let element), .bytes(let bytes)):
            guard let entry = ProtobufWire(bytes) else { return nil }
            var members = present?.object ?? [:]
            guard let decoded = decode(entry.first(2) ?? .bytes([]), element, into: nil, depth: depth) else { return nil }
            members[text(entry.first(1)) ?? ""] = decoded
            return .object(members)
        default: return nil
        }
    }
}
