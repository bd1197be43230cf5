/// One machine as it was before anything was asked: enough to ask, to look, and to tell the old machine from the new one,
/// also when the Node is gone. Made to be stored; it holds no secret.
package struct ReplacementTarget: Sendable, Hashable, Codable {
    package var provider: ReplacementProvider
    /// The machine in its provider's words: `projects/p/zones/z/instances/i`, `NAMESPACE/NAME` of a Machine, a NodeClaim's name.
    package var machine: String
    /// Who replaces it: an instance group, a MachineSet, a NodePool. Empty for Manual.
    package var group: String
    /// Changes when the machine is another one: an instance id or an object's uid; for Manual the Node's uid.
    package var machineID: String
    /// Changes when the machine is started again, for providers that tell.
    package var startedAt: String?

    package init(provider: ReplacementProvider, machine: String, group: String = "", machineID: String, startedAt: String? = nil) {
        self.provider = provider
        self.machine = machine
        self.group = group
        self.machineID = machineID
        self.startedAt = startedAt
    }
}

/// The wish to replace one machine once, with everything that has to survive a crash.
package struct ReplacementOrder: Sendable, Hashable, Codable {
    package var nodeName: String
    package var target: ReplacementTarget
    package var method: ReplacementMethod
    /// Names this one attempt. Keep it while the outcome is open; take another after a `ReplacementProgress.failed` or an error that
    /// `endsRequest`.
    package var requestID: String
    /// What `ReplacementAcceptance.accepted` gave, once it has; progress without it can't see that an accepted request failed.
    package var operation: String?

    package init(
        nodeName: String, target: ReplacementTarget, method: ReplacementMethod = .recreate, requestID: String, operation: String? = nil
    ) {
        self.nodeName = nodeName
        self.target = target
        self.method = method
        self.requestID = requestID
        self.operation = operation
    }
}
