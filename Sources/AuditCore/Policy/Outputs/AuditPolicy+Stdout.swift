extension AuditPolicy {
    package struct Stdout: Sendable, Hashable, Codable {
        package enum Format: String, Sendable, Hashable, Codable, CaseIterable {
            case json = "JSON"
            case jsonLines = "JSONLines"
        }

        package var format: Format = .jsonLines

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            format = try fields.decode(.format, default: format)
        }
    }
}
