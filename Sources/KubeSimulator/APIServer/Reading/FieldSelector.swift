import KubeCore

/// `metadata.name=a,spec.nodeName!=b`, evaluated on stored objects.
struct FieldSelector: Sendable {
    struct Term: Sendable {
        var field: String
        var isNegated: Bool
        var value: String
    }

    var terms: [Term]

    /// Errors: 400 for a field that the kind cannot be selected by.
    init(_ text: String, _ definition: ResourceDefinition) throws(KubeError) {
        terms = []
        for part in Self.split(text) {
            guard let (field, isNegated, value) = Self.term(part) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
            guard definition.selectableFields.contains(field) else { throw .badRequest("field label not supported: \(field)") }
            terms.append(Term(field: field, isNegated: isNegated, value: value))
        }
    }

    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        parts.append(current)
        return parts.filter { !$0.isEmpty }
    }

    private static func term(_ text: String) -> (String, Bool, String)? {
        for (symbol, isNegated) in [("!=", true), ("==", false), ("=", false)] {
            guard let range = text.firstRange(of: symbol) else { continue }
            return (String(text[..<range.lowerBound]), isNegated, String(text[range.upperBound...]))
        }
        return nil
    }

    /// The one name that can match, when the selector says.
    var name: String? { terms.first { $0.field == "metadata.name" && !$0.isNegated }?.value }

    func matches(_ object: StoredObject) -> Bool {
        terms.allSatisfy { term in
            let value: String =
                switch term.field {
                case "metadata.name": object.key.name
                case "metadata.namespace": object.key.namespace
                default: Self.value(of: term.field, in: object.value)
                }
            return (value == term.value) != term.isNegated
        }
    }

    private static func value(of field: String, in object: JSONValue) -> String {
        var path = field
        // Events are kept in the form of events.k8s.io.
        if path.hasPrefix("involvedObject.") { path = "regarding." + path.dropFirst("involvedObject.".count) }
        if path == "reportingComponent" || path == "source" {
            path = object["reportingController"]?.string?.isEmpty == false ? "reportingController" : "deprecatedSource.component"
        }
        switch object[path.split(separator: ".").map(String.init)] {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        default: return path == "spec.unschedulable" ? "false" : ""
        }
    }
}

extension ResourceDefinition {
    var selectableFields: Set<String> {
        let always: Set<String> = type.isNamespaced || isCustom ? ["metadata.name", "metadata.namespace"] : ["metadata.name"]
        switch storage.description {
        case "pods":
            return always.union([
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
                "status.podIP", "status.nominatedNodeName",
            ])
        case "nodes": return always.union(["spec.unschedulable"])
        case "namespaces": return always.union(["status.phase"])
        case "secrets": return always.union(["type"])
        case "events.events.k8s.io":
            let subject = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
            return always.union(subject.map { "involvedObject.\($0)" }).union(subject.map { "regarding.\($0)" })
                .union(["reason", "reportingComponent", "reportingController", "source", "type"])
        default: return always
        }
    }
}
