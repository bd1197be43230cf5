/// What Compute Engine's words mean. Sources: the API's error pages, the cluster autoscaler's list of codes.
struct ComputeReason {
    let reason: ReplacementError.Reason

    /// Of an HTTP answer: `words` are the reasons that its body gives (`rateLimitExceeded`, `RESOURCE_EXHAUSTED`, …).
    init(status: Int, words: [String]) {
        let words = Set(words.map { $0.filter { $0 != "_" }.lowercased() })
        func has(_ wanted: String...) -> Bool { !words.isDisjoint(with: wanted) }
        reason =
            switch status {
            case 400 where has("resourcenotready", "operationinprogress"): .busy
            case 400: .invalidRequest
            case 401: .unauthenticated
            // Compute Engine says 403, not 429, for most of its limits.
            case 403 where has("ratelimitexceeded", "userratelimitexceeded", "concurrentlimitexceeded"): .rateLimited
            case 403 where has("quotaexceeded", "resourcequotaexceeded", "dailylimitexceeded", "limitexceeded"): .quotaExceeded
            case 403 where has("accessnotconfigured", "servicedisabled"): .apiDisabled
            case 403: .forbidden
            // An organisation's policy stands against it. (An ETag that does not match says so, too; none is sent.)
            case 412 where has("conditionnotmet"): .forbidden
            case 409, 412: .conflict
            // Compute Engine's own 404 is an answer; this one came from somebody else.
            case 404: .malformedAnswer
            case 429: .rateLimited
            case 503 where has("insufficientcapacity", "stockout"): .outOfCapacity
            case 408, 500...599: .serverError
            case 400..<500: .invalidRequest
            default: .malformedAnswer
            }
    }

    /// Of the code of an operation's or an attempt's error.
    init(code: String) {
        func has(_ part: String) -> Bool { code.contains(part) }
        reason =
            if has("RATE_LIMIT") || has("RATE_EXCEEDED") {
                .rateLimited
            } else if has("QUOTA") || has("LIMIT_EXCEEDED") {
                .quotaExceeded
            } else if has("RESOURCE_POOL_EXHAUSTED") || has("STOCKOUT") || has("INSUFFICIENT_CAPACITY") || has("IP_SPACE_EXHAUSTED") {
                .outOfCapacity
            } else if has("PERMISSION") || has("FORBIDDEN") || has("POLICY") || has("CONDITION_NOT_MET") {
                .forbidden
            } else if has("NOT_READY") || has("IN_USE") {
                .busy
            } else if has("INTERNAL_ERROR") || has("BACKEND_ERROR") {
                .serverError
            } else {
                .failed
            }
    }
}
