/// `v1.PodSpec`: the fields that agents and tasks use, and those the drain reads.
package struct PodSpec: Sendable, Hashable, Codable {
    package var nodeName: String?
    package var nodeSelector: [String: String]?
    package var affinity: Affinity?
    package var tolerations: [Toleration]?
    package var serviceAccountName: String?
    package var automountServiceAccountToken: Bool?
    package var hostNetwork: Bool?
    package var hostPID: Bool?
    package var dnsPolicy: String?
    package var priorityClassName: String?
    package var restartPolicy: String?
    package var terminationGracePeriodSeconds: Int64?
    package var enableServiceLinks: Bool?
    package var securityContext: PodSecurityContext?
    package var initContainers: [Container]?
    package var containers: [Container]
    package var volumes: [Volume]?

    package init(containers: [Container]) { self.containers = containers }
}

package struct Affinity: Sendable, Hashable, Codable {
    package var nodeAffinity: NodeAffinity?

    package init(nodeAffinity: NodeAffinity?) { self.nodeAffinity = nodeAffinity }
}

package struct NodeAffinity: Sendable, Hashable, Codable {
    package var requiredDuringSchedulingIgnoredDuringExecution: NodeSelector?

    package init(required: NodeSelector?) { requiredDuringSchedulingIgnoredDuringExecution = required }
}

/// Terms are alternatives (or); the requirements of a term hold together (and).
package struct NodeSelector: Sendable, Hashable, Codable {
    package var nodeSelectorTerms: [NodeSelectorTerm]

    package init(terms: [NodeSelectorTerm]) { nodeSelectorTerms = terms }
}

/// A term with neither list matches nothing, as the scheduler has it.
package struct NodeSelectorTerm: Sendable, Hashable, Codable {
    package var matchExpressions: [LabelRequirement]?
    package var matchFields: [LabelRequirement]?

    package init(matchExpressions: [LabelRequirement]? = nil, matchFields: [LabelRequirement]? = nil) {
        self.matchExpressions = matchExpressions
        self.matchFields = matchFields
    }

    package func matches(labels: Labels, name: String) -> Bool {
        guard matchExpressions?.isEmpty == false || matchFields?.isEmpty == false else { return false }
        return (matchExpressions ?? []).allSatisfy { $0.matches(labels) }
            && (matchFields ?? []).allSatisfy { $0.matches(["metadata.name": name]) }
    }
}

package struct PodSecurityContext: Sendable, Hashable, Codable {
    package var runAsNonRoot: Bool?
    package var runAsUser: Int64?
    package var runAsGroup: Int64?
    package var fsGroup: Int64?
    package var seccompProfile: SeccompProfile?

    package init(seccompProfile: SeccompProfile? = nil) { self.seccompProfile = seccompProfile }
}

package struct SeccompProfile: Sendable, Hashable, Codable {
    package var type: String

    package init(type: String) { self.type = type }
}

package struct Volume: Sendable, Hashable, Codable {
    package var name: String
    package var hostPath: HostPath?
    package var configMap: ConfigMapSource?
    package var emptyDir: EmptyDir?
    package var secret: SecretSource?
    package var persistentVolumeClaim: ClaimSource?

    package init(name: String) { self.name = name }

    package struct HostPath: Sendable, Hashable, Codable {
        package var path: String
        /// "" | Directory | DirectoryOrCreate | File | …
        package var type: String?

        package init(path: String, type: String? = nil) {
            self.path = path
            self.type = type
        }
    }

    package struct ConfigMapSource: Sendable, Hashable, Codable {
        package var name: String
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?

        package init(name: String, items: [KeyToPath]? = nil, defaultMode: Int? = nil) {
            self.name = name
            self.items = items
            self.defaultMode = defaultMode
        }
    }

    package struct SecretSource: Sendable, Hashable, Codable {
        package var secretName: String
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?

        package init(secretName: String, items: [KeyToPath]? = nil, defaultMode: Int? = nil) {
            self.secretName = secretName
            self.items = items
            self.defaultMode = defaultMode
        }
    }

    package struct KeyToPath: Sendable, Hashable, Codable {
        package var key: String
        package var path: String

        package init(key: String, path: String) {
            self.key = key
            self.path = path
        }
    }

    package struct EmptyDir: Sendable, Hashable, Codable {
        package var medium: String?
        package var sizeLimit: String?

        package init(medium: String? = nil, sizeLimit: String? = nil) {
            self.medium = medium
            self.sizeLimit = sizeLimit
        }
    }

    package struct ClaimSource: Sendable, Hashable, Codable {
        package var claimName: String

        package init(claimName: String) { self.claimName = claimName }
    }
}
