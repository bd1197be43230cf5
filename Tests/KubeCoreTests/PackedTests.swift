import Testing

@testable import KubeCore

@Suite("Packed values")
struct PackedTests {
    /// A subject, texts of the object's own and words of many.
    private struct Texts: Packable {
        var subject: String?
        var own: [String?] = []
        var shared: [String?] = []

        func pack(into writer: inout PackWriter) {
            writer.add(subject: subject)
            writer.add(each: own) { $0.add(text: $1) }
            writer.add(each: shared) { $0.add(word: $1) }
        }

        init(subject: String?, own: [String?], shared: [String?]) {
            self.subject = subject
            self.own = own
            self.shared = shared
        }

        init(unpacking reader: inout PackReader) {
            subject = reader.subject()
            own = reader.array { $0.text() }
            shared = reader.array { $0.text() }
        }

        /// Byte by byte: texts that Swift calls equal can differ.
        var bytes: [[UInt8]?] { ([subject] + own + shared).map { $0.map { Array($0.utf8) } } }
    }

    private static let uuid = "0b2c5f0e-6d1f-4a53-9c5e-0a8f5c3d2e10"
    private static let texts: [String?] = [
        nil, "", "0", "00", "007", "1", "9", "-1", "+5", "4294967296", "9999999999999999999", "18446744073709551615",
        "18446744073709551616", "99999999999999999999", "12a", uuid, uuid.uppercased(), uuid + "0", String(uuid.dropLast()) + "g",
        "0b2c5f0e-6d1f-4a53-9c5e_0a8f5c3d2e10", String(repeating: "a", count: 36), String(repeating: "ab12", count: 16), "node-1",
        "gce://p/z/node-1", "node-1node-1", "node-1 ", "é", "e\u{301}", "\u{301}", "\u{0}", "\n", "👩‍👩‍👧", "x\u{301}node-1",
        String(repeating: "long ", count: 2_000), "kubernetes.io/hostname", "true",
    ]

    @Test("every text comes back byte for byte, whatever the subject", arguments: texts)
    func roundTrip(subject: String?) {
        let value = Texts(subject: subject, own: Self.texts, shared: Self.texts)
        #expect(Packed(value).value.bytes == value.bytes)
    }

    @Test("a text that repeats the subject without end is no harm")
    func repeatedSubject() {
        let value = Texts(
            subject: "node-1", own: [String(repeating: "node-1", count: 100_000)], shared: [String(repeating: "node-1", count: 50_000)])
        #expect(Packed(value).value.bytes == value.bytes)
    }

    @Test("what others fill the vocabulary with leaves room for our own words")
    func fullVocabulary() {
        var words = Vocabulary()
        for index in 0..<40_000 { _ = words.number(of: "foreign-\(index)", isForeign: true) }
        #expect(words.number(of: "foreign-40001", isForeign: true) == nil)
        // Ours does not make it theirs: what has been written plain stays plain.
        #expect(words.number(of: "foreign-40001") != nil)
        #expect(words.number(of: "foreign-40001", isForeign: true) == nil)
        #expect(words.number(of: "our own") != nil)
        for index in 0..<40_000 { _ = words.number(of: "own-\(index)") }
        #expect(words.number(of: "one too many") == nil)
        #expect(words.number(of: "our own") != nil && words.number(of: "foreign-7", isForeign: true) != nil)
    }

    @Test("a text keeps its number, or keeps none, whatever comes after it")
    func stableNumbers() {
        var words = Vocabulary()
        let texts = (0..<30_000).map { "word-\($0 * 7919)" }
        let first = texts.map { words.number(of: $0) }
        #expect(texts.map { words.number(of: $0) } == first)
        #expect(Set(first.compactMap { $0 }).count == first.count { $0 != nil })
        for (text, number) in zip(texts, first) where number != nil { #expect(words.text(number ?? 0) == text) }
        // Places are found for nearly all.
        #expect(first.count { $0 == nil } < 300)
        #expect(words.number(of: "wörd") == nil && words.number(of: String(repeating: "a", count: 129)) == nil)
        // Equal to "K" for Swift, and other bytes.
        #expect(words.number(of: "K") != nil && words.number(of: "\u{212A}") == nil)
    }

    @Test("numbered names find their places, whatever their length", arguments: ["rack-", "worker-", "zone-a-rack-", "worker-node-"])
    func numberedNames(prefix: String) {
        var words = Vocabulary()
        let texts = (1_000..<9_000).map { "\(prefix)\($0)" } + (100..<1_000).map { "\(prefix)\($0)" }
        #expect(texts.allSatisfy { words.number(of: $0) != nil })
    }

    @Test("equal values are equal bytes, and others are not")
    func equality() {
        let value = Texts(subject: "node-7", own: ["node-7", "x", nil], shared: ["a word that nobody has used before", "node-7"])
        #expect(Packed(value) == Packed(value))
        #expect(Packed(value).hashValue == Packed(value).hashValue)
        for (index, text) in value.own.enumerated() {
            var other = value
            other.own[index] = (text ?? "") + "!"
            #expect(Packed(other) != Packed(value))
        }
        var other = value
        other.own.append(nil)
        #expect(Packed(other) != Packed(value))
    }

    @Test("metadata comes back whole")
    func metadata() {
        var meta = ObjectMeta(
            name: "n", namespace: "ns", labels: ["b": "2", "a": "", "": "c"], annotations: [:],
            ownerReferences: [OwnerReference(apiVersion: "v1", kind: "Node", name: "n", uid: Self.uuid, controller: true)])
        #expect(Packed(meta).value == meta)
        meta.generateName = "n-"
        meta.uid = Self.uuid
        meta.resourceVersion = "184467"
        meta.generation = -3
        meta.creationTimestamp = Timestamp(seconds: -62_135_596_800, nanoseconds: 999_999_999)
        meta.deletionTimestamp = Timestamp(seconds: .max)
        meta.deletionGracePeriodSeconds = .min
        meta.finalizers = ["a/b", ""]
        meta.managedFields = []
        #expect(Packed(meta).value == meta)
        #expect(Packed(ObjectMeta()).value == ObjectMeta())
    }

    @Test("what many objects share takes a number each")
    func size() {
        let labels = Dictionary(uniqueKeysWithValues: (0..<20).map { ("example.com/a-rather-long-label-\($0)", "a-value-of-many-nodes") })
        var meta = ObjectMeta(name: "gke-cluster-pool-0a1b2c3d-x7k2", labels: Labels(labels))
        meta.uid = Self.uuid
        var writer = PackWriter(Vocabulary())
        meta.pack(into: &writer)
        #expect(writer.packed.count < 180)
    }
}
