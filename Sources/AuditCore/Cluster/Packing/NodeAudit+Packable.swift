package import KubeCore

extension NodeAudit: Packable {
    package func pack(into writer: inout PackWriter) {
        metadata.pack(into: &writer)
        writer.add(word: apiVersion)
        writer.add(word: kind)
        report.pack(into: &writer)
    }

    package init(unpacking reader: inout PackReader) {
        metadata = ObjectMeta(unpacking: &reader)
        apiVersion = reader.text()
        kind = reader.text()
        report = Report(unpacking: &reader)
    }
}

extension NodeAudit.Report: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(word: policyName)
        writer.add(state)
        writer.add(word: reason, isForeign: true)
        writer.add(text: message)
        writer.add(word: revision)
        writer.add(word: auditRevision)
        writer.add(text: nodeUID)
        writer.add(text: bootID)
        writer.add(text: providerID)
        writer.add(kernel) { $1.pack(into: &$0) }
        writer.add(recreation) { $1.pack(into: &$0) }
        writer.add(transitionTime)
    }

    package init(unpacking reader: inout PackReader) {
        policyName = reader.string()
        state = reader.choice()
        reason = reader.text()
        message = reader.text()
        revision = reader.text()
        auditRevision = reader.text()
        nodeUID = reader.text()
        bootID = reader.text()
        providerID = reader.text()
        kernel = reader.optional { NodeAudit.Kernel(unpacking: &$0) }
        recreation = reader.optional { NodeRecreation(unpacking: &$0) }
        transitionTime = reader.time()
    }
}

extension NodeAudit.Kernel: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(enabled)
        writer.add(ruleCount)
        writer.add(outcome)
        writer.add(word: rulesHash, isForeign: true)
        writer.add(word: baselineHash, isForeign: true)
        writer.add(lost) { $0.add($1) }
        writer.add(backlogLimit) { $0.add($1) }
        writer.add(failureMode)
        writer.add(observedTime)
    }

    package init(unpacking reader: inout PackReader) {
        enabled = reader.choice()
        ruleCount = reader.integer()
        outcome = reader.word()
        rulesHash = reader.text()
        baselineHash = reader.text()
        lost = reader.optional { $0.integer() }
        backlogLimit = reader.optional { $0.integer() }
        failureMode = reader.word()
        observedTime = reader.time()
    }
}

extension NodeRecreation: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(phase)
        writer.add(method)
        writer.add(reason)
        writer.add(startTime)
        writer.add(phaseTime)
        writer.add(text: originalNodeUID)
        writer.add(text: originalBootID)
        writer.add(actor)
        writer.add(target) { $1.pack(into: &$0) }
        writer.add(text: requestID)
        writer.add(text: operation)
        writer.add(attempts) { $0.add($1) }
        writer.add(blockedBy) { $0.add(each: $1) { $0.add(text: $1) } }
        writer.add(text: message)
        writer.add(failure) { $1.pack(into: &$0) }
    }

    package init(unpacking reader: inout PackReader) {
        phase = reader.choice()
        method = reader.choice()
        reason = reader.choice()
        startTime = reader.moment()
        phaseTime = reader.moment()
        originalNodeUID = reader.string()
        originalBootID = reader.string()
        actor = reader.word()
        target = reader.optional { Target(unpacking: &$0) }
        requestID = reader.text()
        operation = reader.text()
        attempts = reader.optional { $0.integer() }
        blockedBy = reader.optional { $0.array { $0.string() } }
        message = reader.text()
        failure = reader.optional { Failure(unpacking: &$0) }
    }
}

extension NodeRecreation.Target: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(text: machine)
        writer.add(text: group)
        writer.add(text: machineID)
        writer.add(text: startedAt)
    }

    package init(unpacking reader: inout PackReader) {
        machine = reader.string()
        group = reader.text()
        machineID = reader.string()
        startedAt = reader.text()
    }
}

extension NodeRecreation.Failure: Packable {
    package func pack(into writer: inout PackWriter) {
        writer.add(word: reason)
        writer.add(text: message)
        writer.add(time)
        writer.add(text: retry)
    }

    package init(unpacking reader: inout PackReader) {
        reason = reader.string()
        message = reader.string()
        time = reader.moment()
        retry = reader.text()
    }
}
