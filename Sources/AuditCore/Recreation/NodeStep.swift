package import KubeCore

/// One change for the sake of one node, as a value: what a look ends in and what the executor performs.
package enum NodeStep: Sendable, Hashable {
    case write(NodeAudit)
    case deleteRecord(name: String, uid: String)
    case createTask(Pod)
    case deleteTask(ObjectKey, uid: String)
    /// Make it unschedulable and mark it, unless it is another node or boot by now.
    case cordon(NodeIdentity, policyUID: String)
    /// Give it back as it was: only what carries our mark.
    case release(node: String)
    /// Ask for the deletion of pods within their budgets, after a live look at the node.
    case evict([EvictionOrder], from: NodeIdentity)
    /// Delete pods past their budgets, by consent.
    case delete([EvictionOrder], from: NodeIdentity)
    /// Read whether these claims are bound to volumes of the node itself.
    case inspect([ClaimQuestion], of: String)
    /// Ask the provider which machine is under the node.
    case locate(NodeIdentity, NodeRecreation.Actor)
    /// Ask the provider to replace it, after a live look at the node. With the same order as often as need be.
    case replace(ReplacementOrder)
    case follow(ReplacementOrder)
    case event(EventNote, node: String, uid: String)
}

/// A node on one boot: what must still be so when something is done to it.
package struct NodeIdentity: Sendable, Hashable {
    package var name: String
    package var uid: String
    package var bootID: String

    package init(name: String, uid: String, bootID: String) {
        self.name = name
        self.uid = uid
        self.bootID = bootID
    }
}

package struct EvictionOrder: Sendable, Hashable {
    package var pod: ObjectKey
    package var uid: String
    /// nil: the pod's own.
    package var gracePeriodSeconds: Int64?
}

package struct ClaimQuestion: Sendable, Hashable {
    package var podUID: String
    package var namespace: String
    package var claims: [String]
}

/// The wish to replace one machine once; all of it is stored before it is sent.
package struct ReplacementOrder: Sendable, Hashable {
    package var node: NodeIdentity
    package var actor: NodeRecreation.Actor
    package var method: NodeRecreation.Method
    package var target: NodeRecreation.Target
    package var requestID: String
    package var operation: String?
}

/// What came of a step, as far as later looks must know of it.
package enum NodeNote: Sendable, Hashable {
    case patched
    case answered([String: EvictionAnswer])
    /// Pods by uid, and whether they use volumes of the node itself.
    case inspected([String: Bool])
    case located(NodeRecreation.Target)
    case notLocated(ProviderRefusal)
    case accepted(operation: String?)
    /// The wish is published; nobody has promised anything.
    case wished(String)
    case refused(ProviderRefusal)
    case progress(ReplacementState)
    /// The API server does not take the task's pod now.
    case taskRefused(String)
}

package enum EvictionAnswer: Sendable, Hashable {
    /// It is being deleted, or gone.
    case going
    /// Not now, in the server's words, and not again before that time.
    case refused(String, retryAfter: Duration?)
}

/// Why a provider does not do something.
package struct ProviderRefusal: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Trying again soon may succeed; whether the request arrived may be open.
        case passing(after: Duration?)
        /// Definitely not done, and nothing will be: for want of room, rights or a group.
        case definite
        /// There is no such machine any more.
        case gone
    }

    package var kind: Kind
    package var reason: String
    package var message: String
    /// The same request id would get the same answer.
    package var endsRequest: Bool

    package init(_ kind: Kind, reason: String, message: String, endsRequest: Bool = false) {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.endsRequest = endsRequest
    }
}

/// How far a provider is.
package enum ReplacementState: Sendable, Hashable {
    case pending(String)
    /// Nothing shows that the request has arrived.
    case notBegun(String)
    /// The provider has done its part.
    case finished
    /// The machine is gone and does not come back under its name.
    case gone
    case failed(ProviderRefusal)
    case unknown(ProviderRefusal)
}
