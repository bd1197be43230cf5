import FoundationEssentials

extension KubeResource {
    /// Errors: `.malformedResponse` that names the kind and the field.
    package init(json bytes: [UInt8]) throws(KubeError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            throw KubeError(.malformedResponse, "\(Self.type.kind): \(Self.explain(error))")
        }
    }

    package init(_ value: JSONValue) throws(KubeError) { try self.init(json: value.serialized) }

    /// The object as the API takes it: absent fields are left out.
    package func jsonValue() throws(KubeError) -> JSONValue {
        do {
            return try JSONValue(parsing: Array(JSONEncoder().encode(self)))
        } catch {
            throw KubeError(.internalError, "\(Self.type.kind) cannot be written as JSON: \(error)")
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            "\(path(context.codingPath)): \(context.debugDescription)"
        case DecodingError.keyNotFound(let key, let context):
            "\(path(context.codingPath + [key])): missing"
        default: "\(error)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "(top)" : keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
