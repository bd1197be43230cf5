/// Where a value stands inside a JSON document: `spec.outputs[1].host`. The empty path is the document itself.
package struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    package enum Element: Sendable, Hashable {
        case member(String)
        case index(Int)
    }

    package var elements: [Element]

    package init(_ elements: [Element] = []) { self.elements = elements }

    package func member(_ name: String) -> FieldPath { FieldPath(elements + [.member(name)]) }
    package func index(_ index: Int) -> FieldPath { FieldPath(elements + [.index(index)]) }

    /// As the API server writes unknown fields: members joined by dots, indices in brackets.
    package var description: String {
        var text = ""
        for element in elements {
            switch element {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}

extension JSONValue {
    /// The value at a path, or nil where the path leads nowhere.
    package subscript(path: FieldPath) -> JSONValue? {
        var value = self
        for element in path.elements {
            switch (element, value) {
            case (.member(let name), .object(let members)):
                guard let member = members[name] else { return nil }
                value = member
            case (.index(let index), .array(let elements)) where elements.indices.contains(index): value = elements[index]
            default: return nil
            }
        }
        return value
    }
}
