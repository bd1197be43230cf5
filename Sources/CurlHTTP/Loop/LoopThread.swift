import CLibcurl
import Glibc
import Synchronization

/// The one thread of a client. It is joined by whoever shuts the client down, or left to end by itself.
final class LoopThread: Sendable {
    private let thread: Mutex<pthread_t?>

    /// Starts a thread that runs `body`. Its name, which `top -H` shows, is cut to the 15 bytes that Linux has for it.
    ///
    /// - Throws: `TransferError` if the system has no thread to give.
    init(named name: String, running body: @escaping @Sendable () -> Void) throws(TransferError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { Start.run($0) }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw TransferError(.unexpected(code: Int(code)), "no thread for the HTTP client: \(String(cString: strerror(code)))")
        }
        self.thread = Mutex(thread)
    }

    /// Waits for the thread's end, blocking. Only for when it has already said its last word.
    func join() {
        if let thread = taken() { pthread_join(thread, nil) }
    }

    deinit {
        if let thread = taken() { pthread_detach(thread) }
    }

    private func taken() -> pthread_t? {
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let context else { return nil }
            let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
            shim_name_this_thread(start.name)
            leaveSignalsToOthers()
            start.body()
            return nil
        }

        /// Signals sent to the process are for its other threads; a fault of this one still ends the process, with a backtrace.
        /// libcurl's threads for looking up names inherit this.
        private static func leaveSignalsToOthers() {
            var signals = sigset_t()
            sigfillset(&signals)
            for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
            pthread_sigmask(SIG_BLOCK, &signals, nil)
        }
    }
}
