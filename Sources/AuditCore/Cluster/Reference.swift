/// A value behind a reference: a table of them keeps a pointer a slot instead of hundreds of bytes, full or empty.
final class Reference<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
