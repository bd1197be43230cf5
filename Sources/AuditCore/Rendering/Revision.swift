import Digests
import KubeCore

/// A name for what is wanted: the version of the way it is computed, and a hash of the wish.
enum Revision {
    /// Raised when the same wish would get another hash; every agent then rolls once.
    private static let version = 1

    /// `1-` and 16 hexadecimal digits. Equal wishes have equal revisions.
    static func of(_ wish: JSONValue) -> String {
        "\(version)-\(SHA256Digest(of: wish.serialized).hex.prefix(16))"
    }

    /// What an object that is named after its content carries at the end of its name.
    static func suffix(of content: JSONValue) -> String { String(SHA256Digest(of: content.serialized).hex.prefix(10)) }
}
