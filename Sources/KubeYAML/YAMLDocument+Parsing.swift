import KubeCore
import Yams

extension YAMLDocument {
    /// Reads every document of a YAML (or JSON) stream; empty documents are left out.
    ///
    /// Refused, each with its place: broken syntax, a key that appears twice in one mapping, keys that are no scalars,
    /// undefined aliases, more than `maximumNodes` values in a document after its aliases are expanded, more than 512
    /// levels, infinities and NaN. Merge keys (`<<`) are honoured.
    package static func parse(
        _ text: String, file: String = "", maximumNodes: Int = 250_000
    ) throws(YAMLError) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        for root in try composeAll(text, file: file) {
            if let scalar = root.scalar, scalar.style == .plain, scalar.string.isEmpty { continue }
            var conversion = YAMLConversion(file: file, remainingNodes: maximumNodes)
            let (value, places) = try conversion.convert(root, depth: 0)
            documents.append(YAMLDocument(value: value, file: file, places: places))
        }
        return documents
    }

    /// Reads a stream of bytes. Errors: also when they are not UTF-8.
    package static func parse(_ bytes: [UInt8], file: String = "") throws(YAMLError) -> [YAMLDocument] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLError(file: file, position: nil, message: "the text is not UTF-8")
        }
        return try parse(text, file: file)
    }

    /// Reads a text that holds exactly one document.
    package static func parseOne(_ text: String, file: String = "") throws(YAMLError) -> YAMLDocument {
        let documents = try parse(text, file: file)
        guard let first = documents.first else { throw YAMLError(file: file, position: nil, message: "the text holds no document") }
        guard documents.count == 1 else {
            throw YAMLError(
                file: file, position: documents[1].places.position, message: "expected one document, but another one starts here")
        }
        return first
    }

    private static func composeAll(_ text: String, file: String) throws(YAMLError) -> [Yams.Node] {
        do {
            // Scalars are resolved by YAMLScalar; the basic resolver keeps Yams from trying its regular expressions.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            var roots: [Yams.Node] = []
            while let root = try parser.nextRoot() { roots.append(root) }
            return roots
        } catch {
            throw YAMLError(file: file, any: error)
        }
    }
}

extension YAMLError {
    init(file: String, any error: any Error) {
        guard let error = error as? YamlError else {
            self.init(file: file, position: nil, message: "\(error)")
            return
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let setting = context.map { " \($0.text) in line \($0.mark.line)" } ?? ""
            self.init(file: file, position: YAMLPosition(mark), message: problem + setting)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(
                file: file, position: YAMLPosition(context.mark),
                message: keys.count == 1
                    ? "the key \(names) appears more than once in this mapping" : "keys appear more than once in this mapping: \(names)")
        case .reader(let problem, let offset, _, let text):
            self.init(file: file, position: offset.map { YAMLPosition(offset: $0, in: text) }, message: problem)
        default:
            self.init(file: file, position: nil, message: error.description)
        }
    }
}

extension YAMLPosition {
    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }

    /// The place of the character at `offset`.
    fileprivate init(offset: Int, in text: String) {
        let before = text.prefix(offset)
        let lastLine = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        self.init(line: before.count { $0.isNewline } + 1, column: lastLine.unicodeScalars.count + 1)
    }
}
