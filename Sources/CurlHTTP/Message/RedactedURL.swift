/// A URL as it may be shown: user information is dropped and the query is named but not told, since either may be a secret.
struct RedactedURL: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ url: String) {
        var shown = Substring(url)
        let isQueried = shown.firstIndex { $0 == "?" || $0 == "#" }
        if let isQueried { shown = shown[..<isQueried] }
        var scheme = ""
        if let separator = shown.firstRange(of: "://") {
            scheme = String(shown[..<separator.upperBound])
            shown = shown[separator.upperBound...]
        }
        let authority = shown.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") { shown = shown[shown.index(after: at)...] }
        description = scheme + shown + (isQueried == nil ? "" : "?…")
    }
}
