package import AuditCore
import FoundationEssentials
import KubeClient
import KubeCore
package import KubeRuntime
import Synchronization

extension NodeAudit {
    /// The report whole; of the metadata what is compared with what would be written, and what a delete is guarded by.
    package static func decoder() -> ObjectDecoder<NodeAudit> {
        let pool = Mutex(StringPool())
        return ObjectDecoder(NodeAudit.type) { (bytes) throws(KubeError) in
            try pool.withLock { (pool) throws(KubeError) in
                let record = try NodeAudit(scanning: bytes, &pool)
                return DecodedObject(key: record.key, revision: record.metadata.resourceVersion ?? "", value: record)
            }
        }
    }
}

extension NodeAudit {
    /// Errors: `.malformedResponse` that names the field, as strict about these members as the decoder of whole objects.
    init(scanning bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var metadata: ObjectMeta?
        var report: Report?
        try JSONCursor.whole(bytes) { (cursor) throws(KubeError) in
            try cursor.fields(of: "NodeAudit") { (cursor, name) throws(KubeError) in
                if name.spells("metadata") {
                    metadata = try ObjectMeta(scanning: &cursor, keeping: KeptMetadata(labels: .all, finalizers: true), &pool)
                } else if name.spells("report") {
                    report = try Report(scanning: &cursor, &pool)
                } else {
                    try cursor.skipValue()
                }
            }
        }
        guard let metadata else { throw KubeError(.malformedResponse, "metadata: missing") }
        guard let report else { throw KubeError(.malformedResponse, "report: missing") }
        self.init(metadata: metadata, report: report)
    }
}

extension NodeAudit.Report {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        var policyName: String?
        var state: NodeState?
        var rest = NodeAudit.Report(policyName: "", state: .pending)
        try cursor.fields(of: "report") { (cursor, name) throws(KubeError) in
            if name.spells("policyName") {
                policyName = try cursor.pooledText("report.policyName", &pool)
            } else if name.spells("state") {
                state = try cursor.word("report.state")
            } else if name.spells("reason") {
                rest.reason = try cursor.pooledText("report.reason", &pool)
            } else if name.spells("message") {
                rest.message = try cursor.pooledText("report.message", &pool)
            } else if name.spells("revision") {
                rest.revision = try cursor.pooledText("report.revision", &pool)
            } else if name.spells("auditRevision") {
                rest.auditRevision = try cursor.pooledText("report.auditRevision", &pool)
            } else if name.spells("nodeUID") {
                rest.nodeUID = try cursor.text("report.nodeUID")
            } else if name.spells("bootID") {
                rest.bootID = try cursor.text("report.bootID")
            } else if name.spells("providerID") {
                rest.providerID = try cursor.text("report.providerID")
            } else if name.spells("kernel") {
                rest.kernel = try cursor.takeNull("report.kernel") ? nil : NodeAudit.Kernel(scanning: &cursor, &pool)
            } else if name.spells("recreation") {
                rest.recreation = try cursor.takeNull("report.recreation") ? nil : NodeRecreation(scanning: &cursor)
            } else if name.spells("transitionTime") {
                rest.transitionTime = try cursor.time("report.transitionTime")
            } else {
                try cursor.skipValue()
            }
        }
        guard let policyName else { throw KubeError(.malformedResponse, "report.policyName: missing") }
        guard let state else { throw KubeError(.malformedResponse, "report.state: missing") }
        self = rest
        self.policyName = policyName
        self.state = state
    }
}

extension NodeRecreation {
    /// Few records have one: the decoder of whole values is fast enough.
    fileprivate init(scanning cursor: inout JSONCursor) throws(KubeError) {
        let bytes = try cursor.slice()
        do {
            self = try JSONDecoder().decode(NodeRecreation.self, from: Data(bytes))
        } catch {
            throw KubeError(.malformedResponse, "report.recreation: \(error)")
        }
    }
}

extension NodeAudit.Kernel {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        var enabled: Enabled?
        var ruleCount: Int?
        var rest = NodeAudit.Kernel(enabled: .off, ruleCount: 0)
        try cursor.fields(of: "report.kernel") { (cursor, name) throws(KubeError) in
            if name.spells("enabled") {
                enabled = try cursor.word("report.kernel.enabled")
            } else if name.spells("ruleCount") {
                ruleCount = try cursor.integer("report.kernel.ruleCount")
            } else if name.spells("outcome") {
                rest.outcome = try cursor.takeNull("report.kernel.outcome") ? nil : cursor.word("report.kernel.outcome")
            } else if name.spells("rulesHash") {
                rest.rulesHash = try cursor.pooledText("report.kernel.rulesHash", &pool)
            } else if name.spells("baselineHash") {
                rest.baselineHash = try cursor.pooledText("report.kernel.baselineHash", &pool)
            } else if name.spells("lost") {
                rest.lost = try cursor.integer("report.kernel.lost")
            } else if name.spells("backlogLimit") {
                rest.backlogLimit = try cursor.integer("report.kernel.backlogLimit")
            } else if name.spells("failureMode") {
                rest.failureMode = try cursor.word("report.kernel.failureMode")
            } else if name.spells("observedTime") {
                rest.observedTime = try cursor.time("report.kernel.observedTime")
            } else {
                try cursor.skipValue()
            }
        }
        guard let enabled else { throw KubeError(.malformedResponse, "report.kernel.enabled: missing") }
        guard let ruleCount else { throw KubeError(.malformedResponse, "report.kernel.ruleCount: missing") }
        self = rest
        self.enabled = enabled
        self.ruleCount = ruleCount
    }
}
