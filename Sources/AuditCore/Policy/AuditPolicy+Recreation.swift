package import KubeCore

extension AuditPolicy {
    /// Whether nodes shall be audited at all.
    package enum DesiredState: String, Sendable, Hashable, Codable, CaseIterable {
        case enabled = "Enabled"
        /// The agents are off and the nodes clean; the policy stays.
        case disabled = "Disabled"
    }

    /// How nodes get rid of a kernel that lets nobody change its audit configuration: by whom, when, and how many at once.
    package struct Recreation: Sendable, Hashable, Codable {
        package enum OnDisable: String, Sendable, Hashable, Codable, CaseIterable {
            /// Clean in place; recreate what is still locked.
            case auto = "Auto"
            /// Every node that was audited in its present boot, as Google's page does.
            case recreate = "Recreate"
            /// Reboot what is still locked.
            case reboot = "Reboot"
            /// What cleaning in place does is enough; what stays is named.
            case inPlace = "InPlace"
            /// Leave the nodes alone and say so.
            case orphan = "Orphan"
        }

        package enum OnDeselect: String, Sendable, Hashable, Codable, CaseIterable {
            /// Name nodes that no longer match, and leave them.
            case report = "Report"
            case sameAsDisable = "SameAsDisable"
        }

        package enum OnRuleChange: String, Sendable, Hashable, Codable, CaseIterable {
            case recreate = "Recreate"
            case reboot = "Reboot"
            /// Name the nodes and wait for somebody else to do it.
            case manual = "Manual"
        }

        package enum Provider: String, Sendable, Hashable, Codable, CaseIterable {
            /// Told from each Node.
            case auto = "Auto"
            case gceManagedInstanceGroup = "GCEManagedInstanceGroup"
            case clusterAPI = "ClusterAPI"
            case karpenter = "Karpenter"
            /// Publish the wish and wait for a person.
            case manual = "Manual"
        }

        package var onDisable: OnDisable = .auto
        package var onDeselect: OnDeselect = .report
        package var onRuleChange: OnRuleChange = .recreate
        package var provider: Provider = .auto
        /// Owned nodes that may be unavailable at once, for whatever reason. A percentage is rounded down, at least 1.
        package var maxUnavailable: IntOrString = .int(1)
        package var pauseBetweenNodesSeconds = 0
        package var nodeReadyTimeoutSeconds = 1200
        /// Nodes that did not come back, after which no other is begun.
        package var maxFailures = 3
        package var drain = Drain()

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            onDisable = try fields.decode(.onDisable, default: onDisable)
            onDeselect = try fields.decode(.onDeselect, default: onDeselect)
            onRuleChange = try fields.decode(.onRuleChange, default: onRuleChange)
            provider = try fields.decode(.provider, default: provider)
            maxUnavailable = try fields.decode(.maxUnavailable, default: maxUnavailable)
            pauseBetweenNodesSeconds = try fields.decode(.pauseBetweenNodesSeconds, default: pauseBetweenNodesSeconds)
            nodeReadyTimeoutSeconds = try fields.decode(.nodeReadyTimeoutSeconds, default: nodeReadyTimeoutSeconds)
            maxFailures = try fields.decode(.maxFailures, default: maxFailures)
            drain = try fields.decode(.drain, default: drain)
        }

        /// How many of `owned` nodes may be unavailable at once.
        package func budget(of owned: Int) -> Int { max(1, maxUnavailable.scaled(to: owned, roundingUp: false) ?? 1) }
    }

    /// How pods leave a node, in the words of `kubectl drain`.
    package struct Drain: Sendable, Hashable, Codable {
        package enum OnTimeout: String, Sendable, Hashable, Codable, CaseIterable {
            /// Uncordon the node and take it up again after the others.
            case skip = "Skip"
            case wait = "Wait"
            /// Delete the pods that are left, past their budgets.
            case force = "Force"
        }

        package var timeoutSeconds = 3600
        /// nil: each pod's own.
        package var gracePeriodSeconds: Int64?
        package var deleteEmptyDirData = true
        package var deleteLocalVolumes = false
        package var evictUnmanagedPods = false
        package var onTimeout: OnTimeout = .skip

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            timeoutSeconds = try fields.decode(.timeoutSeconds, default: timeoutSeconds)
            gracePeriodSeconds = try fields.decodeIfPresent(Int64.self, forKey: .gracePeriodSeconds)
            deleteEmptyDirData = try fields.decode(.deleteEmptyDirData, default: deleteEmptyDirData)
            deleteLocalVolumes = try fields.decode(.deleteLocalVolumes, default: deleteLocalVolumes)
            evictUnmanagedPods = try fields.decode(.evictUnmanagedPods, default: evictUnmanagedPods)
            onTimeout = try fields.decode(.onTimeout, default: onTimeout)
        }
    }
}
