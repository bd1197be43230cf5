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
    private let files: [Range<UInt>]

    /// Make it early: what is mapped later is not looked after.
    init(time: any TimeSource) {
        self.time = time
        let mappings = FileManager.default.contents(atPath: "/proc/self/smaps") ?? Data()
        files = Self.unwrittenFiles(String(decoding: mappings, as: UTF8.self))
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
        for range in files { _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED) }
    }

    /// The addresses in `/proc/self/smaps` (proc(5)) at which a file stands as it is: never written to, and not to be written to.
    /// Nothing else may be dropped, since what the loader has relocated would be lost.
    static func unwrittenFiles(_ mappings: String) -> [Range<UInt>] {
        var files: [Range<UInt>] = []
        var file: Range<UInt>?
        for line in mappings.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            if fields.first == "Anonymous:" {
                if let file, fields.count > 1, fields[1] == "0" { files.append(file) }
                file = nil
            } else if fields.count >= 6, !fields[0].hasSuffix(":") {
                // 55d0c8a00000-55d0cb000000 r-xp 00000000 fe:00 5391770    /usr/local/bin/nodeaudit
                let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                let isFile = fields[4] != "0" && fields[5].hasPrefix("/") && fields[1].hasPrefix("r-")
                file = isFile && bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
            }
        }
        return files
    }
}
