/// A file that stands in this process's memory as it is on disk: never written to, and not to be written to.
///
/// Its pages can be dropped and are read again when they are needed. Of anything else they may not: what the loader has relocated would
/// be lost.
package struct MappedFile: Sendable, Equatable {
    /// Its line in `/proc/self/maps` (proc(5)), by which it is known again.
    package let line: Substring
    package let addresses: Range<UInt>

    /// Those in the text of `/proc/self/smaps`.
    package static func unwritten(inDetails text: String) -> [MappedFile] {
        var files: [MappedFile] = []
        var file: MappedFile?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let first = fields.first, first.hasSuffix(":") else {
                if let file { files.append(file) }
                file = MappedFile(line, fields)
                continue
            }
            let isWritten = (first == "Anonymous:" || first == "Swap:") && fields.count > 1 && fields[1] != "0"
            if isWritten { file = nil }
        }
        if let file { files.append(file) }
        return files
    }

    /// nil for what is no file, or may be written to.
    private init?(_ line: Substring, _ fields: [Substring]) {
        // 55d0c8a00000-55d0cb000000 r-xp 00000000 fe:00 5391770    /usr/local/bin/nodeaudit
        guard fields.count >= 6, fields[1].hasPrefix("r-"), fields[4] != "0", fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        self.line = line
        addresses = bounds[0]..<bounds[1]
    }
}
