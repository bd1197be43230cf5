import ArgumentParser
import AuditCore
import AuditOperator
import FoundationEssentials
import KubeCore

/// `-f FILE…`, and the flags of the operator that decide what a policy renders to.
struct FileOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")], parsing: .upToNextOption,
        help: "Files with AuditPolicy objects; - for standard input.")
    var files: [String]

    @OptionGroup var rendering: RenderingOptions

    /// Reads and judges every policy of every file. Errors: exit code 2 for a file that cannot be read.
    func entries() throws -> [PolicyFile.Entry] {
        let judge = try PolicyFile(options: rendering.configuration(identity: "").agentOptions)
        return try files.flatMap { file in judge.read(try Self.bytes(of: file), file: file) }
    }

    private static func bytes(of file: String) throws -> [UInt8] {
        do {
            if file == "-" { return try StandardStreams.readInput() }
            return try Array(Data(contentsOf: URL(filePath: file)))
        } catch {
            StandardStreams.printError("\(file): cannot be read: no such file, or no right to read it")
            throw ExitCode.usage
        }
    }
}
