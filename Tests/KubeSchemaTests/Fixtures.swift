import KubeCore
import KubeSchema
import KubeYAML
import Testing

/// The schema of the recordings' Widget, as a real API server 1.36 took it.
enum Widget {
    static let yaml = """
        type: object
        description: Widget is an example.
        required: [spec]
        properties:
          spec:
            type: object
            description: What is wanted.
            required: [size]
            x-kubernetes-validations:
            - {rule: "!has(self.min) || !has(self.max) || self.min <= self.max", message: min must not be above max}
            - rule: "!has(oldSelf.serial) || (has(self.serial) && self.serial == oldSelf.serial)"
              message: serial is immutable
            properties:
              size: {type: integer, minimum: 1, maximum: 100, description: "How big, in units."}
              color: {type: string, enum: [Red, Green], default: Green}
              serial: {type: string, maxLength: 20}
              min: {type: integer}
              max: {type: integer}
              limit: {x-kubernetes-int-or-string: true, default: 10%}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    count: {type: integer, default: 1}
          status:
            type: object
            properties:
              phase: {type: string}
              conditions:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [type]
                items:
                  type: object
                  required: [type, status]
                  properties:
                    type: {type: string}
                    status: {type: string}
                    lastTransitionTime: {type: string, format: date-time}
                    observedGeneration: {type: integer, format: int64}
        """

    static func schema() throws -> StructuralSchema { try schemaOf(yaml) }
}

func schemaOf(_ yaml: String) throws -> StructuralSchema {
    try StructuralSchema(json: YAMLDocument.parseOne(yaml).value)
}

func json(_ yaml: String) throws -> JSONValue { try YAMLDocument.parseOne(yaml).value }

/// What the server prints behind `"name" is invalid: `; empty when the object is accepted.
func refusal(_ schema: StructuralSchema, _ yaml: String, old: String? = nil) throws -> String {
    var value = try json(yaml)
    _ = schema.prune(&value)
    schema.applyDefaults(to: &value)
    let problems = schema.validate(value, old: try old.map { try json($0) })
    return problems.isEmpty ? "" : problems.aggregatedMessage
}

/// A policy as the server stores it: pruned and completed.
func defaulted(_ yaml: String) throws -> JSONValue {
    var policy = try json(yaml)
    let schema = try DefinitionFile.auditPolicies.schema
    #expect(schema.prune(&policy) == [])
    schema.applyDefaults(to: &policy)
    return policy
}

/// Why a policy or a record is refused; empty when it is not.
func objections(of schema: StructuralSchema, to yaml: String) throws -> String {
    var policy = try json(yaml)
    let unknown = schema.prune(&policy)
    if !unknown.isEmpty { return "unknown: " + unknown.map(\.description).joined(separator: ", ") }
    schema.applyDefaults(to: &policy)
    let problems = schema.validate(policy)
    return problems.map(\.description).filter { !$0.hasPrefix("<nil>: Invalid value: null: some") }.joined(separator: "; ")
}
