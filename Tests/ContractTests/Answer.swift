import KubeCore
import Testing

/// What a server answered, whole.
struct Answer: Sendable, CustomStringConvertible {
    var request: String
    var status: Int
    /// A string where the answer is no JSON object.
    var body: JSONValue
    var headers: [HeaderField]

    var reason: String { body["reason"]?.string ?? "" }
    var message: String { body["message"]?.string ?? "" }
    var revision: Int64 { body["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } ?? 0 }
    var generation: Int64 { body["metadata"]?["generation"]?.integer ?? 0 }
    var uid: String { body["metadata"]?["uid"]?.string ?? "" }
    var name: String { body["metadata"]?["name"]?.string ?? "" }
    var items: [JSONValue] { body["items"]?.array ?? [] }
    var names: [String] { items.map { $0["metadata"]?["name"]?.string ?? "" } }
    var isDeleting: Bool { body["metadata"]?["deletionTimestamp"] != nil }
    var finalizers: [JSONValue] { body["metadata"]?["finalizers"]?.array ?? [] }

    var causes: [Cause] {
        (body["details"]?["causes"]?.array ?? []).map {
            Cause(reason: $0["reason"]?.string ?? "", field: $0["field"]?.string ?? "", message: $0["message"]?.string ?? "")
        }
    }

    struct Cause: Hashable, Sendable {
        var reason: String
        var field: String
        var message: String
    }

    /// The texts of `Warning: 299` headers, unquoted.
    var warnings: [String] {
        headers.filter { $0.name.lowercased() == "warning" }.map { field in
            let quoted = String(field.value.dropFirst("299 - \"".count).dropLast())
            return quoted.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    func cause(at field: String) -> Cause? { causes.first { $0.field == field } }

    /// The managed fields' entry of a manager.
    func managed(by manager: String, _ operation: String, subresource: String? = nil) -> JSONValue? {
        body["metadata"]?["managedFields"]?.array?.first {
            $0["manager"]?.string == manager && $0["operation"]?.string == operation && $0["subresource"]?.string == subresource
        }
    }

    var description: String { "\(request) → \(status) \(body.text().prefix(1500))" }

    /// Itself, when the status is one of these. Errors: `UnexpectedAnswer`.
    @discardableResult
    func expecting(_ statuses: Int..., reason wanted: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws -> Answer {
        try #require(statuses.contains(status), "\(self)", sourceLocation: sourceLocation)
        if let wanted { try #require(reason == wanted, "\(self)", sourceLocation: sourceLocation) }
        return self
    }
}
