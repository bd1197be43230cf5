package import KubeCore

/// One level of a structural schema: `type`, `properties` and the rest as OpenAPI v3 and Kubernetes' extensions have them.
package final class SchemaNode: Sendable {
    package enum ValueType: String, Sendable, Hashable { case object, array, string, integer, number, boolean }

    package enum AdditionalProperties: Sendable {
        case undefined
        /// `additionalProperties: true`
        case anything
        case schema(SchemaNode)
    }

    package enum ListType: String, Sendable, Hashable { case atomic, set, map }
    package enum MapType: String, Sendable, Hashable { case atomic, granular }

    /// Nil only for int-or-string and for fields that preserve what they do not know.
    package let type: ValueType?
    package let description: String
    package let isNullable: Bool
    package let defaultValue: JSONValue?

    package let properties: [String: SchemaNode]
    /// The names of `properties`, sorted: every walk follows this order.
    package let propertyNames: [String]
    package let additionalProperties: AdditionalProperties
    package let items: SchemaNode?

    package let limits: ValueLimits
    let allOf: [SchemaNode]
    let anyOf: [SchemaNode]
    let oneOf: [SchemaNode]
    let not: SchemaNode?

    package let isIntOrString: Bool
    package let preservesUnknownFields: Bool
    package let isEmbeddedResource: Bool
    package let listType: ListType?
    package let listMapKeys: [String]
    package let mapType: MapType?
    /// `x-kubernetes-validations`
    package let rules: [ValidationRule]

    init(_ parts: SchemaParts) {
        type = parts.type
        description = parts.description
        isNullable = parts.isNullable
        defaultValue = parts.defaultValue
        properties = parts.properties
        propertyNames = parts.properties.keys.sorted()
        additionalProperties = parts.additionalProperties
        items = parts.items
        limits = parts.limits
        allOf = parts.allOf
        anyOf = parts.anyOf
        oneOf = parts.oneOf
        not = parts.not
        isIntOrString = parts.isIntOrString
        preservesUnknownFields = parts.preservesUnknownFields
        isEmbeddedResource = parts.isEmbeddedResource
        listType = parts.listType
        listMapKeys = parts.listMapKeys
        mapType = parts.mapType
        rules = parts.rules
    }

    /// The schema of a member: its property's, or that of all additional ones.
    package func schema(ofMember name: String) -> SchemaNode? {
        if let property = properties[name] { return property }
        if case .schema(let node) = additionalProperties { return node }
        return nil
    }
}

/// What a schema says of a value beyond its shape.
package struct ValueLimits: Sendable {
    package var required: [String] = []
    package var enumeration: [JSONValue] = []
    package var format = ""
    package var pattern: Pattern?
    package var minimum: Double?
    package var maximum: Double?
    package var exclusiveMinimum = false
    package var exclusiveMaximum = false
    package var multipleOf: Double?
    package var minLength: Int64?
    package var maxLength: Int64?
    package var minItems: Int64?
    package var maxItems: Int64?
    package var minProperties: Int64?
    package var maxProperties: Int64?

    package init() {}
}

/// One of `x-kubernetes-validations`.
package struct ValidationRule: Sendable, Hashable {
    package var rule = ""
    package var message = ""
    package var messageExpression = ""
    package var reason: Problem.Reason?
    package var fieldPath = ""
    package var optionalOldSelf: Bool?
}

/// The parts of a node while it is read.
struct SchemaParts {
    var type: SchemaNode.ValueType?
    var description = ""
    var isNullable = false
    var defaultValue: JSONValue?
    var properties: [String: SchemaNode] = [:]
    var additionalProperties = SchemaNode.AdditionalProperties.undefined
    var items: SchemaNode?
    var limits = ValueLimits()
    var allOf: [SchemaNode] = []
    var anyOf: [SchemaNode] = []
    var oneOf: [SchemaNode] = []
    var not: SchemaNode?
    var isIntOrString = false
    var preservesUnknownFields = false
    var isEmbeddedResource = false
    var listType: SchemaNode.ListType?
    var listMapKeys: [String] = []
    var mapType: SchemaNode.MapType?
    var rules: [ValidationRule] = []
}
