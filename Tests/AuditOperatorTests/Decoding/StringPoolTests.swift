import Testing

@testable import AuditOperator

@Suite struct StringPoolTests {
    private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    @Test func `what comes out is what went in, whatever was pushed out before`() {
        var pool = StringPool()
        for round in 0..<3 {
            for number in 0..<5000 {
                let text = "cloud.google.com/label-\(number * (round + 1))"
                #expect(pool.string(bytes(text)) == text)
            }
        }
        #expect(pool.string(bytes("")) == "")
        let long = String(repeating: "long ", count: 1000)
        #expect(pool.string(bytes(long)) == long)
    }

    @Test func `a string that comes again shares its memory with the first`() throws {
        func address(_ text: String?) throws -> UnsafeRawPointer {
            let text = try #require(text)
            return try #require(text.utf8.withContiguousStorageIfAvailable { $0.baseAddress.map(UnsafeRawPointer.init) } ?? nil)
        }
        var pool = StringPool()
        let text = "cloud.google.com/gke-nodepool"
        let first = pool.string(bytes(text))
        let second = pool.string(bytes(text))
        #expect(try address(first) == address(second))
        #expect(try address(first) != address(StringPool.fresh(text)))
    }

    @Test func `an entry is what its bytes said, whatever was kept in between`() {
        var pool = StringPool()
        #expect(pool.entry(bytes("never kept")) == nil)
        for round in 0..<3 {
            for number in 0..<5000 {
                let text = "label-\(number * (round + 1))"
                pool.keep(entry: bytes("\(text)=value"), text, "value")
                let entry = pool.entry(bytes("\(text)=value"))
                #expect(entry?.key == text && entry?.value == "value")
                // Of the same length, and different in its last byte alone.
                #expect(pool.entry(bytes("\(text)=valuf")) == nil)
            }
        }
        let long = String(repeating: "long ", count: 1000)
        pool.keep(entry: bytes(long), long, "")
        #expect(pool.entry(bytes(long)) == nil)
    }

    @Test func `bytes that are not UTF-8 are no string`() {
        var pool = StringPool()
        #expect(pool.string([0xC3, 0x28]) == nil)
        #expect(pool.string(ArraySlice([UInt8](repeating: 0xFF, count: 40))) == nil)
    }
}

extension StringPool {
    fileprivate static func fresh(_ text: String) -> String {
        var other = StringPool()
        return other.string(Array(text.utf8)[...]) ?? ""
    }
}
