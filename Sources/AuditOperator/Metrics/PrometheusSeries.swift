import CoreMetrics
import Synchronization

/// One line, or for a histogram one group of lines, of the page.
protocol PrometheusSeries: AnyObject, Sendable {
    func lines(name: String, labels: [String]) -> [String]
}

/// A counter of whole events.
final class CountSeries: PrometheusSeries, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    func lines(name: String, labels: [String]) -> [String] {
        ["\(name)\(render(labels)) \(count.load(ordering: .relaxed))"]
    }
}

/// A value that goes up and down, or a counter of fractions.
final class LevelSeries: PrometheusSeries, MeterHandler, RecorderHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func reset() { set(0.0) }

    func lines(name: String, labels: [String]) -> [String] {
        ["\(name)\(render(labels)) \(format(value.withLock { $0 }))"]
    }
}

/// Cumulative buckets with sum and count. `scale` turns what is recorded into the unit of the page.
final class HistogramSeries: PrometheusSeries, TimerHandler, RecorderHandler {
    /// The upper bounds of controller-runtime's reconcile time, in seconds.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200]

    private struct State {
        var buckets = [Int](repeating: 0, count: HistogramSeries.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private let state = Mutex(State())
    private let scale: Double

    init(scale: Double) { self.scale = scale }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let value = value * scale
        state.withLock { state in
            state.count += 1
            state.sum += value
            for (index, bound) in Self.bounds.enumerated() where value <= bound { state.buckets[index] += 1 }
        }
    }

    func lines(name: String, labels: [String]) -> [String] {
        let state = state.withLock { $0 }
        var lines = zip(Self.bounds, state.buckets).map { bound, count in
            "\(name)_bucket\(render(labels + ["le=\"\(format(bound))\""])) \(count)"
        }
        lines.append("\(name)_bucket\(render(labels + ["le=\"+Inf\""])) \(state.count)")
        lines.append("\(name)_sum\(render(labels)) \(format(state.sum))")
        lines.append("\(name)_count\(render(labels)) \(state.count)")
        return lines
    }
}

private func render(_ labels: [String]) -> String { labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}" }

private func format(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    return value.isNaN ? "NaN" : value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : String(describing: value)
}
