import FoundationEssentials
package import KubeCore

/// Reads small files whole: the disk in the executables, a dictionary in tests.
package struct FileSource: Sendable {
    private let readFile: @Sendable (String) throws(KubeError) -> [UInt8]?

    /// `read` gives nil for a file that does not exist.
    package init(_ read: @escaping @Sendable (String) throws(KubeError) -> [UInt8]?) { readFile = read }

    /// nil when there is no such file. Errors: `.configuration` when it cannot be read.
    package func read(_ path: String) throws(KubeError) -> [UInt8]? { try readFile(path) }

    /// Errors: `.configuration`, also when there is no such file.
    package func require(_ path: String, for purpose: String) throws(KubeError) -> [UInt8] {
        guard let bytes = try read(path) else { throw KubeError(.configuration, "\(path) does not exist; it should hold \(purpose)") }
        return bytes
    }

    package static let disk = FileSource { (path) throws(KubeError) in
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return nil
        } catch {
            throw KubeError(.configuration, "\(path) cannot be read: \(error)")
        }
    }

    /// These files and no others.
    package static func fixed(_ files: [String: String]) -> FileSource {
        FileSource { (path) throws(KubeError) in files[path].map { Array($0.utf8) } }
    }
}
