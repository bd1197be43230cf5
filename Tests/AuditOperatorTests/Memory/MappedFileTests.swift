import Testing

@testable import AuditOperator

struct MappedFileTests {
    private static func entry(_ line: String, anonymous: Int = 0, swap: Int = 0) -> String {
        """
        \(line)
        Size:               1234 kB
        Rss:                 100 kB
        Anonymous:            \(anonymous) kB
        Swap:                 \(swap) kB
        VmFlags: rd ex mr mw me sd

        """
    }

    private static let text = "55d0c8a00000-55d0cb000000 r-xp 00000000 fe:00 5391770    /usr/local/bin/nodeaudit"
    private static let constants = "7f4ca0c00000-7f4ca0cc5000 r--p 00000000 fe:00 4907016    /usr/lib/x86_64-linux-gnu/libcrypto.so.3"

    @Test func `files that were never written to are found, with their addresses`() {
        let files = MappedFile.unwritten(inDetails: Self.entry(Self.text) + Self.entry(Self.constants))
        #expect(files.map { String($0.line) } == [Self.text, Self.constants])
        #expect(files.map(\.addresses) == [0x55d0_c8a0_0000..<0x55d0_cb00_0000, 0x7f4c_a0c0_0000..<0x7f4c_a0cc_5000])
    }

    @Test(
        arguments: [
            // Relocated by the loader, in memory or swapped out.
            entry(constants, anonymous: 4), entry(constants, swap: 8),
            // May be written to at any time.
            entry("7f4ca1022000-7f4ca1083000 rw-p 00421000 fe:00 4907016    /usr/lib/x86_64-linux-gnu/libcrypto.so.3"),
            // No file.
            entry("7ffd1e1f0000-7ffd1e1f2000 r-xp 00000000 00:00 0    [vdso]"), entry("7f4c9e000000-7f4c9e021000 r--p 00000000 00:00 0"),
            entry("7f4c9e000000-7f4c9e021000 r--s 00000000 00:01 7    anon_inode:[perf_event]"),
            "", "\n", "Anonymous: 0 kB\n", "55d0-55c0 r-xp 0 fe:00 1 /x\n", "x-y r-xp 0 fe:00 1 /x\n",
        ])
    func `nothing else is`(details: String) {
        #expect(MappedFile.unwritten(inDetails: details).isEmpty)
        #expect(MappedFile.unwritten(inDetails: details + Self.entry(Self.text)).map { String($0.line) } == [Self.text])
    }
}
