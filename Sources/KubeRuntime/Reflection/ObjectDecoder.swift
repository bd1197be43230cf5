import KubeClient
package import KubeCore

/// One object as a reflector takes it in.
package struct DecodedObject<Value: Sendable>: Sendable {
    package var key: ObjectKey
    package var revision: String
    /// nil: of no interest, and treated as absent.
    package var value: Value?

    package init(key: ObjectKey, revision: String, value: Value?) {
        self.key = key
        self.revision = revision
        self.value = value
    }
}

/// From an object's JSON to the slim value that is kept.
package struct ObjectDecoder<Value: Sendable>: Sendable {
    package typealias Decode = @Sendable (ArraySlice<UInt8>) throws(KubeError) -> DecodedObject<Value>

    package let type: ResourceType
    /// From JSON, which every server speaks of every kind.
    package let decode: Decode
    /// From its protobuf message, for kinds of the API server's own of which there are many; nil for others.
    package let decodeProtobuf: Decode?

    package init(_ type: ResourceType, protobuf: Decode? = nil, _ decode: @escaping Decode) {
        self.type = type
        decodeProtobuf = protobuf
        self.decode = decode
    }

    func callAsFunction(_ bytes: ObjectBytes) throws(KubeError) -> DecodedObject<Value> {
        switch bytes {
        case .json(let bytes): return try decode(bytes)
        case .protobuf(let bytes):
            guard let decodeProtobuf else { throw KubeError(.malformedResponse, "protobuf that nobody asked for") }
            return try decodeProtobuf(bytes)
        }
    }

    /// Through the typed object; `transform` picks what is kept.
    package init<Object: KubeResource>(of kind: Object.Type, _ transform: @escaping @Sendable (Object) -> Value?) {
        self.init(Object.type) { (bytes) throws(KubeError) in
            let object = try Object(json: Array(bytes))
            return DecodedObject(key: object.key, revision: object.metadata.resourceVersion ?? "", value: transform(object))
        }
    }
}

extension ObjectDecoder where Value: Packable {
    /// The same, kept as bytes: for kinds of which there are as many as nodes.
    package func packed() -> ObjectDecoder<Packed<Value>> {
        func packing(_ decode: @escaping Decode) -> ObjectDecoder<Packed<Value>>.Decode {
            { (bytes) throws(KubeError) in
                let object = try decode(bytes)
                return DecodedObject(key: object.key, revision: object.revision, value: object.value.map { Packed($0) })
            }
        }
        return ObjectDecoder<Packed<Value>>(type, protobuf: decodeProtobuf.map(packing), packing(decode))
    }
}

/// The identity of an object, read without understanding the rest of it.
struct ObjectHeader {
    var key: ObjectKey
    var revision: String

    init(_ bytes: ObjectBytes) throws(KubeError) {
        switch bytes {
        case .json(let bytes): try self.init(json: bytes)
        case .protobuf(let bytes):
            let header = try ProtoHeader(bytes)
            guard !header.key.name.isEmpty, !header.revision.isEmpty else { throw Self.unidentified }
            self.init(key: header.key, revision: header.revision)
        }
    }

    private init(key: ObjectKey, revision: String) {
        self.key = key
        self.revision = revision
    }

    private static let unidentified = KubeError(.malformedResponse, "an object without name or revision")

    private init(json bytes: ArraySlice<UInt8>) throws(KubeError) {
        var name: String?
        var namespace: String?
        var revision: String?
        var cursor = JSONCursor(bytes)
        try cursor.members { (cursor, key) throws(KubeError) in
            guard key.spells("metadata") else { return try cursor.skipValue() }
            try cursor.members { (cursor, key) throws(KubeError) in
                if key.spells("name") {
                    name = try cursor.string()
                } else if key.spells("namespace") {
                    namespace = try cursor.string()
                } else if key.spells("resourceVersion") {
                    revision = try cursor.string()
                } else {
                    try cursor.skipValue()
                }
            }
        }
        guard let name, let revision else { throw Self.unidentified }
        self.init(key: ObjectKey(namespace: namespace ?? "", name: name), revision: revision)
    }
}
