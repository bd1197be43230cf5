import FoundationEssentials
import KubeCore

/// The few verbs that replacing a machine by deleting an object needs, over any transport.
struct KubeObjects: Sendable {
    private static let objectLimit = 4 << 20
    private static let listLimit = 64 << 20

    let transport: any KubeTransport

    /// The version that the server prefers for an API group; nil when it does not serve the group.
    func preferredVersion(of group: String) async throws(ReplacementError) -> String? {
        let request = KubeRequest(method: .get, path: "/apis/\(group)")
        // The server says this one in plain text.
        guard let value = try await read(request, Self.objectLimit, isAbsent: { _ in true }) else { return nil }
        guard let version = value["preferredVersion"]?["version"]?.string,
            version.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { throw ReplacementError(.malformedAnswer, "the API server names no version of \(group)") }
        return version
    }

    /// nil when there is no such object.
    func get(_ type: ResourceType, _ key: ObjectKey) async throws(ReplacementError) -> JSONValue? {
        try await read(KubeRequest(method: .get, path: type.path(namespace: key.namespace, name: key.name)), Self.objectLimit)
    }

    func list(_ type: ResourceType) async throws(ReplacementError) -> [JSONValue] {
        guard let value = try await read(KubeRequest(method: .get, path: type.path()), Self.listLimit) else { return [] }
        return value["items"]?.array ?? []
    }

    /// Deletes the object with this uid and no other. False when it is gone; an object that only waits for its finalizers counts
    /// as deleted.
    func delete(_ type: ResourceType, _ key: ObjectKey, uid: String) async throws(ReplacementError) -> Bool {
        let options: JSONValue = [
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", "preconditions": ["uid": .string(uid)],
        ]
        let request = KubeRequest(
            method: .delete, path: type.path(namespace: key.namespace, name: key.name), contentType: "application/json",
            body: options.serialized)
        return try await read(request, Self.objectLimit) != nil
    }

    /// nil for an object that is absent. A 404 without such a Status (a kind or version that is not served, a proxy) proves nothing.
    private func read(
        _ request: KubeRequest, _ limit: Int, isAbsent: (Status?) -> Bool = { $0?.reason == "NotFound" }
    ) async throws(ReplacementError) -> JSONValue? {
        let subject = "\(request.method.rawValue) \(request.path)"
        do throws(KubeError) {
            let response = try await transport.send(request)
            let body = try await response.body.collect(upTo: limit)
            guard (200..<300).contains(response.status) else {
                let status = Self.status(in: body)
                if response.status == 404, isAbsent(status) { return nil }
                throw Self.refusal(response, status)
            }
            do {
                return try JSONValue(parsing: body)
            } catch {
                throw KubeError(.malformedResponse, "the answer is not JSON: \(error)")
            }
        } catch {
            throw ReplacementError(error, whileAsking: subject)
        }
    }

    private static func status(in body: [UInt8]) -> Status? {
        do {
            return try JSONDecoder().decode(Status.self, from: Data(body))
        } catch {
            // The HTTP status says enough.
            return nil
        }
    }

    private static func refusal(_ response: KubeResponse, _ status: Status?) -> KubeError {
        let retryAfter = response.header("Retry-After").flatMap { Int64($0) }.map { Duration.seconds(max(0, $0)) }
        return KubeError(httpStatus: response.status, status: status, retryAfter: retryAfter)
    }
}

extension ReplacementError {
    init(_ error: KubeError, whileAsking subject: String) {
        let reason: Reason =
            switch error.code {
            case .tooManyRequests: .rateLimited
            case .internalError, .serverTimeout, .serviceUnavailable: .serverError
            case .unreachable: .unreachable
            case .timedOut: .timedOut
            case .outcomeUnknown: .outcomeUnknown
            case .conflict, .alreadyExists, .gone: .conflict
            case .malformedResponse, .tooLarge: .malformedAnswer
            case .unauthorized: .unauthenticated
            case .forbidden: .forbidden
            case .badRequest, .invalid, .notFound, .methodNotAllowed, .notAcceptable, .unsupportedMediaType: .invalidRequest
            case .configuration: .misconfigured
            case .cancelled, .leadershipLost: .cancelled
            }
        self.init(reason, "\(subject): \(Excerpt.of(error.message))", retryAfter: error.retryAfter)
    }
}
