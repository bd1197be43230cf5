import FoundationEssentials
import Glibc
import KubeCore
import ServiceLifecycle

/// Gives memory that nobody uses back to the machine, now and then.
///
/// - Free memory of the allocator: after the first lists and each roll-out glibc keeps a good part of what was in use for a moment.
/// - Program text that is not run. The kernel maps files in large pieces: of 27 MB of this program's text, 25 are in memory after the
///   start, and a third of them is ever run again. What is given back is read from the page cache when it is needed after all.
///
/// Cost: some tens of milliseconds each time, most of it for text that is needed again. `hack/bench` measures the process with it, as it
/// is run.
struct ProcessMemory: Service {
    private static let firstPause = Duration.seconds(10)
    private static let pause = Duration.seconds(600)

    let time: any TimeSource

    func run() async throws {
        Self.giveBack()
        var pause = Self.firstPause
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { [pause] in try await time.sleep(for: pause) }
            } catch {
                return
            }
            Self.giveBack()
            pause = Self.pause
        }
    }

    /// malloc_trim(3), which is glibc's own and in no header that Swift imports; nil with another C library.
    private static let trim = dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self) }

    private static func giveBack() {
        _ = trim?(0)
        guard let maps = FileManager.default.contents(atPath: "/proc/self/maps") else { return }
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            guard let range = programText(line) else { continue }
            _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The addresses of a line of `/proc/self/maps` (proc(5)) if it is program text: of a file, executable, never written to. Nothing
    /// else may be dropped, since what the loader has relocated would be lost.
    static func programText(_ line: Substring) -> Range<UInt>? {
        // 55d0c8a00000-55d0cb000000 r-xp 00000000 fe:00 5391770    /usr/local/bin/nodeaudit
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 6, fields[1] == "r-xp", fields[4] != "0", fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        return bounds[0]..<bounds[1]
    }
}
