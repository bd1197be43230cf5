/// Why a text is not a YAML document that stands for JSON, and where.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name that was given for the text; empty for none.
    package var file: String
    package var position: YAMLPosition?
    package var message: String

    package init(file: String, position: YAMLPosition?, message: String) {
        self.file = file
        self.position = position
        self.message = message
    }

    /// `policy.yaml:3:7: message`
    package var description: String {
        let place = [file.isEmpty ? nil : file, position?.description].compactMap { $0 }.joined(separator: ":")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}

/// Line and column, both from 1; the column counts Unicode scalars.
package struct YAMLPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "\(line):\(column)" }

    package static func < (left: YAMLPosition, right: YAMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
