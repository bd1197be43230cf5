package import CurlHTTP
package import KubeCore
package import NodeReplacement
import Synchronization

/// HTTP without sockets: carries what a provider sends to a `KubeTransport`, and loses of it what a test says.
package final class CloudDoor: HTTPExecuting {
    package enum Loss: Sendable {
        /// Done, and nobody hears of it.
        case answer
        /// It never arrives, and the client can't know.
        case request
    }

    private struct State {
        var requests: [TransferRequest] = []
        var losses: [(part: String, loss: Loss)] = []
    }

    private let service: any KubeTransport
    private let state = Mutex(State())

    package init(_ service: any KubeTransport) { self.service = service }

    /// The next request whose URL has `part` meets this.
    package func lose(_ loss: Loss, ofNext part: String) { state.withLock { $0.losses.append((part, loss)) } }

    package var requests: [TransferRequest] { state.withLock { $0.requests } }

    package func requests(with part: String) -> [TransferRequest] { requests.filter { $0.url.contains(part) } }

    /// The values of a query parameter in all requests whose URL has `part`.
    package func values(of name: String, with part: String) -> [String] {
        requests(with: part).compactMap { request in Self.parts(of: request.url).query.first { $0.name == name }?.value }
    }

    package func answer(to request: TransferRequest) async throws(TransferError) -> HTTPAnswer {
        let loss: Loss? = state.withLock { state in
            state.requests.append(request)
            guard let index = state.losses.firstIndex(where: { request.url.contains($0.part) }) else { return nil }
            return state.losses.remove(at: index).loss
        }
        let lost = TransferError(.connectionClosed, "\(request): cut", delivery: .unanswered, isSafe: request.method.isSafe)
        if case .request = loss { throw lost }
        let (path, query) = Self.parts(of: request.url)
        guard let method = KubeRequest.Method(rawValue: request.method.rawValue) else {
            throw TransferError(.invalidRequest, "\(request): the double has no such method")
        }
        let call = KubeRequest(
            method: method, path: path, query: query, contentType: request.headers["Content-Type"], body: request.body ?? [],
            headers: request.headers.fields.map { HeaderField($0.name, $0.value) })
        let answer: HTTPAnswer
        do {
            let response = try await service.send(call)
            var headers = HeaderFields()
            for field in response.headers { headers.append(field.name, field.value) }
            answer = HTTPAnswer(status: response.status, headers: headers, body: try await response.body.collect(upTo: 16 << 20))
        } catch {
            throw TransferError(.unreachable, "\(request): \(error)")
        }
        if case .answer = loss { throw lost }
        return answer
    }

    private static func parts(of url: String) -> (path: String, query: [QueryItem]) {
        let halves = url.split(separator: "?", maxSplits: 1).map { String($0) }
        let path = "/" + halves[0].split(separator: "/").dropFirst(2).joined(separator: "/")
        let pairs = halves.count > 1 ? halves[1].split(separator: "&") : []
        let query = pairs.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1).map { String($0).percentDecoded() ?? "" }
            return QueryItem(sides.first ?? "", sides.count > 1 ? sides[1] : "")
        }
        return (path, query)
    }
}
