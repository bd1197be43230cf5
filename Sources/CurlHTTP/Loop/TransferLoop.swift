import CLibcurl
import Glibc

/// Drives all transfers of one client, on one thread, which alone touches libcurl's handles.
///
/// One turn: take commands, let libcurl work on the sockets that are ready, note what has ended, hand over what came in, look at the
/// time limits, sleep until a socket, a limit or a command wakes it.
struct TransferLoop: ~Copyable {
    private let multi: UnsafeMutableRawPointer
    private let wakeUp: WakeUp
    private let sockets: Sockets
    private var ready: [Sockets.Ready] = []
    private let mailbox: Mailbox
    private let configuration: CurlHTTPClient.Configuration
    private let clock = ContinuousClock()
    private var transfers: [ObjectIdentifier: Transfer] = [:]
    private var exchanges: [UnsafeMutableRawPointer: ObjectIdentifier] = [:]

    init(_ handle: MultiHandle, _ wakeUp: WakeUp, mailbox: Mailbox, configuration: CurlHTTPClient.Configuration) {
        multi = handle.pointer
        self.wakeUp = wakeUp
        sockets = Sockets(wakeUp)
        sockets.serve(multi)
        self.mailbox = mailbox
        self.configuration = configuration
        // Active ones count too, and what is above is not kept. libcurl's own idea, four times the number of transfers,
        // throws connections away after each burst.
        shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumKeptConnections)
    }

    /// Runs until the mailbox is closed. Then every transfer has failed, every connection is closed, every handle is freed.
    consuming func run() {
        while true {
            let (commands, isClosed) = mailbox.take()
            if isClosed {
                end(dropping: commands)
                return
            }
            for command in commands { perform(command) }
            turn()
        }
    }

    /// How often libcurl may go on in one turn while bytes come in: a turn for each TLS record of at most 16 KB would cost more than the
    /// record, for the reader's wake-up and the limits. (7.88 itself goes on as long as the socket can be read; others stop at once.)
    private static let mostReadsATurn = 32
    /// How much may come in during one turn: what is handed over stays in the processor's cache.
    private static let mostBytesATurn = 96 << 10

    /// How long the loop rests after something came on a stream without end. Events of a watch come one by one, and to wake two threads
    /// for each costs more than to read it; whoever watches does not notice two thousandths of a second. Not while much comes, such as a
    /// first list.
    private static let trickle = 1..<64 << 10
    private static let rest = timespec(tv_sec: 0, tv_nsec: 2_000_000)

    private mutating func turn() {
        let streamed = work()
        noteEnded()
        let pause = settle()
        if Self.trickle.contains(streamed) {
            var rest = Self.rest
            nanosleep(&rest, nil)
        }
        ready = sockets.wait(milliseconds: pause)
    }

    /// Lets libcurl work on what is ready, again and again while bytes come in. Returns how many came on streams without end.
    private mutating func work() -> Int {
        var taken = 0
        var streamed = 0
        for _ in 0..<Self.mostReadsATurn {
            var again: [Sockets.Ready] = []
            // What goes on by the clock, such as a transfer that was resumed, is found readable in the next turn.
            let due = sockets.takeDue() ? [Sockets.Ready(socket: CURL_SOCKET_TIMEOUT, events: 0)] : []
            for socket in due + ready {
                act(socket)
                let took = tookBody()
                taken += took.all
                streamed += took.ofStreams
                if took.all > 0, socket.socket != CURL_SOCKET_TIMEOUT {
                    again.append(Sockets.Ready(socket: socket.socket, events: CURL_CSELECT_IN))
                }
            }
            ready = again
            guard !ready.isEmpty, taken < Self.mostBytesATurn else { break }
        }
        return streamed
    }

    private mutating func act(_ ready: Sockets.Ready) {
        var running: Int32 = 0
        let code = curl_multi_socket_action(multi, ready.socket, ready.events, &running)
        // libcurl's loop fails for a lack of memory or descriptors. Failing loudly beats spinning on it.
        if code != CURLM_OK { failAll(.unexpected(code: Int(code.rawValue)), String(cString: curl_multi_strerror(code))) }
    }

    /// Bytes of bodies that have come since this was asked last.
    private func tookBody() -> (all: Int, ofStreams: Int) {
        var took = (all: 0, ofStreams: 0)
        for transfer in transfers.values where transfer.fresh > 0 {
            took.all += transfer.fresh
            if transfer.request.totalTimeout == nil { took.ofStreams += transfer.fresh }
            transfer.fresh = 0
        }
        return took
    }

    private mutating func perform(_ command: Mailbox.Command) {
        switch command {
        case .start(let request, let exchange): start(request, exchange)
        case .cancel(let exchange):
            if let transfer = transfers[ObjectIdentifier(exchange)] { remove(transfer) }
        case .resume(let exchange):
            if let transfer = transfers[ObjectIdentifier(exchange)] { resume(transfer) }
        }
    }

    private mutating func start(_ request: TransferRequest, _ exchange: Exchange) {
        guard !exchange.isOver else { return }
        let transfer: Transfer
        do throws(TransferError) {
            transfer = try Transfer(request, for: exchange, configuration: configuration, at: clock.now)
        } catch {
            exchange.fail(error)
            return
        }
        let code = curl_multi_add_handle(multi, transfer.easy)
        guard code == CURLM_OK else {
            exchange.fail(.unexpected(code: Int(code.rawValue)), String(cString: curl_multi_strerror(code)), notSent: true)
            return
        }
        transfers[ObjectIdentifier(exchange)] = transfer
        exchanges[transfer.easy] = ObjectIdentifier(exchange)
    }

    private mutating func noteEnded() {
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = exchanges[easy].flatMap({ transfers[$0] })
            else { continue }
            end(transfer, with: message.pointee.data.result)
        }
    }

    private mutating func end(_ transfer: Transfer, with code: CURLcode) {
        _ = transfer.handOver()
        if code == CURLE_OK {
            transfer.exchange.finish()
        } else {
            let failure = TransferFailure(of: transfer, code: code)
            transfer.exchange.fail(failure.reason, failure.message, notSent: failure.isSurelyNotSent)
        }
        remove(transfer)
    }

    private mutating func resume(_ transfer: Transfer) {
        let code = transfer.resume()
        if code != CURLE_OK { end(transfer, with: code) }
    }

    /// Hands over what came in and applies the time limits. Returns for how many milliseconds nothing is to be done.
    private mutating func settle() -> Int32 {
        let now = clock.now
        var next: ContinuousClock.Instant?
        for transfer in Array(transfers.values) {
            while transfer.handOver() { resume(transfer) }
            if transfer.hasMoved { transfer.watchdog.sawMove(at: now) }
            if transfer.isPaused { transfer.watchdog.suspend() }
            transfer.hasMoved = false
            if let verdict = transfer.watchdog.verdict(at: now) {
                let failure = TransferFailure(of: transfer, verdict: verdict)
                transfer.exchange.fail(failure.reason, failure.message)
                remove(transfer)
            } else if let check = transfer.watchdog.nextCheck {
                next = min(next ?? check, check)
            }
        }
        // Commands wake the loop, so without a limit it may sleep as long as it likes.
        guard let next else { return 60_000 }
        return Int32(clamping: min(60_000, max(0, now.duration(to: next).wholeMilliseconds)))
    }

    /// A transfer that is not complete takes its connection with it.
    private mutating func remove(_ transfer: Transfer) {
        transfers[ObjectIdentifier(transfer.exchange)] = nil
        exchanges[transfer.easy] = nil
        curl_multi_remove_handle(multi, transfer.easy)
    }

    private mutating func failAll(_ reason: TransferError.Reason, _ message: String) {
        for transfer in Array(transfers.values) {
            transfer.exchange.fail(reason, message)
            remove(transfer)
        }
    }

    private consuming func end(dropping commands: [Mailbox.Command]) {
        let message = "the client was shut down"
        for case .start(_, let exchange) in commands { exchange.fail(.clientShutDown, message) }
        failAll(.clientShutDown, message)
        mailbox.forgetLoop()
        _ = withExtendedLifetime(sockets) { curl_multi_cleanup(multi) }
        wakeUp.close()
        mailbox.loopHasEnded()
    }
}
