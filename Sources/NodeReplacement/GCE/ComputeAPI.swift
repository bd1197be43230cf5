import CurlHTTP
import KubeCore
import Logging
import Synchronization

/// The few calls of the Compute Engine API v1, each one request.
///
/// Guarantees: a token goes to the endpoint alone and into no message; a refused token is renewed once; after a refusal for too
/// many requests nothing is sent until the time that was asked for has passed, by any caller.
struct ComputeAPI: Sendable {
    let http: any HTTPExecuting
    let tokens: CachedTokens
    let time: any TimeSource
    let endpoint: String
    let route: HTTPRoute
    let timeout: Duration
    let logger: Logger
    let limit: RateGate

    enum Effect {
        case reads
        case changes
    }

    /// The answer as JSON, nil when Compute Engine itself says 404: a proxy's or another service's 404 is no proof of absence.
    func send(
        _ method: TransferRequest.Method, _ path: String, query: [QueryItem] = [], body: JSONValue? = nil, _ effect: Effect,
        for subject: String
    ) async throws(ReplacementError) -> JSONValue? {
        try limit.pass(at: time.uptime(), for: subject)
        let token = try await tokens.token()
        var answer = try await exchange(method, path, query, body, token, effect, subject)
        var used = [token]
        if answer.status == 401 {
            tokens.invalidate(token)
            let fresh = try await tokens.token()
            used.append(fresh)
            answer = try await exchange(method, path, query, body, fresh, effect, subject)
        }
        let value = try parsed(answer, effect, subject)
        if (200..<300).contains(answer.status) {
            limit.open()
            return value
        }
        if answer.status == 404, value?["error"]?["code"]?.integer == 404 { return nil }
        throw refusal(answer, value, for: subject, hiding: used)
    }

    private func exchange(
        _ method: TransferRequest.Method, _ path: String, _ query: [QueryItem], _ body: JSONValue?, _ token: AccessToken,
        _ effect: Effect, _ subject: String
    ) async throws(ReplacementError) -> HTTPAnswer {
        // Paths are made of names whose characters were checked; a project's colon is the only one that needs encoding.
        let segments = path.split(separator: "/").map { String($0).percentEncodedPathSegment }.joined(separator: "/")
        var url = "\(endpoint)/\(segments)"
        if !query.isEmpty {
            url += "?" + query.map { "\($0.name.percentEncodedQueryPart)=\($0.value.percentEncodedQueryPart)" }.joined(separator: "&")
        }
        var request = TransferRequest(
            method, url, headers: ["Authorization": token.authorization, "Accept": "application/json"], tls: route.tls,
            proxy: route.proxy, totalTimeout: timeout, idleTimeout: timeout, maximumBodySize: 16 << 20)
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.serialized
        }
        do {
            return try await http.answer(to: request)
        } catch {
            throw ReplacementError(error, whileAsking: subject, safely: effect == .reads)
        }
    }

    /// nil for a refusal whose body is no JSON: its status speaks for itself.
    private func parsed(_ answer: HTTPAnswer, _ effect: Effect, _ subject: String) throws(ReplacementError) -> JSONValue? {
        do {
            return try JSONValue(parsing: answer.body)
        } catch {
            guard (200..<300).contains(answer.status) else { return nil }
            let reason: ReplacementError.Reason = effect == .changes ? .outcomeUnknown : .malformedAnswer
            throw ReplacementError(reason, "\(subject): the answer is not JSON")
        }
    }

    private func refusal(_ answer: HTTPAnswer, _ value: JSONValue?, for subject: String, hiding tokens: [AccessToken]) -> ReplacementError {
        let error = value?["error"]
        var words = ((error?["errors"]?.array ?? []) + (error?["details"]?.array ?? [])).compactMap { $0["reason"]?.string }
        if let status = error?["status"]?.string { words.append(status) }
        let reason = ComputeReason(status: answer.status, words: words).reason
        let secrets = tokens.map(\.value)
        let explanation = error?["message"]?.string.map { Excerpt.of($0, hiding: secrets) } ?? Excerpt.of(answer.body, hiding: secrets)
        let message = "\(subject): HTTP \(answer.status)" + (explanation.isEmpty ? "" : ": \(explanation)")
        var retryAfter = answer.retryAfter
        if reason == .rateLimited {
            retryAfter = limit.close(at: time.uptime(), for: retryAfter)
            logger.warning("Compute Engine limits the rate of requests", metadata: ["reason": .string(explanation)])
        }
        return ReplacementError(reason, message, retryAfter: retryAfter)
    }
}

/// Shut for a while after "too many requests": at once for every caller, longer each time until a request succeeds.
final class RateGate: Sendable {
    private struct State {
        var shutUntil: Duration?
        var pause: Duration = .zero
    }

    /// Compute Engine counts requests by the minute.
    private static let longestPause: Duration = .seconds(60)

    private let state = Mutex(State())

    func pass(at now: Duration, for subject: String) throws(ReplacementError) {
        let left: Duration? = state.withLock { state in
            guard let end = state.shutUntil, end > now else { return nil }
            return end - now
        }
        guard let left else { return }
        throw ReplacementError(.rateLimited, "\(subject): not asked, since Compute Engine wants fewer requests", retryAfter: left)
    }

    /// Returns how long it stays shut.
    func close(at now: Duration, for asked: Duration?) -> Duration {
        state.withLock { state in
            state.pause = min(max(state.pause * 2, .seconds(5)), Self.longestPause)
            let pause = max(asked ?? .zero, state.pause)
            state.shutUntil = max(state.shutUntil ?? .zero, now + pause)
            return pause
        }
    }

    func open() { state.withLock { $0.pause = .zero } }
}
