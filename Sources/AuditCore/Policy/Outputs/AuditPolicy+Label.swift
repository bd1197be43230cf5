extension AuditPolicy {
    package struct Label: Sendable, Hashable, Codable {
        /// Unique among the labels.
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}
