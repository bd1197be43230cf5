import KubeCore

/// Where a page of a list starts, and at which revision the whole list stands.
struct Page: Sendable {
    var table: ObjectTable
    var revision: Int64
    var start: String?
    var limit: Int?
    /// The token's revision is compacted: the answer is 410, with a token for an inconsistent rest.
    var isExpired = false

    init(_ call: APICall, _ definition: ResourceDefinition, current: ObjectTable, revision: Int64) throws(KubeError) {
        table = current
        self.revision = revision
        let version = call.query["resourceVersion"] ?? ""
        let match = call.query["resourceVersionMatch"] ?? ""
        if let text = call.query["limit"], !text.isEmpty {
            guard let number = Int(text) else {
                throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
            }
            limit = number > 0 ? number : nil
        }
        let token = call.query["continue"] ?? ""
        try Self.check(match, version, token, call)
        if !token.isEmpty {
            if !version.isEmpty, version != "0" { throw .badRequest("specifying resource version is not allowed when using continue") }
            let token = try ContinueToken(token)
            start = token.start
            // -1: the rest of a list whose start has expired, as of now.
            if token.revision < 0 { return }
            guard let past = current.snapshot(at: token.revision) else {
                isExpired = true
                return
            }
            table = past
            self.revision = token.revision
            return
        }
        guard !version.isEmpty else { return }
        guard let wanted = Int64(version), wanted >= 0 else {
            throw .badRequest("resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax")
        }
        if wanted > revision { throw Self.tooLarge(wanted, revision) }
        if match == "Exact" || (match.isEmpty && wanted > 0 && limit != nil) {
            guard let past = current.snapshot(at: wanted) else {
                throw .expired("too old resource version: \(wanted) (\(current.floor))")
            }
            table = past
            self.revision = wanted
        } else if wanted == 0 {
            // Served from the watch cache, which does not page.
            limit = nil
        }
    }

    private static func check(_ match: String, _ version: String, _ token: String, _ call: APICall) throws(KubeError) {
        guard !match.isEmpty else { return }
        let options = GroupResource(group: "meta.k8s.io", resource: "ListOptions")
        func refuse(_ problem: FieldProblem) -> KubeError { .invalid(options, "", [problem]) }
        if version.isEmpty {
            throw refuse(.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        }
        if !token.isEmpty {
            throw refuse(.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
        }
        guard match == "Exact" || match == "NotOlderThan" else {
            throw refuse(.unsupported("resourceVersionMatch", match, supported: ["Exact", "NotOlderThan"]))
        }
        if match == "Exact", version == "0" {
            throw refuse(.forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
        }
    }

    /// 410 with a token that goes on from the same key as of now.
    var expiredAnswer: JSONValue {
        var status = KubeError.expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
                + "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the "
                + "provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the "
                + "first chunk was returned and now may show up in the list."
        ).statusObject
        status["metadata"] = ["continue": .string(ContinueToken(revision: -1, start: start ?? "").text)]
        return status
    }

    static func tooLarge(_ wanted: Int64, _ revision: Int64) -> KubeError {
        .refused(
            504, "Timeout", "Timeout: Too large resource version: \(wanted), current: \(revision)",
            details: Status.Details(
                causes: [Status.Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")], retryAfterSeconds: 1))
    }
}

/// `{"v":"meta.k8s.io/v1","rv":335,"start":"/f3\u0000"}` in URL-safe base 64.
struct ContinueToken: Sendable {
    var revision: Int64
    /// A key's path followed by a zero byte.
    var start: String

    init(revision: Int64, start: String) {
        self.revision = revision
        self.start = start
    }

    init(_ text: String) throws(KubeError) {
        let prefix = "invalid continue token: continue key is not valid: "
        guard let bytes = Base64.decode(text) else { throw .badRequest(prefix + "illegal base64 data at input byte 0") }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .badRequest(prefix + "invalid character \(GoJSON.character(bytes.first ?? 0)) looking for beginning of value")
        }
        guard value["v"] == "meta.k8s.io/v1" else {
            throw .badRequest("invalid continue token: server does not recognize this encoded version \(value["v"]?.text() ?? "\"\"")")
        }
        guard let revision = value["rv"]?.integer, let start = value["start"]?.string, start.hasPrefix("/") else {
            throw .badRequest("invalid continue token: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
        }
        self.init(revision: revision, start: String(start.dropFirst()))
    }

    var text: String {
        let value: JSONValue = ["v": "meta.k8s.io/v1", "rv": .integer(revision), "start": .string("/\(start)")]
        return Base64.encode(value.serialized, forURL: true)
    }
}

/// How Go's JSON decoder complains.
enum GoJSON {
    static func character(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): "'\\''"
        case 0x20..<0x7F: "'\(Character(Unicode.Scalar(byte)))'"
        default: "'\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))'"
        }
    }

    static func message(for error: JSONError, in bytes: [UInt8]) -> String {
        guard error.offset < bytes.count, !error.message.hasPrefix("unexpected end") else { return "unexpected end of JSON input" }
        let byte = character(bytes[error.offset])
        return switch error.message {
        case "unexpected text after the value": "invalid character \(byte) after top-level value"
        case "expected a member name": "invalid character \(byte) looking for beginning of object key string"
        case "expected ':'": "invalid character \(byte) after object key"
        case "expected ',' or '}'": "invalid character \(byte) after object key:value pair"
        case "expected ',' or ']'": "invalid character \(byte) after array element"
        default: "invalid character \(byte) looking for beginning of value"
        }
    }
}
