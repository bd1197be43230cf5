/// `metav1.Status`: how the API server says no, and sometimes yes.
package struct Status: Sendable, Hashable, Codable {
    package var status: String?
    package var message: String?
    /// `NotFound`, `Conflict`, `Expired`, …
    package var reason: String?
    package var details: Details?
    package var code: Int?

    package init(status: String? = "Failure", message: String?, reason: String?, details: Details? = nil, code: Int?) {
        self.status = status
        self.message = message
        self.reason = reason
        self.details = details
        self.code = code
    }

    package struct Details: Sendable, Hashable, Codable {
        package var name: String?
        package var group: String?
        package var kind: String?
        package var uid: String?
        package var causes: [Cause]?
        package var retryAfterSeconds: Int?

        package init(
            name: String? = nil, group: String? = nil, kind: String? = nil, uid: String? = nil, causes: [Cause]? = nil,
            retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    package struct Cause: Sendable, Hashable, Codable {
        package var reason: String?
        package var message: String?
        package var field: String?

        package init(reason: String?, message: String?, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }
}

extension KubeError {
    /// What an HTTP status and the Status in its body mean. The reason decides where both speak.
    package init(httpStatus: Int, status: Status?, retryAfter: Duration? = nil) {
        let code: Code =
            switch (status?.reason, httpStatus) {
            case ("AlreadyExists", _): .alreadyExists
            case ("Expired", _), ("Gone", _), (_, 410): .gone
            case (_, 400): .badRequest
            case (_, 401): .unauthorized
            case (_, 403): .forbidden
            case (_, 404): .notFound
            case (_, 405): .methodNotAllowed
            case (_, 406): .notAcceptable
            case (_, 409): .conflict
            case (_, 413): .tooLarge
            case (_, 415): .unsupportedMediaType
            case (_, 422): .invalid
            case (_, 429): .tooManyRequests
            case (_, 503): .serviceUnavailable
            case (_, 504): .serverTimeout
            default: httpStatus >= 500 ? .internalError : .badRequest
            }
        let seconds = status?.details?.retryAfterSeconds
        self.init(
            code, status?.message ?? "the server answered HTTP \(httpStatus)", status: status,
            retryAfter: retryAfter ?? seconds.map { .seconds($0) })
    }
}
