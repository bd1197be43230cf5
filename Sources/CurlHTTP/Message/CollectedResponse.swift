/// An answer that was read to its end.
package struct CollectedResponse: Sendable {
    package let status: Int
    package let headers: HeaderFields
    package let body: [UInt8]
}
