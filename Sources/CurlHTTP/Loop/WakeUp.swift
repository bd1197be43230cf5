import CLibcurl
import Glibc

/// Wakes the loop's thread from any other: a descriptor that can be read once somebody has called.
struct WakeUp: Sendable {
    let descriptor: Int32

    /// - Throws: `TransferError` if the system has no descriptor to give.
    init() throws(TransferError) {
        descriptor = shim_eventfd()
        guard descriptor >= 0 else {
            throw TransferError(
                .unexpected(code: Int(errno)), "no descriptor for the HTTP client: \(String(cString: strerror(errno)))")
        }
    }

    /// Never blocks: a descriptor that is full of calls wakes as well.
    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes the calls that have come.
    func clear() {
        var calls: UInt64 = 0
        _ = read(descriptor, &calls, MemoryLayout<UInt64>.size)
    }

    func close() { _ = Glibc.close(descriptor) }
}
