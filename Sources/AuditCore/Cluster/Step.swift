import KubeCore

/// One change of the cluster, as a value: what a plan consists of and what the executor performs.
package enum Step: Sendable, Hashable {
    /// Server-side apply; refused over an object that is not ours.
    case apply(Manifest, because: ApplyReason)
    /// Delete exactly the object that was seen.
    case delete(ObjectIdentity, uid: String)
    case addFinalizer(policy: String, resourceVersion: String)
    case removeFinalizer(policy: String, resourceVersion: String)
    case event(EventNote)
}

package enum ApplyReason: Sendable, Hashable {
    case missing
    /// The first look since this process started: what was applied before is not known.
    case firstLook
    case intentChanged
    /// Fields that we own were changed by someone: the paths (sorted, at most 5), and who, if the object tells.
    case drift(paths: [String], editor: String?)
}

/// Something done or refused that a person should read in `kubectl describe`.
package struct EventNote: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var kind: Kind
    package var reason: String
    package var action: String
    package var note: String

    package init(_ kind: Kind, reason: String, action: String, note: String) {
        self.kind = kind
        self.reason = reason
        self.action = action
        self.note = note
    }
}
