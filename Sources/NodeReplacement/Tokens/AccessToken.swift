/// A bearer token, and how long it may be used.
package struct AccessToken: Sendable, Hashable {
    /// Visible ASCII: it can't end the header field that it stands in.
    let value: String
    /// From the moment it was asked for.
    let lifetime: Duration

    /// nil for what no header field may carry, and for a token that is over already.
    package init?(_ value: String, lifetime: Duration) {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), lifetime > .zero else { return nil }
        self.value = value
        self.lifetime = lifetime
    }

    var authorization: String { "Bearer \(value)" }
}

extension AccessToken: CustomStringConvertible, CustomReflectable {
    package var description: String { "AccessToken(redacted)" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where tokens come from. Each call asks; `CachedTokens` keeps what came.
package protocol TokenSource: Sendable {
    /// Errors: `.needsPerson` when nobody gives one to this process, `.retryLater` else.
    func token() async throws(ReplacementError) -> AccessToken
}
