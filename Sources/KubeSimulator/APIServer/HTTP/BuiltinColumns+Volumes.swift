import KubeCore

extension TableColumn {
    private static func modes(_ value: JSONValue?) -> JSONValue {
        let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
        return .string((value?.array ?? []).compactMap(\.string).map { short[$0] ?? $0 }.joined(separator: ","))
    }

    private static func phase(of object: JSONValue) -> JSONValue {
        object["metadata"]?["deletionTimestamp"] == nil ? object["status"]?["phase"] ?? "" : "Terminating"
    }

    private static let mode = TableColumn(name: "VolumeMode", priority: 1) { object, _ in object["spec"]?["volumeMode"] ?? "<unset>" }
    private static let storageClass = TableColumn(name: "StorageClass") { object, _ in object["spec"]?["storageClassName"] ?? "" }
    private static let attributesClass = TableColumn(name: "VolumeAttributesClass") { object, _ in
        object["spec"]?["volumeAttributesClassName"] ?? "<unset>"
    }

    static let volume: [TableColumn] = [
        TableColumn(name: "Capacity") { object, _ in object["spec"]?["capacity"]?["storage"] ?? "0" },
        TableColumn(name: "Access Modes") { object, _ in modes(object["spec"]?["accessModes"]) },
        TableColumn(name: "Reclaim Policy") { object, _ in object["spec"]?["persistentVolumeReclaimPolicy"] ?? "" },
        TableColumn(name: "Status") { object, _ in phase(of: object) },
        TableColumn(name: "Claim") { object, _ in
            guard let claim = object["spec"]?["claimRef"] else { return "" }
            return .string("\(claim["namespace"]?.string ?? "")/\(claim["name"]?.string ?? "")")
        },
        storageClass, attributesClass, TableColumn(name: "Reason") { object, _ in object["status"]?["reason"] ?? "" }, age, mode,
    ]

    /// Capacity and modes are those of the bound volume: none before.
    static let claim: [TableColumn] = [
        TableColumn(name: "Status") { object, _ in phase(of: object) },
        TableColumn(name: "Volume") { object, _ in object["spec"]?["volumeName"] ?? "" },
        TableColumn(name: "Capacity") { object, _ in
            if object["spec"]?["volumeName"]?.string?.isEmpty ?? true { return "" }
            return object["status"]?["capacity"]?["storage"] ?? "0"
        },
        TableColumn(name: "Access Modes") { object, _ in
            if object["spec"]?["volumeName"]?.string?.isEmpty ?? true { return "" }
            return modes(object["status"]?["accessModes"])
        },
        storageClass, attributesClass, age, mode,
    ]
}
