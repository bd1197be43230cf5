import KubeCore
import Yams

/// Turns composed nodes into JSON values and keeps their places; counts nodes, so that no nest of aliases grows beyond a bound.
struct YAMLConversion {
    let file: String
    var remainingNodes: Int
    static let maximumDepth = 512

    private func failure(_ message: String, at mark: Mark?) -> YAMLError {
        YAMLError(file: file, position: mark.map { YAMLPosition($0) }, message: message)
    }

    mutating func convert(_ node: Yams.Node, depth: Int) throws(YAMLError) -> (JSONValue, PlaceTree) {
        remainingNodes -= 1
        guard remainingNodes >= 0 else { throw failure("the document is too large once its aliases are expanded", at: node.mark) }
        guard depth <= Self.maximumDepth else { throw failure("the document has more than \(Self.maximumDepth) levels", at: node.mark) }
        var place = PlaceTree(position: node.mark.map { YAMLPosition($0) } ?? YAMLPosition(line: 1, column: 1))
        switch node {
        case .scalar(let scalar): return (try convert(scalar), place)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for child in sequence {
                let (value, childPlace) = try convert(child, depth: depth + 1)
                elements.append(value)
                place.elements.append(childPlace)
            }
            return (.array(elements), place)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            try convert(mapping, into: &members, &place, depth: depth)
            return (.object(members), place)
        case .alias(let alias): throw failure("unresolved alias \(alias.anchor.rawValue)", at: alias.mark)
        }
    }

    private mutating func convert(
        _ mapping: Yams.Node.Mapping, into members: inout [String: JSONValue], _ place: inout PlaceTree, depth: Int
    ) throws(YAMLError) {
        var merged: [Yams.Node.Mapping] = []
        for (keyNode, valueNode) in mapping {
            guard let keyScalar = keyNode.scalar else { throw failure("a key must be a scalar", at: keyNode.mark) }
            if keyScalar.style == .plain, keyScalar.string == "<<" {
                merged += try mergedMappings(valueNode)
                continue
            }
            let key = try key(keyScalar)
            var (value, child) = try convert(valueNode, depth: depth + 1)
            if let mark = keyNode.mark { child.position = YAMLPosition(mark) }
            guard members.updateValue(value, forKey: key) == nil else {
                throw failure("the key \"\(key)\" appears more than once in this mapping", at: keyNode.mark)
            }
            place.members[key] = child
        }
        // Own keys win over merged ones, and earlier merged mappings over later ones.
        for source in merged {
            var sourceMembers: [String: JSONValue] = [:]
            var sourcePlace = place
            sourcePlace.members = [:]
            try convert(source, into: &sourceMembers, &sourcePlace, depth: depth + 1)
            members.merge(sourceMembers) { own, _ in own }
            place.members.merge(sourcePlace.members) { own, _ in own }
        }
    }

    private func mergedMappings(_ node: Yams.Node) throws(YAMLError) -> [Yams.Node.Mapping] {
        if let mapping = node.mapping { return [mapping] }
        var mappings: [Yams.Node.Mapping] = []
        for element in node.sequence.map(Array.init) ?? [node] {
            guard let mapping = element.mapping else {
                throw failure("a merge key takes a mapping or a list of mappings", at: node.mark)
            }
            mappings.append(mapping)
        }
        return mappings
    }

    /// JSON's keys are strings: numbers and booleans are written out, as `sigs.k8s.io/yaml` does.
    private func key(_ scalar: Yams.Node.Scalar) throws(YAMLError) -> String {
        guard scalar.style == .plain else { return scalar.string }
        let value: JSONValue
        do throws(YAMLScalar.Failure) {
            value = try YAMLScalar.value(ofPlain: scalar.string)
        } catch {
            throw failure("the key \(scalar.string) has no form in JSON", at: scalar.mark)
        }
        switch value {
        case .string(let text): return text
        case .null: throw failure("a key must not be null", at: scalar.mark)
        default: return value.text()
        }
    }

    private func convert(_ scalar: Yams.Node.Scalar) throws(YAMLError) -> JSONValue {
        let text = scalar.string
        let tag = scalar.tag.rawValue.replacing("tag:yaml.org,2002:", with: "!!")
        switch tag {
        case "" where scalar.style == .plain || scalar.style == .any: break
        case "", "!", "!!str": return .string(text)
        case "!!binary", "!!int", "!!float", "!!bool", "!!null", "!!timestamp": break
        default: return .string(text)
        }
        if tag == "!!binary" || tag == "!!timestamp" { return .string(text) }
        let value: JSONValue
        do throws(YAMLScalar.Failure) {
            value = try YAMLScalar.value(ofPlain: text)
        } catch {
            throw failure("\(text) has no form in JSON", at: scalar.mark)
        }
        switch (tag, value) {
        case ("", _), ("!!int", .integer), ("!!float", .number), ("!!float", .integer), ("!!bool", .bool), ("!!null", .null): return value
        default: throw failure("cannot read \"\(text)\" as \(tag)", at: scalar.mark)
        }
    }
}
