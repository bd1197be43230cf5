package import AuditCore
package import KubeCore
import KubeSchema
import KubeYAML

/// Policies in files, judged as the API server and the operator would judge them, without a cluster.
package struct PolicyFile: Sendable {
    /// One AuditPolicy of a file.
    package struct Entry: Sendable {
        /// With the defaults that the API server would fill in; nil when it cannot be read as a policy.
        package var policy: AuditPolicy?
        /// What it renders to; nil when it is refused.
        package var agent: RenderedAgent?
        /// `file: path: message`, in the order of the document.
        package var problems: [String]
        package var warnings: [String]
        /// What audit rules come to and cost, by architecture; empty for a policy without.
        fileprivate var costs: [NodeArchitecture: [String]] = [:]
    }

    private let schema: StructuralSchema
    private let options: AgentOptions

    /// Errors: `.configuration` when the CRD that this binary carries is broken.
    package init(options: AgentOptions) throws(KubeError) {
        self.options = options
        schema = try Self.auditPolicySchema()
    }

    private static func auditPolicySchema() throws(KubeError) -> StructuralSchema {
        do {
            let definition = try YAMLDocument.parseOne(auditPolicyDefinition, file: "auditpolicies.nodeaudit.dev.yaml").value
            let version = definition["spec"]?["versions"]?.array?.first
            guard let schema = version?["schema"]?["openAPIV3Schema"] else {
                throw KubeError(.configuration, "the AuditPolicy definition has no schema")
            }
            return try StructuralSchema(json: schema)
        } catch {
            throw KubeError(.configuration, "the AuditPolicy definition that this program carries is broken: \(error)")
        }
    }

    /// Reads every AuditPolicy of a YAML or JSON stream. Documents of other kinds are left alone.
    package func read(_ bytes: [UInt8], file: String) -> [Entry] {
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAMLDocument.parse(bytes, file: file)
        } catch {
            return [Entry(policy: nil, agent: nil, problems: [error.description], warnings: [])]
        }
        let policies = documents.filter { $0.value["kind"]?.string == AuditPolicy.type.kind }
        guard !policies.isEmpty else {
            let kinds = Set(documents.compactMap { $0.value["kind"]?.string }).sorted().joined(separator: ", ")
            let found = documents.isEmpty ? "it is empty" : kinds.isEmpty ? "it has no kind" : "it has \(kinds)"
            return [Entry(policy: nil, agent: nil, problems: ["\(file): no AuditPolicy in this file: \(found)"], warnings: [])]
        }
        return policies.map { judge($0, file: file) }
    }

    private func judge(_ document: YAMLDocument, file: String) -> Entry {
        var entry = Entry(policy: nil, agent: nil, problems: [], warnings: [])
        var value = document.value
        let apiVersion = value["apiVersion"]?.string ?? ""
        if apiVersion != AuditPolicy.type.apiVersion {
            entry.problems.append("\(file): apiVersion: \"\(apiVersion)\" is not served; use \(AuditPolicy.type.apiVersion)")
            return entry
        }
        if value["metadata"]?["name"]?.string == nil { entry.problems.append("\(file): metadata.name: a policy needs a name") }
        for path in schema.prune(&value) {
            entry.problems.append("\(document.location(of: path)): \(path): unknown field\(suggestion(for: path))")
        }
        schema.applyDefaults(to: &value)
        let problems = schema.validate(value)
        entry.problems += problems.map { "\(document.location(of: $0.path)): \($0.field): \($0.message)" }
        guard entry.problems.isEmpty else { return entry }
        do {
            let policy = try AuditPolicy(value)
            entry.policy = policy
            switch Acceptance.judge(policy, options: options, overlap: nil) {
            case .accepted(let agent):
                entry.agent = agent
                entry.warnings = agent.warnings.map { "\(file): \($0)" }
                if let review = policy.spec.audit.auditRules?.review() {
                    for architecture in NodeArchitecture.allCases { entry.costs[architecture] = review.summary(for: architecture) }
                }
            case .refused(let problems): entry.problems = problems.map { "\(file): \($0)" }
            }
        } catch {
            entry.problems.append("\(file): \(error.message)")
        }
        return entry
    }

    /// `; did you mean "outputs"?` for a name close to one that the schema has at that place.
    private func suggestion(for path: FieldPath) -> String {
        guard case .member(let name)? = path.elements.last else { return "" }
        var node: SchemaNode? = schema.root
        for element in path.elements.dropLast() {
            switch element {
            case .member(let name): node = node?.schema(ofMember: name)
            case .index: node = node?.items
            }
        }
        let known = node?.properties.keys.sorted() ?? []
        let closest = known.min { $0.editDistance(to: name) < $1.editDistance(to: name) }
        guard let closest, closest.editDistance(to: name) <= max(2, name.count / 3) else {
            return known.isEmpty ? "" : "; known here: \(known.joined(separator: ", "))"
        }
        return "; did you mean \"\(closest)\"?"
    }
}

extension PolicyFile.Entry {
    /// What the policy's rules come to and cost, each line once; empty for a policy without rules.
    package var costSummary: [String] {
        var seen: Set<String> = []
        return NodeArchitecture.allCases.flatMap { costs[$0] ?? [] }.filter { seen.insert($0).inserted }
    }

    /// The file that nodes of one architecture load, with what it costs as comments before it; nil for a policy without rules.
    package func rules(for architecture: NodeArchitecture) -> String? {
        guard let text = agent?.auditRules(for: architecture) else { return nil }
        return (costs[architecture] ?? []).map { "# \($0)\n" }.joined() + text
    }
}

extension String {
    /// Levenshtein's distance, without regard to case.
    fileprivate func editDistance(to other: String) -> Int {
        let left = Array(lowercased())
        let right = Array(other.lowercased())
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, candidate) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = Swift.min(above + 1, row[column] + 1, diagonal + (character == candidate ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
