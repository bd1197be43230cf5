import CLibcurl
import Glibc

extension EasyOptions {
    /// Method, URL, header fields and body.
    mutating func describe(
        _ request: TransferRequest, header: inout StringList, connectTo: inout StringList
    ) throws(TransferError) {
        let target = try ResolvedTarget(request)
        set(CURLOPT_URL, target.url)
        set(CURLOPT_PATH_AS_IS, true)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FOLLOWLOCATION, false)
        set(CURLOPT_HTTP_CONTENT_DECODING, false)
        // A tunnelling proxy must not see the bearer token.
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        // NOPROXY and an empty PROXY keep libcurl from looking at the environment.
        set(CURLOPT_PROXY, request.proxy?.url ?? "")
        set(CURLOPT_NOPROXY, "")
        if let address = target.connectTo {
            guard connectTo.append(address) else { throw .invalid(request, "no memory") }
            set(CURLOPT_CONNECT_TO, list: connectTo)
        }
        switch request.method {
        case .get: set(CURLOPT_HTTPGET, true)
        case .head: set(CURLOPT_NOBODY, true)
        case .post, .put, .patch, .delete:
            // "Upload" is what libcurl calls a request whose body comes from a read function: that is the only kind which
            // it does not repeat by itself when it cannot rewind. CUSTOMREQUEST changes the word alone.
            set(CURLOPT_UPLOAD, true)
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
            set(CURLOPT_INFILESIZE_LARGE, offset: request.body?.count ?? 0)
        }
        guard !request.method.isSafe || request.body == nil else { throw .invalid(request, "a body for a safe method") }
        for line in try HeaderLines(request, host: target.host).lines {
            guard header.append(line) else { throw .invalid(request, "no memory") }
        }
        set(CURLOPT_HTTPHEADER, list: header)
    }

    mutating func secure(_ request: TransferRequest) {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // A resumed session would skip the look at the certificates.
        set(CURLOPT_SSL_SESSIONID_CACHE, false)
        switch request.tls.trust {
        case .system: break
        case .authorities(let pem):
            set(CURLOPT_CAINFO_BLOB, blob: pem)
            // Else the authorities of the system's directory are believed beside those of the blob.
            set(CURLOPT_CAPATH, nil as String?)
            set(CURLOPT_CAINFO, nil as String?)
        case .unverified:
            set(CURLOPT_SSL_VERIFYPEER, false)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        // An encrypted key would make OpenSSL ask for a passphrase on the terminal, if there was none here.
        set(CURLOPT_KEYPASSWD, "")
        if let identity = request.tls.identity {
            set(CURLOPT_SSLCERT_BLOB, blob: identity.certificateChain)
            set(CURLOPT_SSLCERTTYPE, "PEM")
            set(CURLOPT_SSLKEY_BLOB, blob: identity.privateKey)
            set(CURLOPT_SSLKEYTYPE, "PEM")
        }
    }

    mutating func connect(_ configuration: CurlHTTPClient.Configuration) {
        set(CURLOPT_NOSIGNAL, true)
        // Without it, giving up on a name that does not resolve would hold up the loop until the name server's time-out.
        set(CURLOPT_QUICK_EXIT, true)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: configuration.connectTimeout)
        set(CURLOPT_MAXAGE_CONN, seconds: configuration.maximumIdleAge)
        set(CURLOPT_TCP_NODELAY, true)
        set(CURLOPT_TCP_KEEPALIVE, true)
        set(CURLOPT_TCP_KEEPIDLE, seconds: configuration.keepAliveInterval)
        set(CURLOPT_TCP_KEEPINTVL, seconds: configuration.keepAliveInterval)
        set(CURLOPT_BUFFERSIZE, 64 << 10)
    }

    /// Points every callback at a `Transfer`, which has to outlive the handle.
    mutating func call(back transfer: UnsafeMutableRawPointer) {
        set(CURLOPT_HEADERDATA, pointer: transfer)
        set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let transfer = Transfer.from(context), let line = Transfer.buffer(bytes, size * count) else { return size * count }
            return transfer.receive(headLine: line) ? line.count : 0
        }
        set(CURLOPT_WRITEDATA, pointer: transfer)
        set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let transfer = Transfer.from(context), let bytes = Transfer.buffer(bytes, size * count) else { return size * count }
            switch transfer.receive(bytes) {
            case .taken: return bytes.count
            case .paused: return Int(CURL_WRITEFUNC_PAUSE)
            case .refused: return 0
            }
        }
        set(CURLOPT_READDATA, pointer: transfer)
        set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let transfer = Transfer.from(context) else { return 0 }
            return transfer.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        check(shim_easy_set_seek_callback(easy) { _, _, _ in CURL_SEEKFUNC_FAIL }, CURLOPT_SEEKFUNCTION)
        set(CURLOPT_PREREQDATA, pointer: transfer)
        let prereq: curl_prereq_callback = { context, _, _, _, _ in
            guard let transfer = Transfer.from(context), transfer.beginSending() else { return CURL_PREREQFUNC_ABORT }
            return CURL_PREREQFUNC_OK
        }
        check(shim_easy_set_prereq_callback(easy, prereq), CURLOPT_PREREQFUNCTION)
        set(CURLOPT_SOCKOPTDATA, pointer: transfer)
        let sockopt: curl_sockopt_callback = { context, socket, _ in
            if let transfer = Transfer.from(context) { transfer.prepare(socket) }
            return CURL_SOCKOPT_OK
        }
        check(shim_easy_set_sockopt_callback(easy, sockopt), CURLOPT_SOCKOPTFUNCTION)
    }
}

extension Transfer {
    fileprivate static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate static func buffer(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard let bytes, count > 0 else { return nil }
        return UnsafeBufferPointer(start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// What libcurl has no option for: unacknowledged data ends the connection after a while instead of after 15 minutes, and
    /// programs that we start (credential plugins) do not inherit the connection. Both are a help, none is a condition.
    fileprivate func prepare(_ socket: curl_socket_t) {
        var milliseconds = UInt32(clamping: configuration.unacknowledgedTimeout.wholeMilliseconds)
        let size = socklen_t(MemoryLayout<UInt32>.size)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, size)
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    }
}
