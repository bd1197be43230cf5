import KubeCore

/// A set of field paths as `managedFields` keeps them: a trie whose edges are `f:name`, `k:{…}`, `v:…` and `i:0`.
struct FieldSet: Sendable, Equatable {
    /// Whether the path to here is in the set.
    var isMember = false
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    mutating func insert(_ path: ArraySlice<String>) {
        guard let first = path.first else {
            isMember = true
            return
        }
        children[first, default: FieldSet()].insert(path.dropFirst())
    }

    mutating func insert(_ path: [String]) { insert(path[...]) }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember || other.isMember
        for (edge, child) in other.children { result.children[edge] = result.children[edge]?.union(child) ?? child }
        return result
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && !other.isMember)
        for (edge, child) in children {
            let left = other.children[edge].map { child.subtracting($0) } ?? child
            if !left.isEmpty { result.children[edge] = left }
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && other.isMember)
        for (edge, child) in children {
            guard let both = other.children[edge].map({ child.intersection($0) }), !both.isEmpty else { continue }
            result.children[edge] = both
        }
        return result
    }

    /// Without the paths and everything below them.
    func removing(_ paths: [[String]]) -> FieldSet {
        var result = self
        for path in paths { result.remove(path[...]) }
        return result
    }

    private mutating func remove(_ path: ArraySlice<String>) {
        guard let first = path.first, var child = children[first] else { return }
        if path.count == 1 {
            children[first] = nil
            return
        }
        child.remove(path.dropFirst())
        children[first] = child.isEmpty ? nil : child
    }

    /// Without the paths themselves; what is below them stays.
    func removingMembers(_ paths: [[String]]) -> FieldSet {
        var other = FieldSet()
        for path in paths { other.insert(path) }
        return subtracting(other)
    }

    /// All paths, in the server's order: by edge, parents first.
    var paths: [[String]] {
        var result: [[String]] = isMember ? [[]] : []
        for edge in children.keys.sorted() {
            result += (children[edge]?.paths ?? []).map { [edge] + $0 }
        }
        return result
    }

    // MARK: fieldsV1

    var json: JSONValue {
        var members: [String: JSONValue] = children.mapValues { $0.json }
        if isMember, !children.isEmpty { members["."] = [:] }
        return .object(members)
    }

    init(isMember: Bool = false) { self.isMember = isMember }

    /// Reads `fieldsV1`. A leaf is a member; an inner node only when it carries `"."`.
    init(json: JSONValue) {
        let members = json.object ?? [:]
        isMember = members.isEmpty || members["."] != nil
        for (edge, child) in members where edge != "." { children[edge] = FieldSet(json: child) }
    }

    /// `.spec.containers[name="c"].image`
    static func text(of path: [String]) -> String {
        path.map { edge in
            let body = String(edge.dropFirst(2))
            switch edge.prefix(2) {
            case "f:": return ".\(body)"
            case "v:": return "[=\(body)]"
            case "i:": return "[\(body)]"
            default:
                do throws(JSONError) {
                    let key = try JSONValue(parsing: body)
                    let parts = (key.object ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text())" }
                    return "[\(parts.joined(separator: ","))]"
                } catch {
                    return "[\(body)]"
                }
            }
        }.joined()
    }
}
