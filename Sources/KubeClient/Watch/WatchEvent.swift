package import KubeCore

/// One event of a watch, with the object in whatever form the reader decodes it to.
package enum WatchEvent<Object: Sendable>: Sendable {
    case added(Object)
    case modified(Object)
    /// The object as it was last, or as it was when it left the selection.
    case deleted(Object)
    /// Everything up to this revision has been sent. `endsInitialEvents`: WatchList has sent all that existed.
    case bookmark(revision: String, endsInitialEvents: Bool)
    /// The server ends the watch, most often with `.gone`.
    case error(KubeError)
    /// A type that this client does not know.
    case unknown(type: String)
}

extension WatchEvent: Equatable where Object: Equatable {}
