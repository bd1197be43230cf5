extension TimeSource {
    /// Runs `body`, but no longer than `limit`; nil when time was up first. The body is cancelled and awaited then.
    ///
    /// Errors: the body's, `.cancelled` when the caller is.
    package func run<Value: Sendable>(
        for limit: Duration, _ body: @escaping @Sendable () async throws(KubeError) -> Value
    ) async throws(KubeError) -> Value? {
        let outcome = await withTaskGroup(of: Result<Value?, KubeError>.self) { group in
            group.addTask {
                do throws(KubeError) { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                do throws(KubeError) {
                    try await self.sleep(for: limit)
                    return .success(nil)
                } catch {
                    return .failure(error)
                }
            }
            // Who ends first decides; the other one only has to end.
            let first = await group.next() ?? .success(nil)
            group.cancelAll()
            return first
        }
        return try outcome.get()
    }
}
