package import KubeCore

/// What a write says about itself.
package struct WriteOptions: Sendable, Hashable {
    /// Who owns the fields; nil for the client's own name.
    package var fieldManager: String?
    /// Checked, admitted and answered, but not stored.
    package var dryRun: Bool

    package init(fieldManager: String? = nil, dryRun: Bool = false) {
        self.fieldManager = fieldManager
        self.dryRun = dryRun
    }
}

package struct Patch: Sendable, Hashable {
    package enum Format: String, Sendable, Hashable {
        /// RFC 7386: objects merge, null removes, lists are replaced.
        case merge = "application/merge-patch+json"
        /// Built-in kinds only: lists merge by their keys.
        case strategic = "application/strategic-merge-patch+json"
        /// RFC 6902: a list of operations.
        case json = "application/json-patch+json"
    }

    package var format: Format
    package var content: JSONValue

    package init(_ format: Format, _ content: JSONValue) {
        self.format = format
        self.content = content
    }

    package static func merge(_ content: JSONValue) -> Patch { Patch(.merge, content) }
    package static func strategic(_ content: JSONValue) -> Patch { Patch(.strategic, content) }
    package static func json(_ operations: [JSONValue]) -> Patch { Patch(.json, .array(operations)) }
}

package struct DeleteOptions: Sendable, Hashable {
    package enum Propagation: String, Sendable, Hashable { case foreground = "Foreground", background = "Background", orphan = "Orphan" }

    /// Delete only the object with this uid, never one that took its name.
    package var uid: String?
    /// Delete only this state of the object.
    package var resourceVersion: String?
    /// Explicit, since the default differs between kinds.
    package var propagation: Propagation
    package var gracePeriodSeconds: Int64?
    package var dryRun: Bool

    package init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation = .background, gracePeriodSeconds: Int64? = nil,
        dryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    var content: JSONValue {
        var value: JSONValue = ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string(propagation.rawValue)]
        if uid != nil || resourceVersion != nil { value["preconditions"] = preconditions }
        if let gracePeriodSeconds { value["gracePeriodSeconds"] = .integer(gracePeriodSeconds) }
        if dryRun { value["dryRun"] = ["All"] }
        return value
    }

    private var preconditions: JSONValue {
        var value: JSONValue = [:]
        if let uid { value["uid"] = .string(uid) }
        if let resourceVersion { value["resourceVersion"] = .string(resourceVersion) }
        return value
    }
}

/// How a delete ended. Absent is not an error: the wish is fulfilled.
package enum Deletion: Sendable, Hashable {
    case deleted
    /// Marked for deletion; finalizers or a grace period keep it for a while. `revision` is the mark's.
    case deleting(revision: String?)
    case absent
    /// Another object has the name: the one with the wanted uid is gone.
    case replaced
}

/// How an eviction was answered.
package enum Eviction: Sendable, Hashable {
    /// The pod is being deleted.
    case evicted
    /// No such pod any more.
    case absent
    /// Another pod has the name now.
    case replaced
    /// A disruption budget allows none now; the message names it.
    case blocked(message: String, retryAfter: Duration?)
    /// More than one budget covers the pod: no eviction can ever succeed until a person changes that.
    case coveredTwice(message: String)
    /// The pod's namespace is going: it will be gone by itself.
    case namespaceTerminating(message: String)
}
