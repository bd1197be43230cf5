extension AuditPolicy.Stdout: CollectorDestination {
    var plugin: String { "stdout" }
    var ports: Set<Int> { [] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        switch format {
        case .json: [.init("format", "json")] + CollectorContext.dates
        case .jsonLines: [.init("format", "json_lines")] + CollectorContext.dates
        }
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {}
}
