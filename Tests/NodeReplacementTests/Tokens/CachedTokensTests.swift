import KubeCore
import KubeSimulator
import NodeReplacement
import Synchronization
import TestSupport
import Testing

struct CachedTokensTests {
    /// Gives `token-1`, `token-2`, … after a while, unless it is told to fail.
    private final class Source: TokenSource {
        private struct State {
            var asked = 0
            var failure: ReplacementError?
        }

        private let state = Mutex(State())
        private let time: any TimeSource
        private let lifetime: Duration
        private let latency: Duration

        init(_ time: any TimeSource, lifetime: Duration = .seconds(3600), latency: Duration = .seconds(2)) {
            self.time = time
            self.lifetime = lifetime
            self.latency = latency
        }

        var asked: Int { state.withLock { $0.asked } }

        func fail(with error: ReplacementError?) { state.withLock { $0.failure = error } }

        func token() async throws(ReplacementError) -> AccessToken {
            let (number, failure) = state.withLock { state in
                state.asked += 1
                return (state.asked, state.failure)
            }
            do { try await time.sleep(for: latency) } catch { throw ReplacementError(.cancelled, "cancelled") }
            if let failure { throw failure }
            guard let token = AccessToken("token-\(number)", lifetime: lifetime) else { throw ReplacementError(.failed, "no token") }
            return token
        }
    }

    private func token(_ number: Int, _ lifetime: Duration = .seconds(3600)) -> AccessToken? {
        AccessToken("token-\(number)", lifetime: lifetime)
    }

    @Test func `a token serves until four minutes before its end`() throws {
        try withVirtualTime { time in
            let source = Source(time)
            let tokens = CachedTokens(source, time: time)
            for _ in 0..<56 {
                #expect(try await tokens.token() == token(1))
                try await time.sleep(for: .seconds(59))
            }
            #expect(source.asked == 1)
            try await time.sleep(for: .seconds(60))
            #expect(try await tokens.token() == token(2), "3366 s after it was asked for")
            #expect(source.asked == 2)
        }
    }

    @Test func `many callers make one request for a token`() throws {
        try withVirtualTime { time in
            let source = Source(time)
            let tokens = CachedTokens(source, time: time)
            let seen = try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for _ in 0..<50 { group.addTask { try await tokens.token() } }
                return try await group.reduce(into: Set<AccessToken>()) { $0.insert($1) }
            }
            #expect(seen.count == 1)
            #expect(source.asked == 1)
        }
    }

    @Test func `nobody waits for a renewal while the old token is good`() throws {
        try withVirtualTime { time in
            let source = Source(time)
            let tokens = CachedTokens(source, time: time)
            _ = try await tokens.token()
            try await time.sleep(for: .seconds(3400))
            async let renewed = tokens.token()
            try await time.sleep(for: .seconds(1))
            let before = time.uptime()
            #expect(try await tokens.token() == token(1))
            #expect(time.uptime() == before)
            #expect(try await renewed == token(2))
        }
    }

    @Test func `a renewal that fails is tried every half minute, and matters when the old token ends`() throws {
        try withVirtualTime { time in
            let source = Source(time, latency: .zero)
            let tokens = CachedTokens(source, time: time)
            _ = try await tokens.token()
            source.fail(with: ReplacementError(.serverError, "no"))
            try await time.sleep(for: .seconds(3400))
            for _ in 0..<16 {
                #expect(try await tokens.token() == token(1))
                try await time.sleep(for: .seconds(10))
            }
            #expect(source.asked == 7, "once at first, and six times in 160 s")
            try await time.sleep(for: .seconds(20))
            let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
            #expect(error?.reason == .serverError, "20 s before its end the old one is given up")
            source.fail(with: nil)
            #expect(try await tokens.token() == token(9))
        }
    }

    @Test func `a caller that is cancelled takes nobody with it`() throws {
        try withVirtualTime { time in
            let source = Source(time, latency: .seconds(10))
            let tokens = CachedTokens(source, time: time)
            let others = try await withThrowingTaskGroup(of: AccessToken?.self) { group in
                group.addTask {
                    // The first, which asks; its scope ends it after a second.
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask { _ = await failure { () async throws(ReplacementError) in try await tokens.token() } }
                        do { try await time.sleep(for: .seconds(1)) } catch { Issue.record("woken early: \(error)") }
                        inner.cancelAll()
                    }
                    return nil
                }
                try await time.sleep(for: .milliseconds(100))
                for _ in 0..<3 { group.addTask { try await tokens.token() } }
                return try await group.reduce(into: [AccessToken]()) { if let token = $1 { $0.append(token) } }
            }
            #expect(others == [token(2), token(2), token(2)].compactMap { $0 })
            #expect(source.asked == 2)
        }
    }

    @Test func `a short token is used for half of its time`() throws {
        try withVirtualTime { time in
            let source = Source(time, lifetime: .seconds(20), latency: .zero)
            let tokens = CachedTokens(source, time: time)
            _ = try await tokens.token()
            try await time.sleep(for: .seconds(9))
            _ = try await tokens.token()
            #expect(source.asked == 1)
            try await time.sleep(for: .seconds(2))
            _ = try await tokens.token()
            #expect(source.asked == 2)
        }
    }

    @Test func `one token serves a whole recreation, and one that was taken back is renewed once`() throws {
        try Cloud.run { cloud in
            var order = try await cloud.order()
            order.operation = try await cloud.replacer.request(order).operation
            try await cloud.follow(order)
            #expect(cloud.calls(.token) == 1)
            cloud.compute.revokeTokens()
            // What the group said last is forgotten by then.
            try await cloud.time.sleep(for: .seconds(6))
            _ = try await cloud.replacer.progress(of: order)
            #expect(cloud.calls(.token) == 2)
        }
    }

    @Test func `a cloud that takes no token is asked twice, not for ever`() throws {
        try Cloud.run { cloud in
            let node = try cloud.node()
            cloud.compute.refuse(.getInstance, with: ComputeRefusal(401, "authError", "Invalid Credentials", status: "UNAUTHENTICATED"))
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(node) }
            #expect(error?.reason == .unauthenticated)
            #expect(error?.verdict == .needsPerson)
            #expect(cloud.calls(.getInstance) == 2)
            #expect(cloud.calls(.token) == 2)
        }
    }
}
