import KubeCore

extension ResourceDefinition {
    /// `meta.k8s.io/v1 Table`, without the list's metadata.
    func table(of objects: [JSONValue], call: APICall, now: Timestamp, isList: Bool) -> JSONValue {
        let columns = tableColumns
        let include = call.query["includeObject"] ?? "Metadata"
        let rows: [JSONValue] = objects.map { object in
            var row: JSONValue = ["cells": .array(columns.map { $0.cell(object, now) })]
            switch include {
            case "None": row["object"] = nil
            case "Object": row["object"] = object
            default: row["object"] = object.partialMetadata
            }
            return row
        }
        var metadata: JSONValue = [:]
        if !isList, let version = objects.first?["metadata"]?["resourceVersion"] { metadata["resourceVersion"] = version }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(columns.map(\.definition)), "rows": .array(rows),
        ]
    }

    fileprivate var tableColumns: [TableColumn] {
        if let special = TableColumn.builtin[storage] {
            // An event is known by what it tells; its name stands last.
            return special.contains { $0.name == "Name" } ? special : [.name] + special
        }
        if isCustom {
            let age = PrinterColumn(
                name: "Age", type: "date", description: TableColumn.createdAt.description, jsonPath: ".metadata.creationTimestamp")
            return [.name] + (columns.isEmpty ? [age] : columns).map(TableColumn.init)
        }
        return [.name, .createdAt]
    }
}

/// A column with the way to its cells.
struct TableColumn: Sendable {
    var name: String
    var type = "string"
    var format = ""
    var description = ""
    var priority: Int64 = 0
    var cell: @Sendable (JSONValue, Timestamp) -> JSONValue

    var definition: JSONValue {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": .string(description),
            "priority": .integer(priority),
        ]
    }

    static let name = TableColumn(
        name: "Name", format: "name",
        description:
            "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client "
            + "to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and "
            + "configuration definition. Cannot be updated. More info: "
            + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
    ) { object, _ in object["metadata"]?["name"] ?? "" }

    static let age = TableColumn(
        name: "Age", type: "string",
        description: "CreationTimestamp is a timestamp representing the server time when this object was created."
    ) { object, now in .string(Age.text(since: object["metadata"]?["creationTimestamp"]?.string, now)) }

    static let createdAt = TableColumn(
        name: "Created At", type: "date",
        description:
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be "
            + "set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form "
            + "and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
    ) { object, _ in object["metadata"]?["creationTimestamp"] ?? .null }
}

extension TableColumn {
    /// A custom kind's printer column.
    init(_ column: PrinterColumn) {
        let path = JSONPath(column.jsonPath)
        self.init(
            name: column.name, type: column.type, format: column.format, description: column.description, priority: column.priority
        ) { object, now in
            guard let value = path.values(in: object).first else { return .null }
            switch column.type {
            case "date": return .string(Age.text(since: value.string, now))
            case "integer": return value.integer.map { .integer($0) } ?? .null
            case "number": return value.number.map { .number($0) } ?? .null
            case "boolean": return value.bool.map { .bool($0) } ?? .null
            default:
                let texts = path.values(in: object).map { $0.string ?? $0.text() }
                return .string(texts.joined(separator: ","))
            }
        }
    }
}

/// `3s`, `5m12s`, `2d3h`: how kubectl and the server write ages.
enum Age {
    static func text(since time: String?, _ now: Timestamp) -> String {
        guard let time else { return "<unknown>" }
        guard let start = Timestamp(time) else { return "<invalid>" }
        let seconds = now.seconds - start.seconds
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if hours < 192 { return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h" }
        if hours < 17_520 { return "\(days)d" }
        let years = days / 365
        if years < 8 { return days % 365 == 0 ? "\(years)y" : "\(years)y\(days % 365)d" }
        return "\(years)y"
    }
}
