/// One destination as Fluent Bit has it.
struct CollectorOutput {
    /// nil when the block that the type names is absent, which the review refuses.
    private(set) var properties: [CollectorDocument.Property]?

    init(_ context: CollectorContext, secrets: inout SecretMounts) {
        guard let destination = context.output.destination else { return }
        var properties: [CollectorDocument.Property] = [
            .init("name", destination.plugin), .init("alias", context.output.name), .init("match", CollectorConfiguration.tag),
        ]
        properties += destination.properties(context, &secrets)
        properties += destination.queue(context)
        let processors = destination.processors(context)
        if !processors.isEmpty {
            properties.append(.init("processors", .mapping([.init("logs", .list(processors.map { .mapping($0) }))])))
        }
        self.properties = properties
    }
}
