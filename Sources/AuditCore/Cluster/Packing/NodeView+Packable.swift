package import KubeCore

extension NodeView: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(subject: name)
        writer.add(text: uid)
        writer.add(labels: labels)
        writer.add(creationTimestamp)
        writer.add(text: bootID)
        writer.add(text: providerID)
        writer.add(machineOwner)
        writer.add(isReady)
        writer.add(word: notReadyReason, isForeign: true)
        writer.add(isUnschedulable)
        writer.add(isLeaving)
        writer.add(attachedVolumes)
        writer.add(text: mark?.text)
    }

    package init(unpacking reader: inout PackReader) {
        name = reader.subject() ?? ""
        uid = reader.string()
        labels = reader.labels()
        creationTimestamp = reader.moment()
        bootID = reader.string()
        providerID = reader.text()
        machineOwner = reader.word()
        isReady = reader.flag()
        notReadyReason = reader.string()
        isUnschedulable = reader.flag()
        isLeaving = reader.flag()
        attachedVolumes = reader.integer()
        mark = reader.text().map { NodeMark(parsing: $0) }
    }
}
