/// libcurl's multi handle on its way to the loop's thread.
///
/// Unchecked: it is made outside, so that a lack of memory is told to whoever makes the client, and is used by the loop alone.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
}
