import KubeCore
import KubeSchema
import KubeYAML

extension APICall {
    /// The object in the body, checked against the path: version, kind, namespace and name; in storage form.
    /// `duplicates`: members that appear twice.
    func decodeObject(_ definition: ResourceDefinition) throws(KubeError) -> (value: JSONValue, duplicates: [String]) {
        let media = request.contentType.map { String($0.prefix { $0 != ";" }) } ?? "application/json"
        guard ["application/json", "application/yaml", ""].contains(media) else {
            throw .refused(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, "
                    + "application/vnd.kubernetes.protobuf")
        }
        let (value, duplicates) = try Self.parse(request.body, definition, isYAML: media == "application/yaml")
        return (try check(value, definition), duplicates)
    }

    static func parse(
        _ bytes: [UInt8], _ definition: ResourceDefinition, isYAML: Bool
    ) throws(KubeError) -> (value: JSONValue, duplicates: [String]) {
        let unrecognized = "the object provided is unrecognized (must be of type \(definition.type.kind)): couldn't get version/kind; "
        do throws(JSONError) {
            let (value, duplicates) = try JSONValue.parsingStrictly(bytes)
            if value.object != nil { return (value, duplicates) }
        } catch {
            if isYAML, bytes.first != UInt8(ascii: "{") { return (try YAMLBody.parse(bytes), []) }
            let message = GoJSON.message(for: error, in: bytes)
            throw .badRequest("\(unrecognized)json parse error: \(message) (\(summary(of: bytes)))")
        }
        throw .badRequest("\(unrecognized)json parse error: json: cannot unmarshal into Go value of type struct (\(summary(of: bytes)))")
    }

    private static func summary(of bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "<empty>" }
        let head = bytes.prefix(30)
        let isCut = bytes.count > 30
        if bytes[0] == UInt8(ascii: "{") { return String(decoding: head, as: UTF8.self) + (isCut ? " ..." : "") }
        let digits = head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return digits + (isCut ? " ..." : "")
    }

    /// Body against path.
    func check(_ value: JSONValue, _ definition: ResourceDefinition) throws(KubeError) -> JSONValue {
        var value = value
        let kind = value["kind"]?.string ?? ""
        let version = value["apiVersion"]?.string ?? ""
        let name = value["metadata"]?["name"]?.string ?? ""
        if definition.isCustom {
            if kind.isEmpty || version.isEmpty {
                let missing = kind.isEmpty ? "Kind" : "apiVersion"
                throw .badRequest("Object '\(missing)' is missing in '\(value.text())'")
            }
            if version != apiVersion {
                throw .badRequest("the API version in the data (\(version)) does not match the expected API version (\(apiVersion))")
            }
            if kind != definition.type.kind {
                throw .invalid(
                    GroupResource(group: definition.type.group, resource: kind), name,
                    [.invalid("kind", .string(kind), "must be \(definition.type.kind)")])
            }
        } else {
            if !version.isEmpty, version != apiVersion {
                throw .badRequest("the API version in the data (\(version)) does not match the expected API version (\(apiVersion))")
            }
            if !kind.isEmpty, kind != definition.type.kind {
                throw .badRequest(
                    "\(kind) in version \"\(attributes.version)\" cannot be handled as a \(definition.type.kind): "
                        + "no kind \"\(kind)\" is registered for version \"\(apiVersion)\"")
            }
        }
        let namespace = value["metadata"]?["namespace"]?.string ?? ""
        if definition.type.isNamespaced, !namespace.isEmpty, namespace != attributes.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        if attributes.verb == "update", name != attributes.name {
            throw .badRequest(
                name.isEmpty
                    ? "the name of the object is required"
                    : "the name of the object (\(name)) does not match the name on the URL (\(attributes.name))")
        }
        if definition.storage != definition.groupResource { value = CoreEvent.toStorage(value) }
        return value
    }
}

extension ResourceDefinition {
    /// Removes what the kind does not have and says so as the client asked: not at all, with warnings, or with a refusal.
    func prune(
        _ value: inout JSONValue, duplicates: [String], apiVersion: String, _ validation: FieldValidation
    ) -> (warnings: [String], refusal: String?) {
        let unknown: [String]
        if custom == nil, let problem = storageFields.decodingProblem(of: value) { return ([], problem) }
        if let custom {
            let version = custom.versions.first { apiVersion.hasSuffix("/\($0.name)") }
            unknown = version?.schema?.prune(&value).map(\.description) ?? []
        } else {
            unknown = storageFields.unknownMembers(of: value)
        }
        let complaints = unknown.map { "unknown field \"\($0)\"" } + duplicates.map { "duplicate field \"\($0)\"" }
        switch validation {
        case .ignore: return ([], nil)
        case .warn: return (complaints, nil)
        case .strict:
            return ([], complaints.isEmpty ? nil : "strict decoding error: \(complaints.joined(separator: ", "))")
        }
    }

    /// The fields of the form in which objects are kept.
    var storageFields: FieldType { storage == groupResource ? fields : BuiltinTypes.type("Event") }
}

extension FieldType {
    /// Paths of members that the type does not have, in order.
    func unknownMembers(of value: JSONValue, at path: String = "") -> [String] {
        switch self {
        case .object(let type, _):
            return (value.object ?? [:]).sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
                let place = path.isEmpty ? name : "\(path).\(name)"
                guard let known = type.members[name] else { return type.acceptsUnknown ? [] : [place] }
                return known.type.unknownMembers(of: member, at: place)
            }
        case .map(let element, _):
            return (value.object ?? [:]).sorted { $0.key < $1.key }.flatMap { element.unknownMembers(of: $1, at: "\(path).\($0)") }
        case .list(let element, _):
            return (value.array ?? []).enumerated().flatMap { element.unknownMembers(of: $1, at: "\(path)[\($0)]") }
        default: return []
        }
    }
}

/// YAML in request bodies.
enum YAMLBody {
    static func parse(_ bytes: [UInt8]) throws(KubeError) -> JSONValue {
        do throws(YAMLError) {
            return try YAMLDocument.parseOne(String(decoding: bytes, as: UTF8.self)).value
        } catch {
            throw .badRequest("error decoding YAML: \(error.message)")
        }
    }
}
