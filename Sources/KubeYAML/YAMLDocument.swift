package import KubeCore

/// One document of a YAML stream as the JSON value that Kubernetes' tools make of it, with the place of everything in it.
package struct YAMLDocument: Sendable {
    package let value: JSONValue
    /// The name that was given for the text.
    package let file: String
    let places: PlaceTree

    /// Where the value at `path` is written: a member's key, an element itself. For a path that does not exist, such as
    /// that of a missing field, the place of its nearest existing ancestor.
    package func position(of path: FieldPath) -> YAMLPosition {
        var place = places
        for element in path.elements {
            let child: PlaceTree? =
                switch element {
                case .member(let name): place.members[name]
                case .index(let index): place.elements.indices.contains(index) ? place.elements[index] : nil
                }
            guard let child else { break }
            place = child
        }
        return place.position
    }

    /// `policy.yaml:12:5`, for messages about the value at `path`.
    package func location(of path: FieldPath) -> String {
        let position = position(of: path).description
        return file.isEmpty ? position : "\(file):\(position)"
    }
}

/// Positions in the shape of the document they belong to.
struct PlaceTree: Sendable {
    var position: YAMLPosition
    var members: [String: PlaceTree] = [:]
    var elements: [PlaceTree] = []
}
