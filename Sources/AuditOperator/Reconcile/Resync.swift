import AuditCore
package import CoreMetrics
package import KubeCore
package import KubeRuntime
package import Logging

/// Looks again at everything, slowly, and proves the counts that are kept change by change.
///
/// Nothing relies on it: a wake-up that was lost, or a mistake in the bookkeeping, costs an hour instead of lasting. Counts that were
/// wrong are logged, counted in `nodeaudit_count_corrections_total` and put right.
package struct Resync: Sendable {
    /// In how many parts the nodes are looked at again, one after the other.
    package static let slices = 60
    /// Between two parts, and up to a tenth more: replicas and clusters that started together drift apart.
    package static let pause = Duration.seconds(60)
    /// After how many parts the counts are made anew from all nodes.
    private static let partsForProof = 10

    private let model: ClusterModel
    private let time: any TimeSource
    private let random: RandomSource
    private let corrections: Counter
    private let logger: Logger

    package init(model: ClusterModel, time: any TimeSource, random: RandomSource, metrics factory: any MetricsFactory, logger: Logger) {
        self.model = model
        self.time = time
        self.random = random
        corrections = Counter(label: "nodeaudit_count_corrections_total", dimensions: [], factory: factory)
        self.logger = logger
    }

    /// Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        var part = 0
        while true {
            try await time.sleep(for: Self.pause * (1 + random.fraction() / 10))
            part += 1
            model.resync(part: part % Self.slices, of: Self.slices)
            if part.isMultiple(of: Self.partsForProof) { prove() }
        }
    }

    private func prove() {
        let wrong = model.proveCounts()
        guard !wrong.isEmpty else { return }
        corrections.increment(by: wrong.count)
        logger.error("counts were wrong and are made anew", metadata: ["what": .string(wrong.joined(separator: "; "))])
    }
}
