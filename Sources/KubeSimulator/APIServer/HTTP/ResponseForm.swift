import KubeCore

/// In which form the client wants an answer.
enum ResponseForm: Sendable, Hashable {
    case object
    case table
    case partialMetadata
    /// Of nodes and pods that are watched; elsewhere whoever prefers it accepts JSON as well.
    case protobuf

    /// Errors: 406 when nothing that is accepted can be made.
    init(accept: String, hasProtobuf: Bool = false) throws(KubeError) {
        let ranges = accept.split(separator: ",").map { $0.filter { $0 != " " } }
        if ranges.isEmpty {
            self = .object
            return
        }
        for range in ranges {
            let parts = range.split(separator: ";").map(String.init)
            if hasProtobuf, parts.first == ProtobufObject.contentType, !parts.contains(where: { $0.hasPrefix("as=") }) {
                self = .protobuf
                return
            }
            guard let media = parts.first, ["application/json", "application/*", "*/*", "application/yaml"].contains(media) else {
                continue
            }
            let parameters = Set(parts.dropFirst())
            guard let form = parameters.first(where: { $0.hasPrefix("as=") }) else {
                self = .object
                return
            }
            guard parameters.contains("g=meta.k8s.io"), parameters.contains("v=v1") else { continue }
            switch form {
            case "as=Table": self = .table
            case "as=PartialObjectMetadata", "as=PartialObjectMetadataList": self = .partialMetadata
            default: continue
            }
            return
        }
        // A client that accepts protobuf alone gets JSON rather than nothing.
        if ranges.contains(where: { $0.hasPrefix("application/vnd.kubernetes.protobuf") }) {
            self = .object
            return
        }
        throw .refused(
            406, "NotAcceptable",
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf")
    }
}

extension APICall {
    /// The form that the client wants. Errors: 406, for built-in kinds in the words of the router before them.
    func form(_ definition: ResourceDefinition, isStream: Bool = false) throws(KubeError) -> ResponseForm {
        do throws(KubeError) {
            let schema = ProtobufSchema.shared
            let isReadable = schema.readableMessage(apiVersion: apiVersion, kind: definition.type.kind) != nil
            return try ResponseForm(accept: request.accept, hasProtobuf: isStream && isReadable)
        } catch {
            if definition.isCustom { throw error }
            var media = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
            if ["list", "watch"].contains(attributes.verb) {
                media += ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
            }
            throw .refused(
                406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: \(media)", details: Status.Details())
        }
    }
}

/// A response before it is bytes.
enum Answer: Sendable {
    case json(Int, JSONValue)
    case bytes(Int, [UInt8])
    case text(Int, String)
    case stream(KubeBody)

    static let notFound = Answer.text(404, "404 page not found\n")
}
