import KubeCore
import Synchronization

extension SimulatedAPIServer {
    /// Lets `plan` decide about every later request; nil ends the trouble.
    package func injectFaults(_ plan: FaultPlan?) {
        state.withLock { $0.faults = plan }
    }

    /// The requests answered so far, oldest first.
    package var requestLog: [LoggedRequest] { state.withLock { $0.log.requests } }

    package func resetRequestLog() {
        state.withLock { $0.log.reset() }
    }

    /// Replaces what the user may do.
    package func authorize(_ user: String, _ rules: [AccessRule]) {
        state.withLock { $0.authorization.rules[user] = rules }
    }

    func respond(to request: KubeRequest) async throws(KubeError) -> KubeResponse {
        if Task.isCancelled { throw KubeError(.cancelled, "cancelled before the request was sent") }
        let registry = state.withLock { $0.registry }
        let user = identify(request)
        let call = APICall(request, user: user ?? "system:anonymous", registry: registry)
        let plan = state.withLock { $0.faults }
        let fault = plan?(call.attributes)
        if let delay = fault?.delay { try await time.sleep(for: delay) }
        var outcome = Outcome(answer: .notFound)
        if let answer = fault?.answer {
            outcome.answer = .json(answer.status?.code ?? 500, answer.statusObject)
            outcome.retryAfter = answer.retryAfter
            log(call, outcome, before: revision)
        } else {
            let before = revision
            do throws(KubeError) {
                if user == nil { throw .refused(401, "Unauthorized", "Unauthorized") }
                try authorize(call)
                outcome = try handle(call, fault)
            } catch {
                outcome = Outcome(answer: .json(error.status?.code ?? 500, error.statusObject))
                outcome.retryAfter = error.retryAfter
            }
            log(call, outcome, before: before)
        }
        if let lost = fault?.lostReply { throw lost }
        return outcome.response(to: call)
    }

    /// Who the request is from; nil for a token that nobody has.
    private func identify(_ request: KubeRequest) -> String? {
        var user = configuration.superuser
        for header in request.headers {
            switch header.name.lowercased() {
            case "impersonate-user": return header.value
            case "authorization" where !configuration.tokens.isEmpty:
                guard let token = header.value.split(separator: " ").last, let known = configuration.tokens[String(token)] else {
                    return nil
                }
                user = known
            default: break
            }
        }
        return user
    }

    private func authorize(_ call: APICall) throws(KubeError) {
        var attributes = call.attributes
        // Everybody may ask about themselves.
        if attributes.resource.hasPrefix("selfsubject") { return }
        // A list or watch of one name is judged by that name.
        if attributes.name.isEmpty, let definition = call.definition, let text = call.query["fieldSelector"], !text.isEmpty {
            attributes.name = try FieldSelector(text, definition).name ?? ""
        }
        // A create is judged without a name: the server may not know it yet.
        if attributes.verb == "create", attributes.subresource.isEmpty { attributes.name = "" }
        let judged = attributes
        try withState { state throws(KubeError) in try state.authorize(judged) }
    }

    private func log(_ call: APICall, _ outcome: Outcome, before: Int64) {
        let now = time.now()
        state.withLock { state in
            let entry = LoggedRequest(
                attributes: call.attributes, method: call.request.method, status: outcome.status, revision: state.store.revision,
                isEffective: state.store.revision != before, time: now, isDryRun: call.query["dryRun"] == "All",
                fieldManager: call.fieldManager)
            state.log.append(entry)
        }
    }
}

/// What a request came to.
struct Outcome: Sendable {
    var answer: Answer
    /// Texts for `Warning: 299` headers.
    var warnings: [String] = []
    var retryAfter: Duration?
    /// Other than the answer's own.
    var contentType: String?
    /// Where to look instead, of a redirection.
    var location: String?

    var status: Int {
        switch answer {
        case .json(let status, _), .bytes(let status, _), .text(let status, _): status
        case .stream: 200
        }
    }

    func response(to call: APICall) -> KubeResponse {
        var headers: [HeaderField] = []
        let body: KubeBody
        var type = "application/json"
        switch answer {
        case .json(_, let value): body = KubeBody(value.serialized + [0x0A])
        case .bytes(_, let bytes): body = KubeBody(bytes)
        case .text(_, let text):
            body = KubeBody(Array(text.utf8))
            type = "text/plain; charset=utf-8"
        case .stream(let stream): body = stream
        }
        headers.append(HeaderField("Content-Type", contentType ?? type))
        if let location { headers.append(HeaderField("Location", location)) }
        if let seconds = retryAfter?.components.seconds { headers.append(HeaderField("Retry-After", String(seconds))) }
        for warning in warnings {
            let quoted = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            headers.append(HeaderField("Warning", "299 - \"\(quoted)\""))
        }
        return KubeResponse(status: status, headers: headers, body: body)
    }
}
