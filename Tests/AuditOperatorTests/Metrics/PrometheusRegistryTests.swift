import AuditOperator
import CoreMetrics
import Metrics
import Testing

@Suite struct PrometheusRegistryTests {
    @Test func `counters, gauges and timers print as the text format has them`() {
        let registry = PrometheusRegistry(help: ["jobs_total": "Jobs done."])
        let counter = Counter(label: "jobs_total", dimensions: [("result", "ok")], factory: registry)
        counter.increment()
        counter.increment(by: 2)
        Gauge(label: "depth", factory: registry).record(1.5)
        let timer = Timer(label: "wait_seconds", dimensions: [], factory: registry)
        timer.recordNanoseconds(20_000_000)
        let page = registry.page()
        #expect(page.contains("# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\njobs_total{result=\"ok\"} 3\n"))
        #expect(page.contains("# TYPE depth gauge\ndepth 1.5\n"))
        #expect(page.contains("wait_seconds_bucket{le=\"0.01\"} 0\nwait_seconds_bucket{le=\"0.025\"} 1\n"))
        #expect(page.contains("wait_seconds_bucket{le=\"+Inf\"} 1\nwait_seconds_sum 0.02\nwait_seconds_count 1\n"))
    }

    @Test func `label values cannot break out of their quotes`() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("l", "a\"} 9\nx\\")], factory: registry).increment()
        #expect(registry.page().contains("c{l=\"a\\\"} 9\\nx\\\\\"} 1\n"))
    }

    @Test func `the same labels are one series, and a destroyed one leaves the page`() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        let same = Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry)
        same.increment()
        #expect(registry.page().contains("c{a=\"1\",b=\"2\"} 2"))
        same.destroy()
        #expect(!registry.page().contains("c{"))
    }
}
