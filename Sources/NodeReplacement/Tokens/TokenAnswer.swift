import KubeCore

extension AccessToken {
    /// Reads the answer of an OAuth 2 token endpoint (RFC 6749, 5.1), which the metadata server gives as well.
    init(parsing answer: HTTPAnswer, from subject: String) throws(ReplacementError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: answer.body)
        } catch {
            // The body may be a token all the same: not a word of it.
            throw ReplacementError(.malformedAnswer, "\(subject): the answer is not JSON")
        }
        guard let text = value["access_token"]?.string, let seconds = value["expires_in"]?.integer,
            value["token_type"]?.string.map({ $0.lowercased() == "bearer" }) ?? true,
            let token = AccessToken(text, lifetime: .seconds(min(seconds, 24 * 3600)))
        else { throw ReplacementError(.malformedAnswer, "\(subject): the answer holds no usable token") }
        self = token
    }
}

extension ReplacementError {
    /// What a refusal of a token means.
    init(tokenRefusal answer: HTTPAnswer, from subject: String, hiding secrets: [String] = []) {
        let words = Self.words(in: answer.body, hiding: secrets)
        let text = "\(subject) answered HTTP \(answer.status)" + (words.isEmpty ? "" : ": \(words)")
        switch answer.status {
        case 429: self.init(.rateLimited, text, retryAfter: answer.retryAfter)
        case 408, 500...599: self.init(.serverError, text, retryAfter: answer.retryAfter)
        case 403: self.init(.forbidden, text)
        default: self.init(.unauthenticated, text)
        }
    }

    private static func words(in body: [UInt8], hiding secrets: [String]) -> String {
        do {
            let value = try JSONValue(parsing: body)
            let texts = [value["error"]?.string, value["error_description"]?.string].compactMap { $0 }
            return Excerpt.of(texts.joined(separator: ": "), hiding: secrets)
        } catch {
            return Excerpt.of(body, hiding: secrets)
        }
    }
}
