import Synchronization

/// Where jitter comes from: the system in the executables, a seed in tests.
package struct RandomSource: Sendable {
    private let draw: @Sendable () -> Double

    /// `draw` gives numbers in 0 ..< 1.
    package init(_ draw: @escaping @Sendable () -> Double) { self.draw = draw }

    /// In 0 ..< 1.
    package func fraction() -> Double { draw() }

    package func duration(in range: ClosedRange<Duration>) -> Duration {
        range.lowerBound + (range.upperBound - range.lowerBound) * draw()
    }

    package static let system = RandomSource { Double.random(in: 0..<1) }

    /// The same numbers for the same seed (SplitMix64).
    package static func seeded(_ seed: UInt64) -> RandomSource {
        let generator = Mutexed(seed)
        return RandomSource { generator.next() }
    }

    private final class Mutexed: Sendable {
        private let state: Mutex<UInt64>

        init(_ seed: UInt64) { state = Mutex(seed) }

        func next() -> Double {
            let bits = state.withLock { state in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return mixed ^ (mixed >> 31)
            }
            return Double(bits >> 11) * 0x1p-53
        }
    }
}
