import CLibcurl

/// One request on its way through libcurl. Belongs to the loop's thread, from birth to end.
///
/// The easy handle's callbacks get an unretained pointer to this object. That is sound because the loop keeps it until it
/// has taken the handle out of the multi handle, and the handle dies with it.
final class Transfer {
    let exchange: Exchange
    let request: TransferRequest
    let configuration: CurlHTTPClient.Configuration
    let easy: UnsafeMutableRawPointer
    var watchdog: Watchdog
    /// What a callback refused, which says more than libcurl's code for it.
    private(set) var refusal: (reason: TransferError.Reason, message: String)?
    /// Bytes moved, or became due, since the watchdog was told last.
    var hasMoved = false
    /// Bytes of the body that came in since the loop looked last: there may be more at once.
    var fresh = 0
    private(set) var isPaused = false

    private var headerList = StringList()
    private var connectToList = StringList()
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var parser: ResponseHeadParser
    /// What came in during this turn of the loop.
    private var staged = Chunks()
    /// What the reader had not fetched at the end of the last turn: by now it may be less, never more.
    private var unread = 0
    private var receivedSize = 0
    private var sentBodySize = 0
    private var attempts = 0

    /// - Throws: `TransferError` for a request that cannot be made.
    init(
        _ request: TransferRequest, for exchange: Exchange, configuration: CurlHTTPClient.Configuration,
        at now: ContinuousClock.Instant
    ) throws(TransferError) {
        guard let easy = curl_easy_init() else { throw TransferError(.unexpected(code: 2), "\(request): curl_easy_init failed") }
        self.easy = easy
        self.request = request
        self.exchange = exchange
        self.configuration = configuration
        watchdog = Watchdog(totalTimeout: request.totalTimeout, idleTimeout: request.idleTimeout, startingAt: now)
        parser = ResponseHeadParser(limit: configuration.headLimit)
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try configure()
    }

    deinit {
        curl_easy_cleanup(easy)
        errorBuffer.deallocate()
    }

    /// libcurl's own words on what went wrong, without credentials.
    func explanation(of code: CURLcode) -> String {
        let text = String(cString: errorBuffer)
        var explanation = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        explanation.replace(request.url, with: RedactedURL(request.url).description)
        if let proxy = request.proxy { explanation.replace(proxy.url, with: proxy.description) }
        return explanation
    }

    func info(_ info: CURLINFO) -> Int {
        var value = 0
        return shim_easy_get_long(easy, info, &value) == CURLE_OK ? value : 0
    }

    var phase: TransferError.Phase {
        parser.isComplete ? .receivingBody : attempts > 0 ? .awaitingHead : .connecting
    }

    /// Gives the reader what came in. `true` if the transfer stands still and has to be resumed at once.
    func handOver() -> Bool {
        guard !staged.isEmpty || isPaused else { return false }
        let result = exchange.handOver(&staged, isPaused: isPaused)
        unread = result.unread
        return result.mustResume
    }

    /// Lets libcurl go on reading. It may call `receive` before this returns.
    func resume() -> CURLcode {
        guard isPaused else { return CURLE_OK }
        isPaused = false
        unread = 0
        hasMoved = true
        return curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    private func configure() throws(TransferError) {
        var options = EasyOptions(easy)
        try options.describe(request, header: &headerList, connectTo: &connectToList)
        options.secure(request)
        options.connect(configuration)
        options.set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(errorBuffer))
        options.call(back: Unmanaged.passUnretained(self).toOpaque())
        if let refusal = options.refusal { throw TransferError(.invalidRequest, "\(request): \(refusal)") }
    }
}

// MARK: - what libcurl calls

extension Transfer {
    /// The connection stands and the request is about to be written. `false` to call it off.
    ///
    /// libcurl comes here again when a kept-alive connection died without an answer and it wants to ask anew, POST included.
    /// Only a question may be asked twice, and what has never left.
    func beginSending() -> Bool {
        attempts += 1
        hasMoved = true
        if attempts > 1, !request.method.isSafe, info(CURLINFO_REQUEST_SIZE) > 0 {
            refusal = (.connectionClosed, "the server closed the kept-alive connection and did not answer")
            return false
        }
        sentBodySize = 0
        return exchange.beginSending()
    }

    /// Copies the next bytes of the body; 0 says that there are no more.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        hasMoved = true
        guard let body = request.body, sentBodySize < body.count else { return 0 }
        let count = min(buffer.count, body.count - sentBodySize)
        body.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sentBodySize..<sentBodySize + count])) }
        sentBodySize += count
        return count
    }

    /// Takes one line of the head. `false` to end the transfer.
    func receive(headLine line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasMoved = true
        switch parser.parse(line: line) {
        case .more: return true
        case .complete(let head):
            exchange.receive(head)
            return true
        case .tooLarge:
            refusal = (.tooLarge(.head), "the head of the answer has more than \(configuration.headLimit) bytes")
            return false
        }
    }

    enum Reception {
        case taken
        /// Not taken: libcurl keeps the bytes until it is resumed.
        case paused
        case refused
    }

    func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Reception {
        hasMoved = true
        if staged.size + unread >= configuration.unreadLimit {
            isPaused = true
            return .paused
        }
        receivedSize += bytes.count
        if let limit = request.maximumBodySize, receivedSize > limit {
            refusal = (.tooLarge(.body), "the body has more than \(limit) bytes")
            return .refused
        }
        staged.append(bytes)
        fresh += bytes.count
        return .taken
    }
}
