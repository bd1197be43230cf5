import KubeCore
import Synchronization

extension SimulatedCompute {
    /// The metadata server of a node of the cluster.
    func metadata(_ parts: [String], _ request: KubeRequest) -> ComputeAnswer {
        let flavor = HeaderField("Metadata-Flavor", "Google")
        guard request.headers.contains(where: { $0.name.lowercased() == "metadata-flavor" && $0.value == "Google" }) else {
            return ComputeAnswer(ComputeRefusal(403, "forbidden", "Missing Metadata-Flavor:Google header."))
        }
        switch parts.joined(separator: "/") {
        case "v1/instance/service-accounts/default/token":
            return handle(.token, request) { ComputeAnswer(makeToken(), headers: [flavor]) }
        case "v1/instance/attributes/cluster-name": return ComputeAnswer(text: cluster.configuration.clusterName, headers: [flavor])
        case "v1/instance/attributes/cluster-location": return ComputeAnswer(text: cluster.configuration.region, headers: [flavor])
        case "v1/project/project-id": return ComputeAnswer(text: cluster.configuration.project, headers: [flavor])
        default: return ComputeAnswer(ComputeRefusal(404, "notFound", "not found"))
        }
    }

    /// The token endpoint: a signed assertion for a token. The signature is looked at for its size alone.
    func exchange(_ request: KubeRequest) -> ComputeAnswer {
        handle(.token, request) {
            var form: [String: String] = [:]
            for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).percentDecoded(plusIsSpace: true) ?? "" }
                if parts.count == 2 { form[parts[0]] = parts[1] }
            }
            func refuse(_ error: String, _ description: String) -> ComputeAnswer {
                ComputeAnswer(["error": .string(error), "error_description": .string(description)], status: 400)
            }
            guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
                return refuse("unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
            }
            let parts = (form["assertion"] ?? "").split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let header = Self.claims(parts[0]), let claims = Self.claims(parts[1]),
                header["alg"]?.string == "RS256", claims["iss"]?.string?.isEmpty == false, claims["scope"]?.string?.isEmpty == false,
                claims["aud"]?.string?.isEmpty == false, parts[2].utf8.count >= 342
            else { return refuse("invalid_grant", "Invalid JWT Signature.") }
            let now = cluster.time.now().seconds
            guard let issued = claims["iat"]?.integer, let expires = claims["exp"]?.integer, issued <= now + 300, expires > now,
                expires - issued <= 3600
            else {
                return refuse("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
            }
            return ComputeAnswer(makeToken())
        }
    }

    private static func claims(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64.decode(String(part)) else { return nil }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            return nil
        }
    }

    /// Takes every token back that was given out so far.
    package func revokeTokens() { state.withLock { $0.tokens = [] } }

    private func makeToken() -> JSONValue {
        let token = state.withLock { state in
            let token = "ya29.\(state.identity.uid())"
            state.tokens.insert(token)
            return token
        }
        return ["access_token": .string(token), "expires_in": 3599, "token_type": "Bearer"]
    }
}
