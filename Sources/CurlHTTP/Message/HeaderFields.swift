/// The header fields of a message, in order, repeated ones kept apart.
///
/// Names are looked up without regard to case, as HTTP wants it; they are kept as they were written.
package struct HeaderFields: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// The value of the first field called `name`. Setting replaces every field of that name; `nil` removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.areEqual($0.name, name) }?.value }
        set {
            fields.removeAll { Self.areEqual($0.name, name) }
            if let newValue { append(name, newValue) }
        }
    }

    /// The values of all fields called `name`, in the order in which they stand.
    package func values(_ name: String) -> [String] {
        fields.filter { Self.areEqual($0.name, name) }.map(\.value)
    }

    /// Adds a field behind those that are there, even if one of them has the same name.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Lengthens the last field's value: an old server may fold one field over several lines.
    mutating func continueLastField(with text: String) {
        guard let last = fields.indices.last else { return }
        fields[last].value += " " + text
    }

    private static func areEqual(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}

extension HeaderFields: CustomStringConvertible, CustomReflectable {
    /// The names alone: values may be bearer tokens, and this may end up in a log.
    package var description: String { fields.map(\.name).description }

    package var customMirror: Mirror { Mirror(self, children: ["names": fields.map(\.name)]) }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
