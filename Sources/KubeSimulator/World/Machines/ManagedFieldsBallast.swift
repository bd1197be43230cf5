import KubeCore

/// Managed fields as a kubelet leaves them, made from the object itself: for size and shape, where nobody asks who owns what.
enum ManagedFieldsBallast {
    static func entries(of object: JSONValue, manager: String, now: Timestamp) -> JSONValue {
        var main: JSONValue = [:]
        if let metadata = object["metadata"] {
            var owned: JSONValue = [:]
            for member in ["labels", "annotations"] { owned["f:\(member)"] = metadata[member].map(fields) }
            main["f:metadata"] = owned
        }
        main["f:spec"] = object["spec"].map(fields)
        var entries: [JSONValue] = [entry(manager, main, now, subresource: nil)]
        if let status = object["status"], status.object?.isEmpty == false {
            entries.append(entry("kubelet", ["f:status": fields(status)], now, subresource: "status"))
        }
        return .array(entries)
    }

    private static func entry(_ manager: String, _ fields: JSONValue, _ now: Timestamp, subresource: String?) -> JSONValue {
        var entry: JSONValue = [
            "manager": .string(manager), "operation": "Update", "apiVersion": "v1", "time": .string(now.description),
            "fieldsType": "FieldsV1", "fieldsV1": fields,
        ]
        entry["subresource"] = subresource.map { .string($0) }
        return entry
    }

    private static func fields(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(Dictionary(members.map { ("f:\($0)", fields($1)) }) { first, _ in first })
        case .array(let elements):
            var result: [String: JSONValue] = [:]
            for element in elements {
                guard let key = ["type", "name", "key"].first(where: { element[$0]?.string != nil }), let text = element[key] else {
                    continue
                }
                var owned = fields(element)
                owned["."] = [:]
                result["k:{\"\(key)\":\(text.text())}"] = owned
            }
            return .object(result)
        default: return [:]
        }
    }
}
