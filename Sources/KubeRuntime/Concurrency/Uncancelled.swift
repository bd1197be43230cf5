import KubeCore

/// Runs `body` to its end even when the calling task is cancelled already, on the caller's executor.
///
/// For the last word after a cancellation alone, such as giving a lease back; the body must limit its own time.
func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    let executor = withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    return await Task(name: "uncancelled", executorPreference: executor, operation: body).value
}
