import Glibc

/// The contents of a small file of certificates or keys, read once.
struct PEMFile {
    let bytes: [UInt8]

    /// A bundle of all public authorities has about 230 KB; what is larger than this is not a PEM file.
    private static let limit = 4 << 20

    init(_ path: String) throws(TransferError) {
        guard let file = fopen(path, "re") else { throw .invalidTLSMaterial("cannot open \(path): \(Self.lastError)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= Self.limit {
            let count = fread(&buffer, 1, buffer.count, file)
            bytes += buffer.prefix(count)
            if count < buffer.count { break }
        }
        guard ferror(file) == 0 else { throw .invalidTLSMaterial("cannot read \(path): \(Self.lastError)") }
        guard bytes.count <= Self.limit else { throw .invalidTLSMaterial("\(path) is too large for a PEM file") }
        self.bytes = bytes
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
