import CurlHTTP

/// Tokens of the service account that this process runs as, from Google's metadata server: on a VM its own, in a GKE pod the
/// one that Workload Identity gives.
package struct MetadataTokens: TokenSource {
    package static let defaultEndpoint = "http://metadata.google.internal"

    private let http: any HTTPExecuting
    private let endpoint: String

    /// The server stands on the machine's own link: it is never reached through a proxy.
    package init(http: any HTTPExecuting, endpoint: String = MetadataTokens.defaultEndpoint) {
        self.http = http
        self.endpoint = endpoint
    }

    package func token() async throws(ReplacementError) -> AccessToken {
        let subject = "the metadata server"
        let request = TransferRequest(
            .get, "\(endpoint)/computeMetadata/v1/instance/service-accounts/default/token", headers: ["Metadata-Flavor": "Google"],
            totalTimeout: .seconds(10), maximumBodySize: 64 << 10)
        let answer: HTTPAnswer
        do {
            answer = try await http.answer(to: request)
        } catch {
            if error.reason == .nameNotResolved {
                throw ReplacementError(.unauthenticated, "no metadata server gives tokens here; give a service account's key")
            }
            throw ReplacementError(error, whileAsking: subject, safely: true)
        }
        // Captive portals and other servers at that address don't send this header: what they say is no token.
        guard answer.headers["Metadata-Flavor"] == "Google" || answer.status == 429 || answer.status >= 500 else {
            throw ReplacementError(.unauthenticated, "who answers at \(endpoint) is not the metadata server")
        }
        guard answer.status == 200 else {
            if answer.status == 404 {
                throw ReplacementError(.unauthenticated, "this machine or pod has no service account that could ask Compute Engine")
            }
            throw ReplacementError(tokenRefusal: answer, from: subject)
        }
        return try AccessToken(parsing: answer, from: subject)
    }
}
