package import KubeCore
import KubeYAML

/// One or several kubeconfig files as one: of entries with the same name, and of the current context, the first file's counts.
package struct Kubeconfig: Sendable {
    /// A named entry and the file in which it stands, which its relative paths are relative to.
    struct Entry: Sendable {
        var value: JSONValue
        var file: String
    }

    /// The files that were read, in their order.
    package private(set) var files: [String] = []
    package private(set) var currentContext: String?
    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    private(set) var contexts: [String: Entry] = [:]

    /// Names that `--context` may have.
    package var contextNames: [String] { contexts.keys.sorted() }

    var place: String { files.joined(separator: ":") }

    /// `mustExist`: an absent file is an error, as for a flag; else it is left out, as kubectl does with `KUBECONFIG`.
    package static func load(_ paths: [String], mustExist: Bool, _ source: FileSource) throws(KubeError) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths {
            guard let bytes = try source.read(path) else {
                guard mustExist else { continue }
                throw KubeError(.configuration, "\(path) does not exist; pass --kubeconfig FILE or set KUBECONFIG")
            }
            try merged.add(bytes, from: path)
        }
        guard !merged.files.isEmpty else {
            throw KubeError(.configuration, "none of the files in KUBECONFIG exists: \(paths.joined(separator: ":"))")
        }
        return merged
    }

    private mutating func add(_ bytes: [UInt8], from path: String) throws(KubeError) {
        files.append(path)
        let documents: [YAMLDocument]
        do {
            documents = try YAMLDocument.parse(bytes, file: path)
        } catch {
            throw KubeError(.configuration, "\(error); it should be a kubeconfig")
        }
        guard let document = documents.first, !document.value.isNull else { return }
        guard document.value.object != nil else { throw KubeError(.configuration, "\(path) is not a kubeconfig: not a mapping") }
        if let kind = document.value["kind"]?.string, kind != "Config" {
            throw KubeError(.configuration, "\(path) is not a kubeconfig: its kind is \(kind) and not Config")
        }
        if currentContext == nil, let name = document.value["current-context"]?.string, !name.isEmpty { currentContext = name }
        try Self.collect("clusters", "cluster", of: document.value, path, into: &clusters)
        try Self.collect("users", "user", of: document.value, path, into: &users)
        try Self.collect("contexts", "context", of: document.value, path, into: &contexts)
    }

    private static func collect(
        _ list: String, _ member: String, of document: JSONValue, _ path: String, into entries: inout [String: Entry]
    ) throws(KubeError) {
        guard let found = document[list], !found.isNull else { return }
        guard let elements = found.array else { throw KubeError(.configuration, "\(path): \(list) is not a list") }
        for (index, element) in elements.enumerated() {
            guard let name = element["name"]?.string, !name.isEmpty else {
                throw KubeError(.configuration, "\(path): \(list)[\(index)] has no name")
            }
            guard entries[name] == nil else { continue }
            entries[name] = Entry(value: element[member] ?? [:], file: path)
        }
    }
}
