import AuditOperator
import FoundationEssentials
import Glibc
import KubeCore
import ServiceLifecycle

/// Gives memory that nobody uses back to the machine, now and then.
///
/// - Free memory of the allocator: after the first lists and each roll-out glibc keeps a good part of what was in use for a moment.
/// - Pages of the program and its libraries that are not used. The kernel maps files in large pieces, and what a start needs is
///   needed once: of 41 MB in memory then, half are ever used again. What is given back is read from the page cache when it is
///   needed after all.
///
/// Cost: some milliseconds each time, most of it for pages that are needed again. `hack/bench` measures the process with it, as it is run.
struct ProcessMemory: Service {
    /// At the start, early in the first lists, and after those of a middling and of a large cluster; then again and again.
    private static let firstPauses: [Duration] = [.zero, .milliseconds(250), .milliseconds(750), .seconds(9)]
    private static let pause = Duration.seconds(600)

    private let time: any TimeSource
    private let files: [MappedFile]

    /// Make it before anything else runs: what is mapped later is not looked after.
    init(time: any TimeSource) {
        self.time = time
        files = MappedFile.unwritten(inDetails: Self.text(ofFile: "/proc/self/smaps"))
    }

    func run() async throws {
        var pauses = Self.firstPauses[...]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let pause = pauses.popFirst() ?? Self.pause
            do {
                try await cancelWhenGracefulShutdown { try await time.sleep(for: pause) }
            } catch {
                return
            }
            giveBack()
        }
    }

    /// malloc_trim(3), which is glibc's own and in no header that Swift imports; nil with another C library.
    private static let trim = dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self) }

    private func giveBack() {
        _ = Self.trim?(0)
        // A library may have gone since, and something else may stand there.
        let present = Set(Self.text(ofFile: "/proc/self/maps").split(separator: "\n"))
        for file in files where present.contains(file.line) {
            _ = madvise(UnsafeMutableRawPointer(bitPattern: file.addresses.lowerBound), file.addresses.count, MADV_DONTNEED)
        }
    }

    private static func text(ofFile path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
