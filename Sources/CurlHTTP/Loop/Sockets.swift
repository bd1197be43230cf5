import CLibcurl
import Glibc

/// The sockets that libcurl waits for and the moment at which it wants to be called, as it says itself; and the loop's sleep.
///
/// Belongs to the loop's thread. libcurl's multi handle gets an unretained pointer to it and must be freed before it.
final class Sockets {
    struct Ready {
        var socket: curl_socket_t
        /// `CURL_CSELECT_…`.
        var events: Int32
    }

    private let wakeUp: WakeUp
    private let clock = ContinuousClock()
    /// The first is the one that wakes the loop.
    private var polled: [pollfd]
    /// nil: libcurl waits for sockets alone.
    private var deadline: ContinuousClock.Instant?

    init(_ wakeUp: WakeUp) {
        self.wakeUp = wakeUp
        polled = [pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
    }

    /// Has libcurl say what it waits for, from now on.
    func serve(_ multi: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        shim_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
        shim_multi_set_socket_callback(multi) { _, socket, interest, context, _ in
            Sockets.from(context)?.set(socket, interest)
            return 0
        }
        shim_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
        shim_multi_set_timer_callback(multi) { _, milliseconds, context in
            Sockets.from(context)?.set(timer: milliseconds)
            return 0
        }
    }

    /// Whether libcurl's moment has come. It is said once.
    func takeDue() -> Bool {
        guard let deadline, deadline <= clock.now else { return false }
        self.deadline = nil
        return true
    }

    /// Sleeps until a socket is ready, somebody calls, libcurl's moment has come or the time is over. Returns which sockets are ready.
    func wait(milliseconds limit: Int32) -> [Ready] {
        var limit = limit
        if let deadline { limit = min(limit, Int32(clamping: max(0, clock.now.duration(to: deadline).wholeMilliseconds))) }
        guard poll(&polled, nfds_t(polled.count), limit) > 0 else { return [] }
        if polled[0].revents != 0 { wakeUp.clear() }
        return polled.dropFirst().compactMap { entry in
            entry.revents == 0 ? nil : Ready(socket: entry.fd, events: Self.selected(Int32(entry.revents)))
        }
    }

    private func set(_ socket: curl_socket_t, _ interest: Int32) {
        let place = polled.dropFirst().firstIndex { $0.fd == socket }
        guard interest != CURL_POLL_REMOVE else {
            if let place { polled.remove(at: place) }
            return
        }
        var events: Int32 = 0
        if interest & CURL_POLL_IN != 0 { events |= POLLIN }
        if interest & CURL_POLL_OUT != 0 { events |= POLLOUT }
        let entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        if let place { polled[place] = entry } else { polled.append(entry) }
    }

    private func set(timer milliseconds: Int) {
        deadline = milliseconds < 0 ? nil : clock.now + .milliseconds(milliseconds)
    }

    /// A connection that has ended is there to be read: that is how its end is noticed.
    private static func selected(_ revents: Int32) -> Int32 {
        var events: Int32 = 0
        if revents & (POLLIN | POLLHUP) != 0 { events |= CURL_CSELECT_IN }
        if revents & POLLOUT != 0 { events |= CURL_CSELECT_OUT }
        // Whoever reads then learns the reason.
        if revents & POLLERR != 0 { events |= CURL_CSELECT_IN | CURL_CSELECT_ERR }
        if revents & POLLNVAL != 0 { events |= CURL_CSELECT_ERR }
        return events
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Sockets? {
        context.map { Unmanaged<Sockets>.fromOpaque($0).takeUnretainedValue() }
    }
}
