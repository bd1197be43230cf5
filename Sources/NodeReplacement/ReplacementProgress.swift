/// How a request was taken.
package enum ReplacementAcceptance: Sendable, Hashable {
    /// The provider will do it, is doing it, or has done it: the point of no return. The operation is worth storing.
    case accepted(operation: String?)
    /// The wish is to be published; nobody has promised anything, so it may still be taken back.
    case wished(String)
}

/// How far a replacement is. The texts name what to look at and stay the same while the facts do.
package enum ReplacementProgress: Sendable, Hashable {
    /// Under way; with what keeps the provider from getting on, which goes on trying by itself.
    case pending(String, obstacle: ReplacementObstacle?)
    /// Nothing shows that the request has arrived: `request` again, with the same order.
    case notBegun(String)
    /// The provider has done its part: the machine under the node's name is another one, or has been started again.
    case finished
    /// The old machine does not exist any more and does not come back under its name.
    case gone
    /// It was given up and nothing has changed: only a new request id asks again.
    case failed(ReplacementError)

    package static func pending(_ detail: String) -> ReplacementProgress { .pending(detail, obstacle: nil) }
}

/// What a provider says keeps it from getting on.
package struct ReplacementObstacle: Sendable, Hashable {
    package var reason: ReplacementError.Reason
    /// The provider's own word: `ZONE_RESOURCE_POOL_EXHAUSTED`.
    package var code: String
    package var message: String

    package init(reason: ReplacementError.Reason, code: String, message: String) {
        self.reason = reason
        self.code = code
        self.message = message
    }
}
