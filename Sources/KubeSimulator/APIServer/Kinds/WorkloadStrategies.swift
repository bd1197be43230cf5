import KubeCore

/// Kinds with a pod template: defaults of the template, an empty status, an immutable selector that matches the template.
struct WorkloadStrategy: ResourceStrategy {
    let kind: String

    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            if spec["replicas"] == nil { spec["replicas"] = 1 }
            Self.applyTemplateDefaults(&spec)
            for (member, value) in Self.defaults[kind] ?? [:] where spec[member] == nil { spec[member] = value }
            if kind == "Deployment" { Self.applyStrategyDefaults(&spec) }
        }
    }

    private static let defaults: [String: [String: JSONValue]] = [
        "Deployment": ["revisionHistoryLimit": 10, "progressDeadlineSeconds": 600],
        "StatefulSet": [
            "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
            "updateStrategy": ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]],
            "persistentVolumeClaimRetentionPolicy": ["whenDeleted": "Retain", "whenScaled": "Retain"],
        ],
    ]

    private static func applyStrategyDefaults(_ spec: inout JSONValue) {
        spec.updateMember("strategy") { strategy in
            if strategy["type"]?.string?.isEmpty ?? true { strategy["type"] = "RollingUpdate" }
            guard strategy["type"] == "RollingUpdate" else { return }
            strategy.updateMember("rollingUpdate") { update in
                for bound in ["maxUnavailable", "maxSurge"] where update[bound] == nil { update[bound] = "25%" }
            }
        }
    }

    static func applyTemplateDefaults(_ spec: inout JSONValue) {
        spec.updateMember("template") { template in
            template.updateMember("spec") { PodDefaults.apply(to: &$0) }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) { object["status"] = [:] }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        Self.selectorProblems(object, replacing: old)
            + PodValidation.problems(object["spec"]?["template"]?["spec"] ?? [:], at: "spec.template.spec")
    }

    static func selectorProblems(_ object: JSONValue, replacing old: JSONValue?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let selector = object["spec"]?["selector"] ?? .null
        if let old, old["spec"]?["selector"] != object["spec"]?["selector"] {
            problems.append(.invalid("spec.selector", selector, "field is immutable"))
        }
        if selector.isNull {
            problems.append(.required("spec.selector"))
        } else {
            let requirements = SelectorRequirement.parse(selector)
            let labels = object["spec"]?["template"]?["metadata"]?["labels"] ?? [:]
            if requirements.isEmpty {
                problems.append(.invalid("spec.selector", selector, "empty selector is invalid for deployment"))
            } else if !requirements.allSatisfy({ $0.matches(labels.object ?? [:]) }) {
                problems.append(.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
            }
        }
        return problems
    }
}

struct DaemonSetStrategy: ResourceStrategy {
    private static let generationAnnotation = "deprecated.daemonset.template.generation"

    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            WorkloadStrategy.applyTemplateDefaults(&spec)
            if spec["revisionHistoryLimit"] == nil { spec["revisionHistoryLimit"] = 10 }
            spec.updateMember("updateStrategy") { strategy in
                if strategy["type"]?.string?.isEmpty ?? true { strategy["type"] = "RollingUpdate" }
                guard strategy["type"] == "RollingUpdate" else { return }
                strategy.updateMember("rollingUpdate") { update in
                    if update["maxUnavailable"] == nil { update["maxUnavailable"] = 1 }
                    if update["maxSurge"] == nil { update["maxSurge"] = 0 }
                }
            }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        object["status"] = [:]
        setGeneration(&object, 1)
    }

    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue, subresource: String?) {
        let before = Int64(old["metadata"]?["annotations"]?[Self.generationAnnotation]?.string ?? "") ?? 0
        let isChanged = object["spec"]?["template"] != old["spec"]?["template"]
        if before > 0 || isChanged { setGeneration(&object, before + (isChanged ? 1 : 0)) }
    }

    private func setGeneration(_ object: inout JSONValue, _ generation: Int64) {
        object.updateMetadata { metadata in
            metadata.updateMember("annotations") { $0[Self.generationAnnotation] = .string(String(generation)) }
        }
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems = WorkloadStrategy.selectorProblems(object, replacing: old)
        let template = object["spec"]?["template"]?["spec"] ?? [:]
        problems += PodValidation.problems(template, at: "spec.template.spec")
        if let policy = template["restartPolicy"]?.string, policy != "Always" {
            problems.append(.unsupported("spec.template.spec.restartPolicy", policy, supported: ["Always"]))
        }
        let update = object["spec"]?["updateStrategy"]?["rollingUpdate"] ?? [:]
        let isZero: (JSONValue?) -> Bool = { $0 == nil || $0 == 0 || $0 == "0%" }
        if object["spec"]?["updateStrategy"]?["type"] == "RollingUpdate" {
            if isZero(update["maxUnavailable"]), isZero(update["maxSurge"]) {
                problems.append(
                    .required("spec.updateStrategy.rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0"))
            } else if !isZero(update["maxUnavailable"]), !isZero(update["maxSurge"]) {
                problems.append(
                    .invalid(
                        "spec.updateStrategy.rollingUpdate.maxSurge", update["maxSurge"] ?? 0,
                        "may not be set when maxUnavailable is non-zero"))
            }
        }
        return problems
    }
}
