package import CurlHTTP

/// Lets through only what reads, unless this process leads.
///
/// Guarantee: a request other than GET or HEAD is not sent when `isLeader` says no at that moment; whoever asked gets a
/// `ReplacementError` whose verdict is `.stopped`, never "the outcome is unknown".
/// What is lost beside changes: `listManagedInstances` and the exchange of an assertion for a token are POSTs, too.
/// Assumption: `isLeader` stops saying yes early enough for a request that is under way; its time limit is the request's own.
package struct FencedHTTP: HTTPExecuting {
    private let next: any HTTPExecuting
    private let isLeader: @Sendable () -> Bool

    package init(_ next: any HTTPExecuting, isLeader: @escaping @Sendable () -> Bool) {
        self.next = next
        self.isLeader = isLeader
    }

    package func answer(to request: TransferRequest) async throws(TransferError) -> HTTPAnswer {
        guard request.method.isSafe || isLeader() else {
            throw TransferError(.cancelled, "\(request): not sent, since this process does not lead")
        }
        return try await next.answer(to: request)
    }
}
