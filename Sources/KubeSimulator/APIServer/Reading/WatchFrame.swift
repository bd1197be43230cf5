import KubeCore

extension ResponseForm {
    /// nil for the one that every answer has.
    var streamType: String? { self == .protobuf ? "\(ProtobufObject.contentType);stream=watch" : nil }

    /// One event of a watch, as its reader takes it.
    func frame(_ type: String, _ object: JSONValue) -> [UInt8] {
        if self == .protobuf { return ProtobufEncoder.frame(type, wrapped: ProtobufEncoder.wrapped(object) ?? []) }
        let frame: JSONValue = ["type": .string(type), "object": object]
        return frame.serialized + [0x0A]
    }
}
