import KubeCore
import Testing

struct LabelsTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `labels behave as a table and stay in the order of their keys`(seed: UInt64) {
        var random = SplitMix(seed)
        var table: [String: String] = [:]
        var labels = Labels()
        for step in 0..<2_000 {
            let key = String(UInt8.random(in: 0..<40, using: &random))
            let value = Bool.random(using: &random) ? String(step) : nil
            table[key] = value
            labels[key] = value
            #expect(labels[key] == value && labels.count == table.count && labels.isEmpty == table.isEmpty)
        }
        #expect(labels.table == table && labels == Labels(table))
        #expect(labels.map(\.key) == table.keys.sorted())
        #expect(labels["none"] == nil)
    }

    @Test func `equal labels are equal whatever the order in which they came`() {
        let labels: Labels = ["b": "2", "a": "1", "c": "3"]
        #expect(labels == ["c": "3", "b": "2", "a": "1"])
        #expect(labels.hashValue == Labels(["c": "3", "a": "1", "b": "2"]).hashValue)
        #expect(labels != ["a": "1", "b": "2"])
        #expect(labels != ["a": "1", "b": "2", "c": "4"])
    }

    @Test func `in JSON they are an object`() throws {
        let node = try Node(["metadata": ["name": "n", "labels": ["b": "2", "a": ""]]])
        #expect(node.labels == ["a": "", "b": "2"])
        #expect(try node.jsonValue()["metadata"]?["labels"] == ["a": "", "b": "2"])
    }
}
