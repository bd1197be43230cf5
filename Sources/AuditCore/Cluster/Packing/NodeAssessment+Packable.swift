package import KubeCore

extension NodeAssessment: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(state)
        writer.add(word: reason, isForeign: true)
        writer.add(text: message)
        writer.add(word: revision)
        writer.add(word: auditRevision)
        writer.add(kernel) { $1.pack(into: &$0) }
        writer.add(isDelivering)
        writer.add(isInTransit)
        writer.add(isSettled)
    }

    package init(unpacking reader: inout PackReader) {
        state = reader.choice()
        reason = reader.string()
        message = reader.string()
        revision = reader.text()
        auditRevision = reader.text()
        kernel = reader.optional { NodeAudit.Kernel(unpacking: &$0) }
        isDelivering = reader.flag()
        isInTransit = reader.flag()
        isSettled = reader.flag()
    }
}
