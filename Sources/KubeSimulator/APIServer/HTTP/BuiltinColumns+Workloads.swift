import KubeCore

extension TableColumn {
    /// Of kinds with a pod template, for `-o wide`.
    static let template: [TableColumn] = [
        containers("Containers", "name"), containers("Images", "image"),
        TableColumn(name: "Selector", priority: 1) { object, _ in
            let labels = (object["spec"]?["selector"]?["matchLabels"]?.object ?? [:]).sorted { $0.key < $1.key }
            return .string(labels.isEmpty ? "<none>" : labels.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
        },
    ]

    private static func containers(_ name: String, _ member: String) -> TableColumn {
        TableColumn(name: name, priority: 1) { object, _ in
            let containers = object["spec"]?["template"]?["spec"]?["containers"]?.array ?? []
            return .string(containers.compactMap { $0[member]?.string }.joined(separator: ","))
        }
    }

    private static func count(_ name: String, _ path: [String]) -> TableColumn {
        TableColumn(name: name, type: "integer") { object, _ in .integer(object[path]?.integer ?? 0) }
    }

    private static let readyOfWanted = TableColumn(name: "Ready") { object, _ in
        .string("\(object["status"]?["readyReplicas"]?.integer ?? 0)/\(object["spec"]?["replicas"]?.integer ?? 0)")
    }

    static let deployment: [TableColumn] =
        [
            readyOfWanted, count("Up-to-date", ["status", "updatedReplicas"]), count("Available", ["status", "availableReplicas"]), age,
        ] + template

    static let replicaSet: [TableColumn] =
        [
            count("Desired", ["spec", "replicas"]), count("Current", ["status", "replicas"]), count("Ready", ["status", "readyReplicas"]),
            age,
        ] + template

    static let scale: [TableColumn] = [count("Desired", ["spec", "replicas"]), count("Available", ["status", "replicas"]), age]

    static let statefulSet: [TableColumn] = [readyOfWanted, age] + template.prefix(2)

    static let controllerRevision: [TableColumn] = [
        TableColumn(name: "Controller") { object, _ in
            let owner = (object["metadata"]?["ownerReferences"]?.array ?? []).first { $0["controller"] == true }
            guard let owner else { return "<none>" }
            let group = owner["apiVersion"]?.string?.split(separator: "/").first.map { ".\($0)" } ?? ""
            return .string("\((owner["kind"]?.string ?? "").lowercased())\(group)/\(owner["name"]?.string ?? "")")
        },
        TableColumn(name: "Revision", type: "integer") { object, _ in object["revision"] ?? 0 }, age,
    ]

    static let service: [TableColumn] = [
        TableColumn(name: "Type") { object, _ in object["spec"]?["type"] ?? "ClusterIP" },
        TableColumn(name: "Cluster-IP") { object, _ in object["spec"]?["clusterIP"] ?? "<none>" },
        TableColumn(name: "External-IP") { _, _ in "<none>" },
        TableColumn(name: "Port(s)") { object, _ in
            let ports = (object["spec"]?["ports"]?.array ?? []).map {
                "\($0["port"]?.integer ?? 0)/\($0["protocol"]?.string ?? "TCP")"
            }
            return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        },
        age,
        TableColumn(name: "Selector", priority: 1) { object, _ in
            let labels = (object["spec"]?["selector"]?.object ?? [:]).sorted { $0.key < $1.key }
            return .string(labels.isEmpty ? "<none>" : labels.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
        },
    ]

    static let secret: [TableColumn] = [
        TableColumn(name: "Type") { object, _ in object["type"] ?? "Opaque" },
        TableColumn(name: "Data") { object, _ in .string(String(object["data"]?.object?.count ?? 0)) }, age,
    ]

    static let networkPolicy: [TableColumn] = [
        TableColumn(name: "Pod-Selector") { object, _ in
            let labels = (object["spec"]?["podSelector"]?["matchLabels"]?.object ?? [:]).sorted { $0.key < $1.key }
            return .string(labels.isEmpty ? "<none>" : labels.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
        }, age,
    ]

    static let priorityClass: [TableColumn] = [
        TableColumn(name: "Value", type: "integer") { object, _ in object["value"] ?? 0 },
        TableColumn(name: "Global-Default", type: "boolean") { object, _ in object["globalDefault"] ?? false }, age,
        TableColumn(name: "PreemptionPolicy") { object, _ in object["preemptionPolicy"] ?? "" },
    ]
}
