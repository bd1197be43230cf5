/// A value behind a reference: a table of them keeps a pointer a slot instead of hundreds of bytes, full or empty.
final class Reference<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension Reference: Equatable where Value: Equatable {
    static func == (left: Reference, right: Reference) -> Bool { left === right || left.value == right.value }
}

extension Reference: Hashable where Value: Hashable {
    func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}
