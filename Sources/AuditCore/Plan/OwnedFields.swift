package import KubeCore

/// The part of an object that a manifest speaks of: what "the fields we own" are compared by.
///
/// Objects are followed by member, lists of objects with a merge key by that key, all other values whole, as
/// server-side apply has it for the kinds that nodeaudit applies.
package enum OwnedFields {
    /// What `object` says at the places where `manifest` says something. Members it lacks are left out.
    package static func projection(of object: JSONValue, onto manifest: JSONValue) -> JSONValue {
        switch (manifest, object) {
        case (.object(let wanted), .object(let found)):
            var result: [String: JSONValue] = [:]
            for (key, value) in wanted {
                guard let other = found[key] else { continue }
                result[key] = projection(of: other, onto: value)
            }
            return .object(result)
        case (.array(let wanted), .array(let found)):
            guard let key = mergeKey(of: wanted) else { return object }
            return .array(
                wanted.compactMap { element in
                    found.first { $0[key] == element[key] }.map { projection(of: $0, onto: element) }
                })
        default: return object
        }
    }

    /// Paths at which two projections differ, sorted.
    package static func differences(_ left: JSONValue, _ right: JSONValue, at path: String = "") -> [String] {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            let keys = Set(left.keys).union(right.keys).sorted()
            return keys.flatMap { key in
                differences(left[key] ?? .null, right[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (.array(let left), .array(let right)) where left.count == right.count:
            return zip(left, right).enumerated().flatMap { index, pair in
                differences(pair.0, pair.1, at: "\(path)[\(pair.0["name"]?.string ?? String(index))]")
            }
        default: return left == right ? [] : [path]
        }
    }

    /// Lists of containers, volumes, variables and mounts merge by these keys; tolerations, terms and texts are atomic.
    private static func mergeKey(of elements: [JSONValue]) -> String? {
        ["name", "mountPath", "containerPort", "uid"].first { key in
            !elements.isEmpty && elements.allSatisfy { $0[key] != nil } && Set(elements.compactMap { $0[key] }).count == elements.count
        }
    }
}
