package import CoreMetrics
import Synchronization

/// The runtime's metrics, with controller-runtime's names where the meaning is the same.
///
/// Handles are made once for each set of labels and kept.
package final class RuntimeMetrics: Sendable {
    private let factory: any MetricsFactory
    /// Before the names that are our own.
    private let prefix: String
    private let counters = HandleCache<Counter>()
    private let gauges = HandleCache<Gauge>()
    private let recorders = HandleCache<Recorder>()

    package init(factory: any MetricsFactory, prefix: String) {
        self.factory = factory
        self.prefix = prefix
    }

    /// Counts nothing.
    package static let none = RuntimeMetrics(factory: NOOPMetricsHandler.instance, prefix: "none")

    // MARK: Controllers

    /// `result`: success, error, requeue or requeue_after.
    package func reconciled(controller: String, result: String, seconds: Double) {
        count("controller_runtime_reconcile_total", [("controller", controller), ("result", result)])
        record("controller_runtime_reconcile_time_seconds", [("controller", controller)], seconds)
        if result == "error" { count("controller_runtime_reconcile_errors_total", [("controller", controller)]) }
    }

    package func workers(controller: String, active: Int) {
        set("controller_runtime_active_workers", [("controller", controller)], Double(active))
    }

    // MARK: Queues

    package func queued(_ queue: String, depth: Int) {
        count("workqueue_adds_total", [("name", queue)])
        set("workqueue_depth", [("name", queue)], Double(depth))
    }

    package func dequeued(_ queue: String, depth: Int, waitedSeconds: Double) {
        set("workqueue_depth", [("name", queue)], Double(depth))
        record("workqueue_queue_duration_seconds", [("name", queue)], waitedSeconds)
    }

    package func worked(_ queue: String, seconds: Double) { record("workqueue_work_duration_seconds", [("name", queue)], seconds) }

    package func retried(_ queue: String) { count("workqueue_retries_total", [("name", queue)]) }

    // MARK: API server

    /// `code`: the HTTP status, or `<error>` when no answer came, as client-go has it.
    package func requested(method: String, code: String) {
        count("rest_client_requests_total", [("code", code), ("method", method)])
    }

    package func watchRestarted(resource: String, reason: String) {
        count("\(prefix)_watch_restarts_total", [("resource", resource), ("reason", reason)])
    }

    package func objectUndecodable(resource: String) { count("\(prefix)_undecodable_objects_total", [("resource", resource)]) }

    package func eventsDropped(_ count: Int) {
        counter("\(prefix)_events_dropped_total", []).increment(by: count)
    }

    // MARK: Leadership

    package func leading(_ lease: String, _ isLeader: Bool) {
        set("leader_election_master_status", [("name", lease)], isLeader ? 1 : 0)
    }

    // MARK: Handles

    private func count(_ name: String, _ labels: [(String, String)]) { counter(name, labels).increment() }

    private func counter(_ name: String, _ labels: [(String, String)]) -> Counter {
        counters.handle(name, labels) { Counter(label: name, dimensions: labels, factory: factory) }
    }

    private func set(_ name: String, _ labels: [(String, String)], _ value: Double) {
        gauges.handle(name, labels) { Gauge(label: name, dimensions: labels, factory: factory) }.record(value)
    }

    private func record(_ name: String, _ labels: [(String, String)], _ value: Double) {
        recorders.handle(name, labels) { Recorder(label: name, dimensions: labels, aggregate: true, factory: factory) }.record(value)
    }
}

private final class HandleCache<Handle: Sendable>: Sendable {
    private let handles = Mutex<[String: Handle]>([:])

    func handle(_ name: String, _ labels: [(String, String)], _ make: () -> Handle) -> Handle {
        let key = labels.reduce(name) { "\($0)|\($1.1)" }
        if let handle = handles.withLock({ $0[key] }) { return handle }
        let handle = make()
        handles.withLock { $0[key] = handle }
        return handle
    }
}
