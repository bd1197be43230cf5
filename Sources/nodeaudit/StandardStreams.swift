import ArgumentParser
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard input, output and error as bytes.
enum StandardStreams {
    static func printError(_ line: String) { writeError(line + "\n") }

    /// Whole or not at all as far as the system allows: one write for one line keeps lines apart.
    static func writeError(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    static func writeOutput(_ text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }

    static func readInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count >= 0 else { throw CocoaError(.fileReadUnknown) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    static func exit(_ code: ExitCode) -> Never {
        #if canImport(Glibc)
            Glibc.exit(code.rawValue)
        #else
            Musl.exit(code.rawValue)
        #endif
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pointer in
                pointer.baseAddress.map { systemWrite(descriptor, $0, pointer.count) } ?? 0
            }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ pointer: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, pointer, count)
        #else
            Musl.write(descriptor, pointer, count)
        #endif
    }
}
