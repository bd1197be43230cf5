package import KubeCore

/// An object as it came: JSON, or its protobuf message without the wrapping.
package enum ObjectBytes: Sendable {
    case json(ArraySlice<UInt8>)
    case protobuf(ArraySlice<UInt8>)

    /// For those who offered nothing else. Errors: `.malformedResponse` for protobuf.
    package func json() throws(KubeError) -> ArraySlice<UInt8> {
        guard case .json(let bytes) = self else { throw KubeError(.malformedResponse, "protobuf that nobody asked for") }
        return bytes
    }
}

/// The events of one watch, pulled one by one. One reader; dropping it or cancelling its task ends the exchange.
package struct WatchStream<Object: Sendable>: Sendable {
    /// From an object's bytes to what is wanted of it. It must refuse text that goes on behind the object.
    package typealias Decode = @Sendable (ObjectBytes) throws(KubeError) -> Object
    /// What becomes of an object that was refused; throws to end the watch.
    package typealias Rescue = @Sendable (ObjectBytes, KubeError) throws(KubeError) -> Object

    private let body: KubeBody
    private let decode: Decode
    private let rescue: Rescue
    /// As the server chose among what it was offered.
    private let isProtobuf: Bool
    private var lines: WatchFrames
    private var lengths: LengthFrames

    package init(
        _ body: KubeBody, isProtobuf: Bool = false, frameLimit: Int = 16 << 20, decode: @escaping Decode,
        rescue: @escaping Rescue = { (_, error) throws(KubeError) in throw error }
    ) {
        self.body = body
        self.decode = decode
        self.rescue = rescue
        self.isProtobuf = isProtobuf
        lines = WatchFrames(limit: frameLimit)
        lengths = LengthFrames(limit: frameLimit)
    }

    /// nil at the end of the stream; a frame cut off by it is dropped, since the next watch sends it again.
    ///
    /// Errors: `.malformedResponse` for a frame that is no event, `.tooLarge`, and those of the transport.
    package mutating func next() async throws(KubeError) -> WatchEvent<Object>? {
        while true {
            if let event = try nextEvent() { return event }
            guard let chunk = try await body.next() else { return nil }
            if isProtobuf { lengths.append(chunk) } else { lines.append(chunk) }
        }
    }

    private mutating func nextEvent() throws(KubeError) -> WatchEvent<Object>? {
        if isProtobuf {
            guard let frame = try lengths.next() else { return nil }
            return try event(inProtobuf: frame)
        }
        guard let frame = try lines.next() else { return nil }
        return try event(in: frame)
    }

    func event(in frame: ArraySlice<UInt8>) throws(KubeError) -> WatchEvent<Object> {
        if let plain = PlainEvent(frame) {
            do throws(KubeError) {
                return plain.kind.event(try decode(.json(plain.object)))
            } catch {
                // Nothing for us, or not so plain: now it is taken apart properly.
            }
        }
        let envelope = try WatchEnvelope(frame)
        if let kind = ObjectEvent(rawValue: envelope.type) { return kind.event(try object(.json(envelope.object))) }
        switch envelope.type {
        case "BOOKMARK": return try Self.bookmark(envelope.object)
        case "ERROR":
            guard let status = KubeAPI.status(in: Array(envelope.object)) else {
                throw KubeError(.malformedResponse, "a watch sent an error that is no Status")
            }
            return .error(KubeError(httpStatus: status.code ?? 500, status: status))
        default: return .unknown(type: envelope.type)
        }
    }

    /// `metav1.WatchEvent`: the type, and a `RawExtension` with the wrapped object.
    private func event(inProtobuf frame: ArraySlice<UInt8>) throws(KubeError) -> WatchEvent<Object> {
        var type = ""
        var wrapped: ArraySlice<UInt8> = []
        var cursor = ProtoCursor(frame)
        while let field = try cursor.next() {
            switch field.number {
            case 1: type = try cursor.text(field)
            case 2:
                let outer = try cursor.enter(field)
                while let field = try cursor.next() {
                    if field.number == 1 { wrapped = try cursor.slice(field) }
                }
                cursor.leave(outer)
            default: break
            }
        }
        if let kind = ObjectEvent(rawValue: type) { return kind.event(try object(.protobuf(ProtoObject(wrapped).bytes))) }
        switch type {
        case "BOOKMARK":
            let header = try ProtoHeader(ProtoObject(wrapped).bytes)
            guard !header.revision.isEmpty else { throw KubeError(.malformedResponse, "a watch sent a bookmark without a revision") }
            return .bookmark(revision: header.revision, endsInitialEvents: header.endsInitialEvents)
        case "ERROR":
            let status = try Status(protobuf: wrapped)
            return .error(KubeError(httpStatus: status.code ?? 500, status: status))
        default: return .unknown(type: type)
        }
    }

    private func object(_ bytes: ObjectBytes) throws(KubeError) -> Object {
        do throws(KubeError) {
            return try decode(bytes)
        } catch {
            return try rescue(bytes, error)
        }
    }

    private static func bookmark(_ object: ArraySlice<UInt8>) throws(KubeError) -> WatchEvent<Object> {
        do {
            let metadata = try JSONValue(parsing: object)["metadata"]
            guard let revision = metadata?["resourceVersion"]?.string, !revision.isEmpty else {
                throw KubeError(.malformedResponse, "a watch sent a bookmark without a revision")
            }
            let mark = metadata?["annotations"]?["k8s.io/initial-events-end"]?.string
            return .bookmark(revision: revision, endsInitialEvents: mark == "true")
        } catch {
            throw KubeError(any: error)
        }
    }
}

extension KubeAPI {
    /// Errors: `.gone` when the server forgot the revision, and any other refusal. Later ones come as events.
    package func watch<Object: KubeResource>(
        _ kind: Object.Type = Object.self, _ selection: Selection = .everything, _ options: WatchOptions = WatchOptions()
    ) async throws(KubeError) -> WatchStream<Object> {
        try await watch(Object.type, selection, options) { (bytes) throws(KubeError) in
            try Object(json: Array(bytes.json()))
        }
    }

    /// The same with the objects decoded by the caller. `offersProtobuf`: the server may send them in either form.
    package func watch<Object: Sendable>(
        _ type: ResourceType, _ selection: Selection, _ options: WatchOptions, offersProtobuf: Bool = false,
        decode: @escaping WatchStream<Object>.Decode,
        rescue: @escaping WatchStream<Object>.Rescue = { (_, error) throws(KubeError) in throw error }
    ) async throws(KubeError) -> WatchStream<Object> {
        var request = KubeRequest.watch(type, selection, options)
        if offersProtobuf { request.accept = "\(ProtoObject.mediaType), application/json" }
        let response = try await answer(to: request)
        let isProtobuf = response.header("Content-Type")?.hasPrefix(ProtoObject.mediaType) == true
        return WatchStream(response.body, isProtobuf: isProtobuf, frameLimit: limits.object, decode: decode, rescue: rescue)
    }
}
