import HTTPTypes
import Hummingbird
import KubeCore
import NIOCore

/// A request that never reaches the transport.
struct RefusedRequest: Error {
    var status: Status
}

extension KubeRequest {
    /// A body in protobuf is handed on as JSON where its kind is known, so the transport need not know that form.
    /// Errors: 405 for a method the API does not have, 400 for a broken query, 413 for a body over `bodyLimit` bytes.
    static func reading(_ request: Request, bodyLimit: Int) async -> Result<KubeRequest, RefusedRequest> {
        guard let method = Method(rawValue: request.method.rawValue) else {
            return .failure(.methodNotAllowed(request.method.rawValue))
        }
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let query = query(parts.count > 1 ? parts[1] : "") else { return .failure(.badRequest("invalid query in \(target)")) }

        var body: [UInt8] = []
        if method != .get {
            do {
                body = Array(buffer: try await request.body.collect(upTo: bodyLimit))
            } catch is NIOTooManyBytesError {
                return .failure(.tooLarge(limit: bodyLimit))
            } catch {
                return .failure(.badRequest("the request body could not be read: \(error)"))
            }
        }
        var contentType = request.headers[.contentType]
        if contentType?.hasPrefix(ProtobufObject.contentType) == true, let object = ProtobufObject(body) {
            body = object.value.serialized
            contentType = "application/json"
        }
        let framing: Set<HTTPField.Name> = [.accept, .contentType, .contentLength, .connection, .transferEncoding, .expect]
        let headers = request.headers.filter { !framing.contains($0.name) }.map { HeaderField($0.name.rawName, $0.value) }
        return .success(
            KubeRequest(
                method: method, path: String(parts[0]), query: query, contentType: contentType,
                accept: request.headers[.accept] ?? "*/*", body: body, headers: headers, timeout: nil))
    }

    /// Names and values in their order; nil when an escape is broken.
    private static func query(_ text: Substring) -> [QueryItem]? {
        var items: [QueryItem] = []
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(pair[0]).percentDecoded(plusIsSpace: true),
                let value = String(pair.count > 1 ? pair[1] : "").percentDecoded(plusIsSpace: true)
            else { return nil }
            items.append(QueryItem(name, value))
        }
        return items
    }

    /// Whether the answer has no end of its own.
    var isWatch: Bool {
        method == .get && query.contains { $0.name == "watch" && ($0.value == "true" || $0.value == "1") }
    }
}

extension RefusedRequest {
    fileprivate static func methodNotAllowed(_ method: String) -> RefusedRequest {
        RefusedRequest(
            status: Status(
                message: "the server does not allow this method on the requested resource: \(method)", reason: "MethodNotAllowed",
                code: 405))
    }

    fileprivate static func badRequest(_ message: String) -> RefusedRequest {
        RefusedRequest(status: Status(message: message, reason: "BadRequest", code: 400))
    }

    fileprivate static func tooLarge(limit: Int) -> RefusedRequest {
        RefusedRequest(
            status: Status(
                message: "Request entity too large: limit is \(limit)", reason: "RequestEntityTooLarge", code: 413))
    }
}
