import KubeCore
import KubeRuntime
import Synchronization

extension ObjectDecoder {
    typealias Read<Object> = @Sendable (ArraySlice<UInt8>, inout StringPool) throws(KubeError) -> Object

    /// From either form to the same view, with one pool of texts.
    init<Object: KubeResource>(
        _ view: @escaping @Sendable (Object) -> Value?, json: @escaping Read<Object>, protobuf: @escaping Read<Object>
    ) {
        let pool = Mutex(StringPool())
        func decoder(_ read: @escaping Read<Object>) -> Decode {
            { (bytes) throws(KubeError) in
                try pool.withLock { (pool) throws(KubeError) in
                    let object = try read(bytes, &pool)
                    return DecodedObject(key: object.key, revision: object.metadata.resourceVersion ?? "", value: view(object))
                }
            }
        }
        self.init(Object.type, protobuf: decoder(protobuf), decoder(json))
    }
}
