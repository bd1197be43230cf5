import KubeCore

/// RFC 6902. Errors: 422 for a failed test or a path that is not there, 400 for what is no patch, as the server answers.
enum JSONPatch {
    static func apply(_ patch: JSONValue, to target: JSONValue) throws(KubeError) -> JSONValue {
        guard let operations = patch.array else {
            throw .badRequest("error decoding patch: json: cannot unmarshal \(patch.typeName) into Go value of type jsonpatch.Patch")
        }
        var value = target
        for operation in operations { try apply(operation, &value) }
        return value
    }

    /// The server does not say what failed.
    private static let failed = KubeError.refused(
        422, "Invalid", "the server rejected our request due to an error in our request", details: Status.Details())

    private static func apply(_ operation: JSONValue, _ value: inout JSONValue) throws(KubeError) {
        let path = try pointer(operation["path"])
        switch operation["op"]?.string {
        case "add": try change(&value, path[...], .add(operation["value"] ?? .null))
        case "replace":
            guard get(value, path) != nil else { throw failed }
            try change(&value, path[...], .replace(operation["value"] ?? .null))
        case "remove":
            guard get(value, path) != nil else { throw failed }
            try change(&value, path[...], .remove)
        case "test":
            guard (get(value, path) ?? .null) == (operation["value"] ?? .null) else { throw failed }
        case "move", "copy":
            let from = try pointer(operation["from"])
            guard let moved = get(value, from) else { throw failed }
            if operation["op"] == "move" { try change(&value, from[...], .remove) }
            try change(&value, path[...], .add(moved))
        default: throw failed
        }
    }

    private static func pointer(_ text: JSONValue?) throws(KubeError) -> [String] {
        guard let text = text?.string, text.isEmpty || text.hasPrefix("/") else { throw failed }
        return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func get(_ value: JSONValue, _ path: [String]) -> JSONValue? {
        var value = value
        for part in path {
            switch value {
            case .object(let members):
                guard let member = members[part] else { return nil }
                value = member
            case .array(let items):
                guard let index = Int(part), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    private enum Change {
        case add(JSONValue)
        case replace(JSONValue)
        case remove
    }

    private static func change(_ value: inout JSONValue, _ path: ArraySlice<String>, _ change: Change) throws(KubeError) {
        guard let part = path.first else {
            switch change {
            case .add(let new), .replace(let new): value = new
            case .remove: value = .null
            }
            return
        }
        let isLast = path.count == 1
        switch value {
        case .object(var members):
            if isLast {
                switch change {
                case .add(let new), .replace(let new): members[part] = new
                case .remove: members[part] = nil
                }
            } else {
                guard var child = members[part] else { throw failed }
                try self.change(&child, path.dropFirst(), change)
                members[part] = child
            }
            value = .object(members)
        case .array(var items):
            if isLast, part == "-", case .add(let new) = change {
                items.append(new)
            } else {
                guard let index = Int(part), index >= 0, index < items.count || isLast && index == items.count else { throw failed }
                if isLast {
                    switch change {
                    case .add(let new): items.insert(new, at: index)
                    case .replace(let new):
                        guard index < items.count else { throw failed }
                        items[index] = new
                    case .remove:
                        guard index < items.count else { throw failed }
                        items.remove(at: index)
                    }
                } else {
                    try self.change(&items[index], path.dropFirst(), change)
                }
            }
            value = .array(items)
        default: throw failed
        }
    }
}
