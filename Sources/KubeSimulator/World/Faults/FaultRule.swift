/// One thing that goes wrong with an API server, as a person writes it: `429=3,every=10,resource=nodeaudits`.
package struct FaultRule: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case latency(Duration)
        /// 429 with Retry-After, in seconds.
        case tooManyRequests(Int)
        case serverError(Int)
        /// Executed, and the connection ends without an answer.
        case lostReply
        /// A watch breaks after so many frames.
        case cut(Int)
        case lateBookmarks(Duration)
        /// Reads see the cluster as it was so many revisions ago.
        case lag(Int64)
        /// All history is forgotten, again and again, so that watches end with 410.
        case compaction(Duration)
    }

    package var kind: Kind
    /// Every so many requests of those that it is for.
    package var every = 1
    /// For one verb, as in RBAC, or for `read` or `write`; nil for all.
    package var verb: String?
    /// For one resource, by its plural; nil for all.
    package var resource: String?

    package init(_ kind: Kind) { self.kind = kind }

    /// Errors: what is wrong with the text.
    package init(parsing text: String) throws(FaultRuleError) {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.pair)
        let (name, value) = parts.removeFirst()
        kind = try Self.kind(name, value)
        for (name, value) in parts {
            switch (name, value) {
            case ("every", let value?):
                guard let number = Int(value), number > 0 else { throw FaultRuleError("every takes a number from 1, not \"\(value)\"") }
                every = number
            case ("verb", let value?): verb = value
            case ("resource", let value?): resource = value
            default: throw FaultRuleError("\"\(name)\" is none of every=N, verb=V, resource=R")
            }
        }
    }

    /// How to write one, for help and errors.
    package static let forms =
        "latency=200ms, 429=SECONDS, 500, 503, 504, lost-reply, cut=FRAMES, late-bookmarks=60s, lag=REVISIONS, compaction=60s"

    private static func kind(_ name: String, _ value: String?) throws(FaultRuleError) -> Kind {
        func number() throws(FaultRuleError) -> Int {
            guard let value, let number = Int(value), number >= 0 else { throw FaultRuleError("\(name) takes a number: \(name)=5") }
            return number
        }
        func duration() throws(FaultRuleError) -> Duration {
            guard let value, let duration = Duration(text: value) else { throw FaultRuleError("\(name) takes a duration: \(name)=30s") }
            return duration
        }
        switch name {
        case "latency": return .latency(try duration())
        case "429": return .tooManyRequests(value == nil ? 1 : try number())
        case "500": return .serverError(500)
        case "503": return .serverError(503)
        case "504": return .serverError(504)
        case "lost-reply": return .lostReply
        case "cut": return .cut(try number())
        case "late-bookmarks": return .lateBookmarks(try duration())
        case "lag": return .lag(Int64(try number()))
        case "compaction":
            let interval = try duration()
            guard interval > .zero else { throw FaultRuleError("compaction takes a duration above 0") }
            return .compaction(interval)
        default: throw FaultRuleError("there is no fault \"\(name)\"; faults are \(forms)")
        }
    }

    private static func pair(_ text: Substring) -> (String, String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
    }

    func concerns(_ request: RequestAttributes) -> Bool {
        if let resource, resource != request.resource { return false }
        switch (kind, request.verb) {
        case (.cut, let verb) where verb != "watch", (.lateBookmarks, let verb) where verb != "watch": return false
        case (.lag, _) where request.isWrite: return false
        default: break
        }
        switch verb {
        case nil: return true
        case "read": return !request.isWrite
        case "write": return request.isWrite
        case let verb?: return verb == request.verb
        }
    }
}

package struct FaultRuleError: Error, Equatable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

extension Duration {
    /// `250ms`, `30s`, `5m` or `2h`; nil for anything else.
    init?(text: String) {
        for (unit, scale) in [("ms", Duration.milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600))] {
            guard text.hasSuffix(unit), let number = Int(text.dropLast(unit.count)), number >= 0 else { continue }
            self = scale * number
            return
        }
        return nil
    }
}
