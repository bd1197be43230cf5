package import KubeCore

extension AgentPodView: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(word: key.namespace)
        writer.add(text: key.name)
        writer.add(text: uid)
        writer.add(text: nodeName)
        writer.add(word: policyName)
        writer.add(word: revision)
        writer.add(word: auditRevision)
        writer.add(isDeleting)
        writer.add(creationTimestamp)
        setup.pack(into: &writer)
        writer.add(collector.hasStarted)
        writer.add(collector.isReady)
        writer.add(word: collector.waitingReason, isForeign: true)
        writer.add(text: collector.waitingMessage)
        writer.add(each: configMaps) { $0.add(word: $1) }
        writer.add(word: refusal, isForeign: true)
    }

    package init(unpacking reader: inout PackReader) {
        key = ObjectKey(namespace: reader.string(), name: reader.string())
        uid = reader.string()
        nodeName = reader.string()
        policyName = reader.string()
        revision = reader.string()
        auditRevision = reader.string()
        isDeleting = reader.flag()
        creationTimestamp = reader.moment()
        setup = Setup(unpacking: &reader)
        collector = Collector(
            hasStarted: reader.flag(), isReady: reader.flag(), waitingReason: reader.string(), waitingMessage: reader.string())
        configMaps = reader.array { $0.string() }
        refusal = reader.string()
    }
}

extension AgentPodView.Setup: Packable {
    private enum Form: String { case waiting, reported, unreadable }

    package func pack(into writer: inout PackWriter) {
        switch self {
        case .waiting(let reason, let message):
            writer.add(Form.waiting)
            writer.add(word: reason, isForeign: true)
            writer.add(text: message)
        case .reported(let report, let exitCode, let time):
            writer.add(Form.reported)
            report.pack(into: &writer)
            writer.add(exitCode)
            writer.add(time)
        case .unreadable(let reason, let exitCode):
            writer.add(Form.unreadable)
            writer.add(text: reason)
            writer.add(exitCode)
        }
    }

    package init(unpacking reader: inout PackReader) {
        let form: Form = reader.choice()
        switch form {
        case .waiting: self = .waiting(reason: reader.string(), message: reader.string())
        case .reported: self = .reported(NodeReport(unpacking: &reader), exitCode: reader.integer(), at: reader.time())
        case .unreadable: self = .unreadable(reader.string(), exitCode: reader.integer())
        }
    }
}

/// Digests are words: the kernels of a fleet hold the same rules.
extension NodeReport: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(task)
        writer.add(outcome)
        writer.add(text: boot)
        writer.add(enabled)
        writer.add(unit)
        writer.add(rules)
        writer.add(word: hash, isForeign: true)
        writer.add(word: baseline, isForeign: true)
        writer.add(lost)
        writer.add(backlogLimit)
        writer.add(failure)
        writer.add(each: left) { $0.add(text: $1) }
        writer.add(text: detail)
    }

    package init(unpacking reader: inout PackReader) {
        self.init(
            task: reader.choice(), outcome: reader.choice(), boot: reader.string(), enabled: reader.integer(),
            unit: reader.choice(), rules: reader.integer(), hash: reader.string(), baseline: reader.string(),
            lost: reader.integer(), backlogLimit: reader.integer(), failure: reader.integer(), left: reader.array { $0.string() },
            detail: reader.string())
    }
}
