import CLibcurl

/// libcurl's multi handle.
///
/// Unchecked: `curl_multi_wakeup` is the one function of libcurl that may be called from any thread, and `wake` is all that
/// leaves the loop's thread. The pointer itself is used by the loop alone.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    func wake() {
        curl_multi_wakeup(pointer)
    }
}
