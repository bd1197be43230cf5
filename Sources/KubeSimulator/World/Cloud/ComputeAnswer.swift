import KubeCore

/// An answer of a Google API.
struct ComputeAnswer: Sendable {
    var status: Int
    private var body: [UInt8]
    private var contentType = "application/json; charset=UTF-8"
    private var headers: [HeaderField] = []

    init(_ body: JSONValue, status: Int = 200, headers: [HeaderField] = []) {
        self.status = status
        self.body = body.serialized
        self.headers = headers
    }

    /// As the metadata server answers.
    init(text: String, headers: [HeaderField]) {
        status = 200
        body = Array(text.utf8)
        contentType = "application/text"
        self.headers = headers
    }

    init(_ refusal: ComputeRefusal) {
        status = refusal.code
        var error: JSONValue = [
            "code": .integer(Int64(refusal.code)), "message": .string(refusal.message),
            "errors": [["message": .string(refusal.message), "domain": .string(refusal.domain), "reason": .string(refusal.reason)]],
        ]
        error["status"] = refusal.status.map { .string($0) }
        body = (["error": error] as JSONValue).serialized
        headers = refusal.retryAfterSeconds.map { [HeaderField("Retry-After", String($0))] } ?? []
    }

    var response: KubeResponse {
        KubeResponse(status: status, headers: [HeaderField("Content-Type", contentType)] + headers, body: KubeBody(body))
    }
}

/// How the Compute API says no.
package struct ComputeRefusal: Sendable, Hashable {
    package var code: Int
    package var reason: String
    package var message: String
    package var domain = "global"
    /// The canonical code beside it, where there is one.
    package var status: String?
    package var retryAfterSeconds: Int?

    package init(_ code: Int, _ reason: String, _ message: String, status: String? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.status = status
    }

    package static func forbidden(_ permission: String) -> ComputeRefusal {
        ComputeRefusal(403, "forbidden", "Required '\(permission)' permission for this resource", status: "PERMISSION_DENIED")
    }

    package static let rateLimited = ComputeRefusal(
        403, "rateLimitExceeded",
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'compute.googleapis.com'")
    package static let tooManyRequests = ComputeRefusal(429, "rateLimitExceeded", "Rate Limit Exceeded", status: "RESOURCE_EXHAUSTED")
    package static let unavailable = ComputeRefusal(
        503, "backendError", "Service unavailable. Please try again later.", status: "UNAVAILABLE")
    package static let internalError = ComputeRefusal(500, "backendError", "Internal error. Please try again or contact Google Support.")
    package static let conflict = ComputeRefusal(409, "resourceInUseByAnotherResource", "The resource is being used by another operation")

    static let unauthenticated = ComputeRefusal(
        401, "required", "Request is missing required authentication credential.", status: "UNAUTHENTICATED")

    static func notFound(_ resource: String) -> ComputeRefusal {
        ComputeRefusal(404, "notFound", "The resource '\(resource)' was not found")
    }

    static func invalid(_ field: String, _ value: String) -> ComputeRefusal {
        ComputeRefusal(400, "invalid", "Invalid value for field '\(field)': '\(value)'.")
    }
}
