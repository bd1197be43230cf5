/// Paths as a watch or a condition may name them.
enum PathCheck {
    /// Why auditctl, the kernel or the file's format would not take the path, or take it for another.
    static func problem(with path: String) -> String? {
        let length = path.utf8.count
        guard path.utf8.first == UInt8(ascii: "/") else { return "\(StrictText.quoted(path)) is not an absolute path" }
        if length > StrictText.maximumPathLength { return "the path has \(length) bytes; the kernel takes \(StrictText.maximumPathLength)" }
        if path.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            return "\(StrictText.quoted(path)) has a wildcard, and the kernel knows none"
        }
        guard StrictText.isPathText(path) else {
            return "\(StrictText.quoted(path)) has characters other than letters, digits and / . _ : @ + , % ~ -"
        }
        let components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map(Array.init)
        for (index, component) in components.enumerated() {
            if component.isEmpty, index != components.count - 1 { return "\(StrictText.quoted(path)) has an empty part" }
            if component == Array(".".utf8) || component == Array("..".utf8) {
                return "\(StrictText.quoted(path)) is relative inside, and the kernel matches paths as they are"
            }
            if component.count > 255 { return "a part of the path has \(component.count) bytes; file names have 255 at most" }
        }
        return nil
    }

    /// Without slashes at the end, as auditctl does with a watch.
    static func trimmed(_ path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The directory that something is in.
    static func parent(of path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        return "/" + parts.dropLast().map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// Whether a path is the other or below it.
    static func isWithin(_ path: String, _ directory: String) -> Bool {
        path == directory || path.hasPrefix(directory == "/" ? "/" : directory + "/")
    }
}
