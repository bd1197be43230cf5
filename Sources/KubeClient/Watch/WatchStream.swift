package import KubeCore

/// The events of one watch, pulled one by one. One reader; dropping it or cancelling its task ends the exchange.
package struct WatchStream<Object: Sendable>: Sendable {
    /// From an object's JSON to what is wanted of it. It must refuse text that goes on behind the object.
    package typealias Decode = @Sendable (ArraySlice<UInt8>) throws(KubeError) -> Object
    /// What becomes of an object that was refused; throws to end the watch.
    package typealias Rescue = @Sendable (ArraySlice<UInt8>, KubeError) throws(KubeError) -> Object

    private let body: KubeBody
    private let decode: Decode
    private let rescue: Rescue
    private var frames: WatchFrames

    package init(
        _ body: KubeBody, frameLimit: Int = 16 << 20, decode: @escaping Decode,
        rescue: @escaping Rescue = { (_, error) throws(KubeError) in throw error }
    ) {
        self.body = body
        self.decode = decode
        self.rescue = rescue
        frames = WatchFrames(limit: frameLimit)
    }

    /// nil at the end of the stream; a frame cut off by it is dropped, since the next watch sends it again.
    ///
    /// Errors: `.malformedResponse` for a frame that is no event, `.tooLarge`, and those of the transport.
    package mutating func next() async throws(KubeError) -> WatchEvent<Object>? {
        while true {
            if let frame = try frames.next() { return try event(in: frame) }
            guard let chunk = try await body.next() else { return nil }
            frames.append(chunk)
        }
    }

    func event(in frame: ArraySlice<UInt8>) throws(KubeError) -> WatchEvent<Object> {
        if let plain = PlainEvent(frame) {
            do throws(KubeError) {
                return plain.kind.event(try decode(plain.object))
            } catch {
                // Nothing for us, or not so plain: now it is taken apart properly.
            }
        }
        let envelope = try WatchEnvelope(frame)
        if let kind = ObjectEvent(rawValue: envelope.type) {
            do throws(KubeError) {
                return kind.event(try decode(envelope.object))
            } catch {
                return kind.event(try rescue(envelope.object, error))
            }
        }
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
        try await watch(Object.type, selection, options) { (bytes) throws(KubeError) in try Object(json: Array(bytes)) }
    }

    /// The same with the objects' JSON decoded by the caller.
    package func watch<Object: Sendable>(
        _ type: ResourceType, _ selection: Selection, _ options: WatchOptions, decode: @escaping WatchStream<Object>.Decode,
        rescue: @escaping WatchStream<Object>.Rescue = { (_, error) throws(KubeError) in throw error }
    ) async throws(KubeError) -> WatchStream<Object> {
        WatchStream(try await stream(.watch(type, selection, options)), frameLimit: limits.object, decode: decode, rescue: rescue)
    }
}
