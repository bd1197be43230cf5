import KubeCore

/// The ConfigMaps and Secrets that a pod cannot do without, and what a kubelet says when one of them is not there.
struct PodReferences {
    let server: SimulatedAPIServer

    /// A volume that cannot be mounted, which holds the whole pod; nil when all can.
    func missingVolume(of pod: JSONValue) -> String? {
        let namespace = pod["metadata"]?["namespace"]?.string ?? ""
        for volume in pod["spec"]?["volumes"]?.array ?? [] {
            let sources = [
                ("configmap", ConfigMap.type, volume["configMap"], "name"),
                ("secret", SimulatedCluster.secretType, volume["secret"], "secretName"),
            ]
            for (kind, type, source, member) in sources {
                guard let source, let name = source[member]?.string, source["optional"]?.bool != true else { continue }
                let start = "MountVolume.SetUp failed for volume \"\(volume["name"]?.string ?? "")\" : "
                guard let object = server.get(type, ObjectKey(namespace: namespace, name: name)) else {
                    return "\(start)\(kind) \"\(name)\" not found"
                }
                for item in source["items"]?.array ?? [] {
                    guard let key = item["key"]?.string, !Self.has(key, object) else { continue }
                    return "\(start)references non-existent \(kind == "secret" ? "secret" : "config") key: \(key)"
                }
            }
        }
        return nil
    }

    /// A variable of a container that has no value, which holds that container; nil when all have.
    func missingVariable(of container: JSONValue, namespace: String) -> String? {
        for variable in container["env"]?.array ?? [] {
            let references = [
                ("configmap", "ConfigMap", ConfigMap.type, variable["valueFrom"]?["configMapKeyRef"]),
                ("secret", "Secret", SimulatedCluster.secretType, variable["valueFrom"]?["secretKeyRef"]),
            ]
            for (kind, title, type, reference) in references {
                guard let reference, let name = reference["name"]?.string, reference["optional"]?.bool != true else { continue }
                guard let object = server.get(type, ObjectKey(namespace: namespace, name: name)) else {
                    return "\(kind) \"\(name)\" not found"
                }
                let key = reference["key"]?.string ?? ""
                if !Self.has(key, object) { return "couldn't find key \(key) in \(title) \(namespace)/\(name)" }
            }
        }
        return nil
    }

    /// A file that a container sees in a directory where a ConfigMap is mounted.
    func text(of file: String, in directory: String, of container: JSONValue, of pod: JSONValue) -> String? {
        let mount = container["volumeMounts"]?.array?.first { $0["mountPath"]?.string == directory }
        let volume = pod["spec"]?["volumes"]?.array?.first { $0["name"] != nil && $0["name"] == mount?["name"] }
        guard let name = volume?["configMap"]?["name"]?.string else { return nil }
        let key = ObjectKey(namespace: pod["metadata"]?["namespace"]?.string ?? "", name: name)
        return server.get(ConfigMap.type, key)?["data"]?[file]?.string
    }

    private static func has(_ key: String, _ object: JSONValue) -> Bool {
        object["data"]?[key] != nil || object["binaryData"]?[key] != nil
    }
}
