/// The answer to a request, at the moment its head is complete. The body is still on its way.
///
/// Whoever lets go of it without having read the body ends the transfer and closes its connection.
package struct TransferResponse: Sendable {
    /// 200 to 599, or 101. Any status is an answer: an HTTP error is not a `TransferError`.
    package let status: Int
    package let headers: HeaderFields
    package let body: ResponseBody
}
