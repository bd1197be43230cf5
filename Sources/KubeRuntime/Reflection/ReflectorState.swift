package import KubeCore

/// Where a reflector stands and what each ending leads to, as a pure value.
package struct ReflectorState: Sendable, Equatable {
    /// How the whole collection is read next.
    package enum Source: Sendable, Equatable {
        /// The newest state, confirmed by a quorum: at the start, and when nothing else helps.
        case newest
        /// From the server's cache, but never from before what was seen already.
        case notOlderThan(String)
    }

    package enum Phase: Sendable, Equatable {
        case reading(Source)
        case watching(from: String)
    }

    package enum Next: Sendable, Equatable {
        case now
        /// At least as long as the server asked.
        case afterPause(atLeast: Duration)
    }

    package struct Recovery: Sendable, Equatable {
        package var next: Next
        /// For logs and metrics; a small fixed set.
        package var reason: String
    }

    package var phase: Phase = .reading(.newest)
    /// Reading by WatchList; false once the server refused it, or began it and did not come to its end several times over.
    package private(set) var usesWatchList: Bool
    /// Protobuf is offered where the decoder has it; false once something came that was not to be understood.
    package private(set) var offersProtobuf = true
    private var unfinishedReads = 0
    /// How often a read by WatchList may stay without its end before pages are tried.
    private static let patience = 3

    package init(usesWatchList: Bool = true) { self.usesWatchList = usesWatchList }

    /// Everything has been read, or an event or bookmark has come.
    package mutating func advance(to revision: String) {
        phase = .watching(from: revision)
        unfinishedReads = 0
    }

    /// A watch was ended by the server in good order. `wasIdle`: within a second and without an event.
    package mutating func ended(wasIdle: Bool) -> Recovery {
        switch phase {
        case .reading:
            noteUnfinishedRead()
            return Recovery(next: .afterPause(atLeast: .zero), reason: "initial-list-cut")
        case .watching where wasIdle: return Recovery(next: .afterPause(atLeast: .zero), reason: "short-watch")
        case .watching: return Recovery(next: .now, reason: "end-of-stream")
        }
    }

    /// Whoever stands between may not let the mark through by which such a read ends.
    private mutating func noteUnfinishedRead() {
        unfinishedReads += 1
        if unfinishedReads >= Self.patience { usesWatchList = false }
    }

    package mutating func failed(_ error: KubeError) -> Recovery {
        let pause = Next.afterPause(atLeast: error.retryAfter ?? .zero)
        if error.code == .malformedResponse { offersProtobuf = false }
        switch phase {
        case .watching(let revision):
            guard error.code == .gone else { return Recovery(next: pause, reason: Self.reason(of: error)) }
            // The watch history is too short, but the server's cache may serve a list that is new enough.
            phase = .reading(.notOlderThan(revision))
            return Recovery(next: pause, reason: "gone")
        case .reading(let source):
            if usesWatchList, error.code == .invalid || error.code == .badRequest {
                usesWatchList = false
                return Recovery(next: .now, reason: "no-watch-list")
            }
            if source != .newest, error.code == .gone || error.isFutureRevision {
                phase = .reading(.newest)
                return Recovery(next: .now, reason: error.code == .gone ? "gone" : "future-revision")
            }
            if error.code == .timedOut { noteUnfinishedRead() }
            return Recovery(next: pause, reason: Self.reason(of: error))
        }
    }

    private static func reason(of error: KubeError) -> String {
        switch error.code {
        case .timedOut: "silent"
        case .tooManyRequests: "throttled"
        case .unreachable, .outcomeUnknown: "connection"
        case .unauthorized, .forbidden: "forbidden"
        case .malformedResponse, .tooLarge: "malformed"
        case .gone: "gone"
        case .notFound: "not-served"
        default: "error"
        }
    }
}

extension KubeError {
    /// The server has not seen that revision yet, or never will: its etcd was restored from a backup.
    var isFutureRevision: Bool {
        status?.details?.causes?.contains { $0.reason == "ResourceVersionTooLarge" } == true
            || message.contains("Too large resource version")
    }
}
