import KubeCore

extension TableColumn {
    static let builtin: [GroupResource: [TableColumn]] = [
        .nodes: node, .pods: pod, GroupResource(group: "apps", resource: "daemonsets"): daemonSet,
        GroupResource(group: "apps", resource: "deployments"): deployment,
        GroupResource(group: "apps", resource: "replicasets"): replicaSet,
        GroupResource(group: "apps", resource: "statefulsets"): statefulSet,
        GroupResource(group: "apps", resource: "controllerrevisions"): controllerRevision,
        GroupResource(group: "events.k8s.io", resource: "events"): event, .namespaces: namespace,
        GroupResource(group: "coordination.k8s.io", resource: "leases"): lease,
        GroupResource(group: "policy", resource: "poddisruptionbudgets"): budget,
        GroupResource(group: "networking.k8s.io", resource: "networkpolicies"): networkPolicy,
        GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses"): priorityClass,
        GroupResource(group: "", resource: "configmaps"): configMap, GroupResource(group: "", resource: "secrets"): secret,
        GroupResource(group: "autoscaling", resource: "scales"): scale,
        GroupResource(group: "", resource: "persistentvolumes"): volume,
        GroupResource(group: "", resource: "persistentvolumeclaims"): claim,
        GroupResource(group: "", resource: "services"): service, GroupResource(group: "", resource: "serviceaccounts"): [age],
    ]

    private static func text(
        _ name: String, _ path: String, priority: Int64 = 0, type: String = "string", none: JSONValue = "<none>"
    ) -> TableColumn {
        let path = JSONPath(path)
        return TableColumn(name: name, type: type, priority: priority) { object, _ in
            guard let value = path.values(in: object).first, value != "" else { return none }
            return value
        }
    }

    private static let node: [TableColumn] = [
        TableColumn(name: "Status") { object, _ in
            let ready = (object["status"]?["conditions"]?.array ?? []).first { $0["type"] == "Ready" }
            var text = ready.map { $0["status"] == "True" ? "Ready" : "NotReady" } ?? "Unknown"
            if object["spec"]?["unschedulable"] == true { text += ",SchedulingDisabled" }
            return .string(text)
        },
        TableColumn(name: "Roles") { object, _ in
            let labels = (object["metadata"]?["labels"]?.object ?? [:]).keys.sorted()
            let roles = labels.filter { $0.hasPrefix("node-role.kubernetes.io/") }.map {
                String($0.dropFirst("node-role.kubernetes.io/".count))
            }
            return .string(roles.isEmpty ? "<none>" : roles.joined(separator: ","))
        },
        age, text("Version", ".status.nodeInfo.kubeletVersion", none: ""),
        text("Internal-IP", ".status.addresses[?(@.type==\"InternalIP\")].address", priority: 1),
        text("External-IP", ".status.addresses[?(@.type==\"ExternalIP\")].address", priority: 1),
        text("OS-Image", ".status.nodeInfo.osImage", priority: 1, none: "<unknown>"),
        text("Kernel-Version", ".status.nodeInfo.kernelVersion", priority: 1, none: "<unknown>"),
        text("Container-Runtime", ".status.nodeInfo.containerRuntimeVersion", priority: 1, none: "<unknown>"),
    ]

    private static let pod: [TableColumn] = [
        TableColumn(name: "Ready") { object, _ in
            let statuses = object["status"]?["containerStatuses"]?.array ?? []
            return .string("\(statuses.filter { $0["ready"] == true }.count)/\(object["spec"]?["containers"]?.array?.count ?? 0)")
        },
        TableColumn(name: "Status") { object, _ in .string(podStatus(object)) },
        TableColumn(name: "Restarts") { object, now in
            let statuses = object["status"]?["containerStatuses"]?.array ?? []
            let count = statuses.reduce(Int64(0)) { $0 + ($1["restartCount"]?.integer ?? 0) }
            let last = statuses.compactMap { $0["lastState"]?["terminated"]?["finishedAt"]?.string }.max()
            guard count > 0, let last else { return .string(String(count)) }
            return .string("\(count) (\(Age.text(since: last, now)) ago)")
        },
        age, text("IP", ".status.podIP", priority: 1), text("Node", ".spec.nodeName", priority: 1),
        text("Nominated Node", ".status.nominatedNodeName", priority: 1),
        TableColumn(name: "Readiness Gates", priority: 1) { _, _ in "<none>" },
    ]

    /// What `kubectl get pods` shows: the worst that a container says, else the phase.
    static func podStatus(_ pod: JSONValue) -> String {
        var text = pod["status"]?["reason"]?.string ?? pod["status"]?["phase"]?.string ?? ""
        let initial = pod["status"]?["initContainerStatuses"]?.array ?? []
        for (index, status) in initial.enumerated() {
            if let ended = status["state"]?["terminated"] {
                if ended["exitCode"] == 0 { continue }
                text = "Init:\(ended["reason"]?.string ?? "ExitCode:\(ended["exitCode"]?.integer ?? 0)")"
            } else if let reason = status["state"]?["waiting"]?["reason"]?.string, reason != "PodInitializing" {
                text = "Init:\(reason)"
            } else {
                text = "Init:\(index)/\(pod["spec"]?["initContainers"]?.array?.count ?? initial.count)"
            }
            return pod["metadata"]?["deletionTimestamp"] == nil ? text : "Terminating"
        }
        for status in (pod["status"]?["containerStatuses"]?.array ?? []).reversed() {
            if let reason = status["state"]?["waiting"]?["reason"]?.string, !reason.isEmpty {
                text = reason
            } else if let ended = status["state"]?["terminated"] {
                text = ended["reason"]?.string ?? "ExitCode:\(ended["exitCode"]?.integer ?? 0)"
            }
        }
        return pod["metadata"]?["deletionTimestamp"] == nil ? text : "Terminating"
    }

    private static let daemonSet: [TableColumn] =
        [
            text("Desired", ".status.desiredNumberScheduled", type: "integer", none: 0),
            text("Current", ".status.currentNumberScheduled", type: "integer", none: 0),
            text("Ready", ".status.numberReady", type: "integer", none: 0),
            text("Up-to-date", ".status.updatedNumberScheduled", type: "integer", none: 0),
            text("Available", ".status.numberAvailable", type: "integer", none: 0),
            TableColumn(name: "Node Selector") { object, _ in
                let selector = (object["spec"]?["template"]?["spec"]?["nodeSelector"]?.object ?? [:]).sorted { $0.key < $1.key }
                return .string(selector.isEmpty ? "<none>" : selector.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
            },
            age,
        ] + template

    private static let event: [TableColumn] = [
        TableColumn(name: "Last Seen") { object, now in
            let times = [
                object["series"]?["lastObservedTime"], object["lastTimestamp"], object["deprecatedLastTimestamp"], object["eventTime"],
                object["metadata"]?["creationTimestamp"],
            ]
            return .string(Age.text(since: times.compactMap { $0?.string }.first, now))
        },
        text("Type", ".type", none: ""), text("Reason", ".reason", none: ""),
        TableColumn(name: "Object") { object, _ in
            let subject = object["involvedObject"] ?? object["regarding"] ?? [:]
            return .string("\((subject["kind"]?.string ?? "").lowercased())/\(subject["name"]?.string ?? "")")
        },
        TableColumn(name: "Subobject", priority: 1) { object, _ in
            (object["involvedObject"] ?? object["regarding"])?["fieldPath"] ?? ""
        },
        TableColumn(name: "Source", priority: 1) { object, _ in
            let source = object["source"] ?? object["deprecatedSource"] ?? [:]
            let component = source["component"] ?? object["reportingController"] ?? object["reportingComponent"] ?? ""
            let host = source["host"]?.string ?? ""
            return .string(host.isEmpty ? component.string ?? "" : "\(component.string ?? ""), \(host)")
        },
        TableColumn(name: "Message") { object, _ in object["message"] ?? object["note"] ?? "" },
        TableColumn(name: "First Seen", priority: 1) { object, now in
            let times = [
                object["firstTimestamp"], object["deprecatedFirstTimestamp"], object["eventTime"],
                object["metadata"]?["creationTimestamp"],
            ]
            return .string(Age.text(since: times.compactMap { $0?.string }.first, now))
        },
        TableColumn(name: "Count", priority: 1) { object, _ in
            object["series"]?["count"] ?? object["count"] ?? object["deprecatedCount"] ?? 1
        },
        TableColumn(name: "Name", priority: 1) { object, _ in object["metadata"]?["name"] ?? "" },
    ]

    private static let namespace: [TableColumn] = [text("Status", ".status.phase", none: ""), age]
    private static let lease: [TableColumn] = [text("Holder", ".spec.holderIdentity", none: ""), age]
    private static let configMap: [TableColumn] = [
        TableColumn(name: "Data", type: "integer") { object, _ in
            .integer(Int64((object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)))
        }, age,
    ]
    private static let budget: [TableColumn] = [
        text("Min Available", ".spec.minAvailable", none: "N/A"), text("Max Unavailable", ".spec.maxUnavailable", none: "N/A"),
        text("Allowed Disruptions", ".status.disruptionsAllowed", type: "integer", none: 0), age,
    ]
}
