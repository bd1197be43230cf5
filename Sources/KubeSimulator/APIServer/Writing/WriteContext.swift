import KubeCore

/// What a write is done under.
struct WriteContext: Sendable {
    enum Tracking: Sendable, Hashable {
        /// Managed fields stay as they are: the in-process door's default.
        case off
        case update(manager: String)
        /// The managed fields have been worked out by server-side apply and stand in the object.
        case applied
    }

    var now: Timestamp
    var tracking: Tracking
    var isDryRun = false
    /// A patch is no precondition: a uid in it is a field that cannot change, where that of a PUT must be the object's.
    var isPatch = false
    var user = ""
    /// The API version that the request named.
    var apiVersion: String?
    /// Fields that the kind does not have, told to the client.
    var fieldValidation = FieldValidation.ignore

    init(now: Timestamp, manager: String?) {
        self.now = now
        tracking = manager.map { .update(manager: $0) } ?? .off
    }
}

enum FieldValidation: String, Sendable { case strict = "Strict", warn = "Warn", ignore = "Ignore" }
