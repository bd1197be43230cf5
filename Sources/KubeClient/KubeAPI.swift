import FoundationEssentials
package import KubeCore

/// The Kubernetes API in verbs, over any transport.
///
/// Guarantees: one call is one request; nothing is retried here. Bodies are bounded.
/// Absent objects are `nil`; a kind that the server does not serve is the error `.notFound`.
/// Errors: what the server refused with its own words and `Retry-After`, what the transport met, `.malformedResponse`.
package struct KubeAPI: Sendable {
    /// Bytes of one answer, so that no server can fill the memory.
    package struct Limits: Sendable, Hashable {
        /// etcd keeps objects below 1.5 MiB; JSON and managedFields make them larger.
        package var object = 16 << 20
        package var list = 256 << 20
        package var failure = 1 << 20

        package init() {}
    }

    package let transport: any KubeTransport
    /// The owner of the fields written through this client.
    package let fieldManager: String
    package let limits: Limits

    package init(_ transport: any KubeTransport, fieldManager: String = "nodeaudit", limits: Limits = Limits()) {
        self.transport = transport
        self.fieldManager = fieldManager
        self.limits = limits
    }

    /// Sends one request as it is and gives the body of a 2xx answer. Errors: any other status, as the server explained it.
    package func bytes(for request: KubeRequest, upTo limit: Int? = nil) async throws(KubeError) -> [UInt8] {
        try await answer(to: request).body.collect(upTo: limit ?? limits.object)
    }

    /// Sends one request and reads the answer as JSON.
    package func json(for request: KubeRequest) async throws(KubeError) -> JSONValue {
        try parse(try await bytes(for: request), answering: request)
    }

    /// A request whose answer streams. Errors: any status but 2xx.
    package func stream(_ request: KubeRequest) async throws(KubeError) -> KubeBody { try await answer(to: request).body }

    /// Errors: any status but 2xx, as the server explained it.
    func answer(to request: KubeRequest) async throws(KubeError) -> KubeResponse {
        let response = try await transport.send(request)
        guard (200..<300).contains(response.status) else { throw await failure(response, to: request) }
        return response
    }

    func parse(_ bytes: [UInt8], answering request: KubeRequest) throws(KubeError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw KubeError(.malformedResponse, "the answer to \(request.method.rawValue) \(request.path) is not JSON: \(error)")
        }
    }

    func managed(_ options: WriteOptions) -> WriteOptions {
        var options = options
        options.fieldManager = options.fieldManager ?? fieldManager
        return options
    }

    /// What a refusal says. A body that cannot be read does not hide the status.
    private func failure(_ response: KubeResponse, to request: KubeRequest) async -> KubeError {
        let retryAfter = response.header("Retry-After").flatMap { Int64($0) }.map { Duration.seconds(max(0, $0)) }
        let body: [UInt8]
        do {
            body = try await response.body.collect(upTo: limits.failure)
        } catch {
            if error.isCancelled { return error }
            body = []
        }
        if let status = Self.status(in: body) {
            return KubeError(httpStatus: response.status, status: status, retryAfter: retryAfter)
        }
        var error = KubeError(httpStatus: response.status, status: nil, retryAfter: retryAfter)
        error.message = "\(request.method.rawValue) \(request.path): the server answered HTTP \(response.status)"
        if let text = Self.excerpt(of: body) { error.message += ": \(text)" }
        return error
    }

    static func status(in body: [UInt8]) -> Status? {
        do {
            if body.first == UInt8(ascii: "k") { return try Status(protobuf: body[...]) }
            guard body.first == UInt8(ascii: "{") else { return nil }
            let value = try JSONValue(parsing: body)
            guard value["kind"]?.string == "Status" else { return nil }
            return try JSONDecoder().decode(Status.self, from: Data(body))
        } catch {
            return nil
        }
    }

    /// The first line of a plain answer, without control characters, for a message.
    private static func excerpt(of body: [UInt8]) -> String? {
        let line = body.prefix(300).prefix { $0 >= 0x20 }
        guard !line.isEmpty else { return nil }
        return String(decoding: line, as: UTF8.self)
    }
}
