import FoundationEssentials
import KubeCore
import KubeYAML

/// CustomResourceDefinitions from files and directories.
struct DefinitionFiles {
    static let type = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions",
        isNamespaced: false)

    var paths: [String]

    /// In the order of the paths, files of a directory by name; other kinds are left out. Errors: a message for a person.
    func documents() throws -> [JSONValue] {
        var documents: [JSONValue] = []
        for file in try files() {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw SandboxError("--crds \(file): the file cannot be read")
            }
            let parsed: [YAMLDocument]
            do {
                parsed = try YAMLDocument.parse(Array(data), file: file)
            } catch {
                throw SandboxError("--crds \(error)")
            }
            documents += parsed.map(\.value).filter { $0["kind"]?.string == "CustomResourceDefinition" }
        }
        return documents
    }

    private func files() throws -> [String] {
        var files: [String] = []
        for path in paths.isEmpty ? [try defaultDirectory()] : paths {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw SandboxError("--crds \(path): there is no such file or directory")
            }
            guard isDirectory else {
                files.append(path)
                continue
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            files += names.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") || $0.hasSuffix(".json") }.map {
                "\(path)/\($0)"
            }
        }
        return files
    }

    /// `crds` in the nearest directory above the program, as in a build of the package, or in the working directory.
    private func defaultDirectory() throws -> String {
        var roots = [FileManager.default.currentDirectoryPath]
        do {
            var path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            var above: [String] = []
            while let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                path = String(path[..<slash])
                above.append(path)
            }
            roots = above + roots
        } catch {
            // No /proc: the working directory is left.
        }
        for root in roots {
            var isDirectory = false
            if FileManager.default.fileExists(atPath: "\(root)/crds", isDirectory: &isDirectory), isDirectory { return "\(root)/crds" }
        }
        throw SandboxError("there is no directory crds beside the package or here: name one with --crds")
    }
}
