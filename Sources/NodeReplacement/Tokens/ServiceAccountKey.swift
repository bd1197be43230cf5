import Digests
import KubeCore

/// A Google service account's key, as the console gives it out as a JSON file.
package struct ServiceAccountKey: Sendable {
    package let email: String
    package let keyID: String
    /// Where its assertions become tokens.
    package let tokenEndpoint: String
    let privateKey: RS256PrivateKey

    /// Errors: `.misconfigured`, naming the field; never any of its content but the type.
    package init(json: [UInt8]) throws(ReplacementError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: json)
        } catch {
            throw Self.error("is not JSON")
        }
        let type = value["type"]?.string
        guard type == "service_account" else {
            throw Self.error("has the type \(Excerpt.of(type ?? "none")); only keys of type service_account are taken")
        }
        guard let email = value["client_email"]?.string, !email.isEmpty else { throw Self.error("has no client_email") }
        guard let pem = value["private_key"]?.string else { throw Self.error("has no private_key") }
        let endpoint = value["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
        guard endpoint.hasPrefix("https://") else { throw Self.error("has a token_uri that is not https") }
        do {
            privateKey = try RS256PrivateKey(pem: pem.utf8)
        } catch {
            throw Self.error("has a private_key that can't be used: \(error.message)")
        }
        self.email = email
        keyID = value["private_key_id"]?.string ?? ""
        tokenEndpoint = endpoint
    }

    private static func error(_ what: String) -> ReplacementError {
        ReplacementError(.misconfigured, "the service account's key \(what)")
    }
}

extension ServiceAccountKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "ServiceAccountKey(\(email), redacted)" }

    package var customMirror: Mirror { Mirror(self, children: ["email": email]) }
}
