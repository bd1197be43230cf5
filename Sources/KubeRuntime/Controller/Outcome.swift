/// What a look at one key ended with.
package enum Outcome: Sendable, Hashable {
    /// Nothing more to do until something changes.
    case settled
    /// Look again after this time even if nothing changes.
    case lookAgain(after: Duration)
    /// Something did not work yet: look again after the key's growing back-off.
    case backOff
}
