/// The fields of one protobuf message as they stand on the wire (proto2 encoding).
struct ProtobufWire {
    enum Value: Equatable {
        case varint(UInt64)
        case bytes(ArraySlice<UInt8>)

        /// What an absent field would mean.
        var isZero: Bool {
            switch self {
            case .varint(let value): value == 0
            case .bytes(let bytes): bytes.isEmpty
            }
        }
    }

    private(set) var fields: [(number: Int, value: Value)] = []

    /// nil for bytes that are no message, or have fields of fixed width, which the API's messages do not use.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            guard let tag = Self.varint(&rest) else { return nil }
            let number = Int(tag >> 3)
            guard number > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = Self.varint(&rest) else { return nil }
                fields.append((number, .varint(value)))
            case 2:
                guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
                fields.append((number, .bytes(rest.prefix(Int(length)))))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    func first(_ number: Int) -> Value? { fields.first { $0.number == number }?.value }
}
