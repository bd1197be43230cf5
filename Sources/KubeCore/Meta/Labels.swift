/// An object's labels: some twenty texts by key.
///
/// Shape: a list in the order of the keys. A node has too few of them for a hash table to be worth its making and its memory, and they
/// come from an API server in that order.
/// Guarantees: one value for each key; equal labels are equal lists.
package struct Labels: Sendable, Hashable {
    private struct Label: Sendable, Hashable {
        var key: String
        var value: String
    }

    private var list: [Label] = []

    package init() {}

    package init(minimumCapacity: Int) { list.reserveCapacity(minimumCapacity) }

    package init(_ table: [String: String]) { list = table.map { Label(key: $0, value: $1) }.sorted { $0.key < $1.key } }

    package var table: [String: String] { Dictionary(uniqueKeysWithValues: list.lazy.map { ($0.key, $0.value) }) }
    package var count: Int { list.count }
    package var isEmpty: Bool { list.isEmpty }

    /// Puts a label behind all others. Its key comes after theirs.
    mutating func append(_ key: String, _ value: String) { list.append(Label(key: key, value: value)) }

    package subscript(key: String) -> String? {
        get {
            let place = place(of: key)
            return place < list.count && list[place].key == key ? list[place].value : nil
        }
        set {
            let place = list.last.map { $0.key < key } ?? true ? list.count : place(of: key)
            let isKnown = place < list.count && list[place].key == key
            switch newValue {
            case let value? where isKnown: list[place].value = value
            case let value?: list.insert(Label(key: key, value: value), at: place)
            case nil where isKnown: list.remove(at: place)
            case nil: break
            }
        }
    }

    /// Where the key is, or belongs.
    private func place(of key: String) -> Int {
        var range = 0..<list.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            if list[middle].key < key { range = middle + 1..<range.upperBound } else { range = range.lowerBound..<middle }
        }
        return range.lowerBound
    }
}

extension Labels: Sequence {
    /// In the order of the keys.
    package func makeIterator() -> some IteratorProtocol<(key: String, value: String)> {
        list.lazy.map { (key: $0.key, value: $0.value) }.makeIterator()
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension Labels: Codable {
    package init(from decoder: any Decoder) throws { self.init(try [String: String](from: decoder)) }

    package func encode(to encoder: any Encoder) throws {
        try table.encode(to: encoder)
    }
}
