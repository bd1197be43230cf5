/// `metav1.Condition`.
package struct Condition: Sendable, Hashable, Codable {
    package enum Status: String, Sendable, Hashable, Codable {
        case `true` = "True"
        case `false` = "False"
        case unknown = "Unknown"
    }

    package var type: String
    package var status: Status
    /// CamelCase, never empty.
    package var reason: String
    package var message: String
    package var observedGeneration: Int64?
    /// When `status` last changed, not when it was last written.
    package var lastTransitionTime: Timestamp?

    package init(
        type: String, status: Status, reason: String, message: String,
        observedGeneration: Int64? = nil, lastTransitionTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }
}
