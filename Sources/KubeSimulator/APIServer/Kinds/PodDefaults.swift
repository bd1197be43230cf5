import KubeCore

/// What the server fills into a PodSpec, in pods and in templates alike.
enum PodDefaults {
    static func apply(to spec: inout JSONValue) {
        set(&spec, "restartPolicy", "Always")
        set(&spec, "dnsPolicy", "ClusterFirst")
        set(&spec, "terminationGracePeriodSeconds", 30)
        set(&spec, "schedulerName", "default-scheduler")
        set(&spec, "securityContext", [:])
        if let name = spec["serviceAccountName"]?.string, !name.isEmpty { spec["serviceAccount"] = .string(name) }
        let usesHostNetwork = spec["hostNetwork"]?.bool == true
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            spec.updateItems(list) { container(&$0, usesHostNetwork: usesHostNetwork && list != "ephemeralContainers") }
        }
        spec.updateItems("volumes") { volume(&$0) }
    }

    private static func set(_ object: inout JSONValue, _ member: String, _ value: JSONValue) {
        if object[member]?.isNull ?? true { object[member] = value }
    }

    private static func container(_ container: inout JSONValue, usesHostNetwork: Bool) {
        set(&container, "terminationMessagePath", "/dev/termination-log")
        set(&container, "terminationMessagePolicy", "File")
        if container["imagePullPolicy"]?.string?.isEmpty ?? true {
            container["imagePullPolicy"] = pullsAlways(container["image"]?.string ?? "") ? "Always" : "IfNotPresent"
        }
        container.updateItems("ports") { port in
            set(&port, "protocol", "TCP")
            if usesHostNetwork, port["hostPort"]?.integer ?? 0 == 0 { port["hostPort"] = port["containerPort"] }
        }
        container.updateItems("env") { variable in
            if variable["valueFrom"]?["fieldRef"] != nil, variable["valueFrom"]?["fieldRef"]?["apiVersion"] == nil {
                variable[["valueFrom", "fieldRef", "apiVersion"]] = "v1"
            }
        }
        if let limits = container["resources"]?["limits"]?.object {
            var requests = container["resources"]?["requests"]?.object ?? [:]
            for (name, limit) in limits where requests[name] == nil { requests[name] = limit }
            container[["resources", "requests"]] = .object(requests)
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard var value = container[probe], case .object = value else { continue }
            set(&value, "timeoutSeconds", 1)
            set(&value, "periodSeconds", 10)
            set(&value, "successThreshold", 1)
            set(&value, "failureThreshold", 3)
            if var get = value["httpGet"], case .object = get {
                set(&get, "path", "/")
                set(&get, "scheme", "HTTP")
                value["httpGet"] = get
            }
            container[probe] = value
        }
    }

    /// Without a tag, or with `latest`, an image is pulled each time; a digest never is.
    private static func pullsAlways(_ image: String) -> Bool {
        if image.contains("@") { return false }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return true }
        return last[last.index(after: colon)...] == "latest"
    }

    private static func volume(_ volume: inout JSONValue) {
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            guard var value = volume[source], case .object = value else { continue }
            set(&value, "defaultMode", 420)
            if source == "projected" {
                value.updateItems("sources") { item in
                    if case .object = item["serviceAccountToken"], item["serviceAccountToken"]?["expirationSeconds"] == nil {
                        item[["serviceAccountToken", "expirationSeconds"]] = 3600
                    }
                }
            }
            if source == "downwardAPI" { value.updateItems("items") { fieldVersion(&$0) } }
            volume[source] = value
        }
        if case .object = volume["hostPath"], volume["hostPath"]?["type"] == nil { volume[["hostPath", "type"]] = "" }
        if volume.object?.count == 1, volume["name"] != nil { volume["emptyDir"] = [:] }
    }

    private static func fieldVersion(_ item: inout JSONValue) {
        if case .object = item["fieldRef"], item["fieldRef"]?["apiVersion"] == nil { item[["fieldRef", "apiVersion"]] = "v1" }
    }
}

extension JSONValue {
    /// Changes every element of a member that is a list.
    mutating func updateItems(_ member: String, _ change: (inout JSONValue) -> Void) {
        guard case .array(var items) = self[member] else { return }
        for index in items.indices { change(&items[index]) }
        self[member] = .array(items)
    }

    /// Changes a member that is an object, or an empty one in its place.
    mutating func updateMember(_ member: String, _ change: (inout JSONValue) -> Void) {
        var value = self[member] ?? .object([:])
        if value.object == nil { value = .object([:]) }
        change(&value)
        self[member] = value
    }
}
