package import CoreMetrics
import Synchronization

/// A swift-metrics backend that answers with a Prometheus text page (exposition format 0.0.4).
///
/// Our own because no library for it can be had here. Counters are counters, meters and gauges are gauges, timers and
/// recorders are histograms: timers in seconds, with controller-runtime's buckets. A metric's help text is its declared
/// one or its name. Guarantees: series of one name are printed together, sorted, so that two equal states print equal pages.
package final class PrometheusRegistry: MetricsFactory {
    private struct State {
        var families: [String: Family] = [:]
    }

    private struct Family {
        var kind: MetricKind
        var series: [[String]: any PrometheusSeries] = [:]
    }

    private let state = Mutex(State())
    private let help: [String: String]

    package init(help: [String: String] = [:]) { self.help = help }

    /// The whole page.
    package func page() -> String {
        let families = state.withLock { $0.families }
        var lines: [String] = []
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            lines.append("# HELP \(name) \((help[name] ?? name).escapedHelp)")
            lines.append("# TYPE \(name) \(family.kind.rawValue)")
            for (labels, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                lines += series.lines(name: name, labels: labels)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind, make: () -> Series
    ) -> Series {
        let name = label.prometheusName
        let labels = dimensions.map { "\($0.0.prometheusName)=\"\($0.1.escapedLabel)\"" }.sorted()
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            if let known = family.series[labels] as? Series { return known }
            let made = make()
            family.series[labels] = made
            state.families[name] = family
            return made
        }
    }

    private func remove(_ gone: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                state.families[name]?.series = family.series.filter { $0.value !== gone }
            }
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { CountSeries() }
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { LevelSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { LevelSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? series(label, dimensions, .histogram) { HistogramSeries(scale: 1) } as any RecorderHandler
            : series(label, dimensions, .gauge) { LevelSeries() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { HistogramSeries(scale: 1e-9) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

enum MetricKind: String { case counter, gauge, histogram }

extension String {
    /// Metric and label names: letters, digits, `_` and `:`; everything else becomes `_`.
    fileprivate var prometheusName: String {
        String(map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") ? $0 : "_" })
    }

    fileprivate var escapedLabel: String {
        flatMap { character -> [Character] in
            switch character {
            case "\\": ["\\", "\\"]
            case "\"": ["\\", "\""]
            case "\n": ["\\", "n"]
            default: [character]
            }
        }.reduce(into: "") { $0.append($1) }
    }

    fileprivate var escapedHelp: String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }
}
