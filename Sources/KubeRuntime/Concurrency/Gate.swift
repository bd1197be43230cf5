package import KubeCore

/// Opens once and stays open.
package final class Gate: Sendable {
    private let isOpenNow = Monitor(false)

    package init() {}

    package var isOpen: Bool { isOpenNow.withLock { $0 } }

    package func open() { isOpenNow.change { $0 = true } }

    /// Errors: `.cancelled`.
    package func wait() async throws(KubeError) { try await isOpenNow.wait { $0 ? () : nil } }
}
