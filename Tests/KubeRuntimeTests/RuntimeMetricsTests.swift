import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Metrics
import Synchronization
import TestSupport
import Testing

/// Keeps what was counted and recorded, by name and labels.
private final class Ledger: MetricsFactory, Sendable {
    private struct State {
        var counts: [String: Int64] = [:]
        var values: [String: [Double]] = [:]
        var made = 0
    }

    private let state = Mutex(State())

    var counts: [String: Int64] { state.withLock { $0.counts } }
    var values: [String: [Double]] { state.withLock { $0.values } }
    var made: Int { state.withLock { $0.made } }

    private static func name(_ label: String, _ dimensions: [(String, String)]) -> String {
        dimensions.isEmpty ? label : "\(label){\(dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ","))}"
    }

    fileprivate func add(_ name: String, _ amount: Int64) { state.withLock { $0.counts[name, default: 0] += amount } }
    fileprivate func note(_ name: String, _ value: Double) { state.withLock { $0.values[name, default: []].append(value) } }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        state.withLock { $0.made += 1 }
        return Handle(ledger: self, name: Self.name(label, dimensions))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        state.withLock { $0.made += 1 }
        return Handle(ledger: self, name: Self.name(label, dimensions))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handle: CounterHandler, RecorderHandler {
        let ledger: Ledger
        let name: String

        init(ledger: Ledger, name: String) {
            self.ledger = ledger
            self.name = name
        }

        func increment(by amount: Int64) { ledger.add(name, amount) }
        func reset() {}
        func record(_ value: Int64) { ledger.note(name, Double(value)) }
        func record(_ value: Double) { ledger.note(name, value) }
    }
}

struct RuntimeMetricsTests {
    @Test func `a controller's looks are counted by result, with controller-runtime's names`() throws {
        let ledger = Ledger()
        let metrics = RuntimeMetrics(factory: ledger, prefix: "nodeaudit")
        try withVirtualTime { time in
            let queue = WorkQueue<String>("policy", time: time, metrics: metrics)
            let tries = Mutex(0)
            let controller = Controller("policy", queue: queue, time: time, metrics: metrics, logger: .silent) {
                (_) async throws(KubeError) -> Outcome in
                try await time.sleep(for: .seconds(2))
                let turn = tries.withLock { tries in
                    tries += 1
                    return tries
                }
                switch turn {
                case 1: throw KubeError(.internalError, "no")
                case 2: return .backOff
                case 3: return .lookAgain(after: .seconds(10))
                default: return .settled
                }
            }
            try await running([{ try await controller.run() }]) {
                queue.add("a")
                try await time.sleep(for: .seconds(100))
            }
        }
        for result in ["error", "requeue", "requeue_after", "success"] {
            #expect(ledger.counts["controller_runtime_reconcile_total{controller=policy,result=\(result)}"] == 1)
        }
        #expect(ledger.counts["controller_runtime_reconcile_errors_total{controller=policy}"] == 1)
        #expect(ledger.values["controller_runtime_reconcile_time_seconds{controller=policy}"] == [2, 2, 2, 2])
        #expect(ledger.counts["workqueue_adds_total{name=policy}"] == 4)
        #expect(ledger.counts["workqueue_retries_total{name=policy}"] == 2)
        #expect(ledger.values["workqueue_depth{name=policy}"]?.last == 0)
        #expect(ledger.values["workqueue_queue_duration_seconds{name=policy}"]?.count == 4)
        #expect(ledger.values["workqueue_work_duration_seconds{name=policy}"] == [2, 2, 2, 2])
    }

    @Test func `requests are counted by method and answer, and cancelled ones are not`() async throws {
        let ledger = Ledger()
        let transport = MeteredTransport(
            ScriptedTransport { (request) async throws(KubeError) in
                switch request.path {
                case "/ok": return .json([:])
                case "/no": return .failure(409, reason: "Conflict")
                case "/cancelled": throw KubeError(.cancelled, "cancelled")
                default: throw KubeError(.unreachable, "refused")
                }
            }, metrics: RuntimeMetrics(factory: ledger, prefix: "nodeaudit"))
        for path in ["/ok", "/ok", "/no", "/refused", "/cancelled"] {
            do { _ = try await transport.send(KubeRequest(method: .patch, path: path)) } catch {}
        }
        #expect(
            ledger.counts == [
                "rest_client_requests_total{code=200,method=PATCH}": 2, "rest_client_requests_total{code=409,method=PATCH}": 1,
                "rest_client_requests_total{code=<error>,method=PATCH}": 1,
            ])
        #expect(ledger.made == 3)
    }

    @Test func `the leader says so, and restarts of watches are counted by reason`() throws {
        let ledger = Ledger()
        let metrics = RuntimeMetrics(factory: ledger, prefix: "nodeaudit")
        try withVirtualTime { time in
            let elector = LeaderElector(
                KubeAPI(FakeObjects()), lease: ObjectKey(namespace: "s", name: "nodeaudit"), identity: "a", time: time, metrics: metrics,
                logger: .silent)
            try await elector.run { () async throws(KubeError) in try await time.sleep(for: .seconds(5)) }
            let collection = FakeCollection(supportsWatchList: false)
            let reflector = Reflector(
                KubeAPI(collection), ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, into: Store<String>("colors"), time: time,
                metrics: metrics, logger: .silent)
            try await running([{ try await reflector.run() }]) {
                try await time.sleep(for: .seconds(5))
                collection.cut()
                try await time.sleep(for: .seconds(5))
            }
        }
        #expect(ledger.values["leader_election_master_status{name=nodeaudit}"] == [0, 1, 0])
        #expect(ledger.counts["nodeaudit_watch_restarts_total{resource=configmaps,reason=no-watch-list}"] == 1)
        #expect(ledger.counts["nodeaudit_watch_restarts_total{resource=configmaps,reason=end-of-stream}"] == 1)
    }
}
