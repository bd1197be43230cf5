import KubeCore

/// What makes a PodSpec invalid, in the server's words: the rules that a rendered manifest can break.
struct PodValidation {
    private(set) var problems: [FieldProblem] = []
    private let spec: JSONValue
    private var volumes: Set<String> = []
    private var names: Set<String> = []

    static func problems(_ spec: JSONValue, at path: String) -> [FieldProblem] {
        var validation = PodValidation(spec: spec)
        validation.checkVolumes(at: "\(path).volumes")
        if spec["containers"]?.array?.isEmpty ?? true { validation.problems.append(.required("\(path).containers")) }
        for list in ["containers", "initContainers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                validation.check(container, isInitial: list == "initContainers", at: "\(path).\(list)[\(index)]")
            }
        }
        validation.checkRest(at: path)
        return validation.problems
    }

    private init(spec: JSONValue) { self.spec = spec }

    private mutating func require(_ value: JSONValue?, oneOf supported: [String], at field: String) {
        guard let text = value?.string, !text.isEmpty, !supported.contains(text) else { return }
        problems.append(.unsupported(field, text, supported: supported))
    }

    private static func duplicate(_ field: String, _ value: String) -> FieldProblem {
        FieldProblem(reason: "FieldValueDuplicate", field: field, message: "Duplicate value: \"\(value)\"")
    }

    private static func nameProblems(_ name: String, _ seen: inout Set<String>, at field: String) -> [FieldProblem] {
        if name.isEmpty { return [.required(field)] }
        let problems = NameRule.label.problems(of: name)
        if !problems.isEmpty { return problems.map { .invalid(field, .string(name), $0) } }
        return seen.insert(name).inserted ? [] : [duplicate(field, name)]
    }

    // MARK: Volumes

    private mutating func checkVolumes(at path: String) {
        for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
            let place = "\(path)[\(index)]"
            problems += Self.nameProblems(volume["name"]?.string ?? "", &volumes, at: "\(place).name")
            let sources = (volume.object ?? [:]).keys.filter { $0 != "name" }.sorted()
            if sources.isEmpty { problems.append(.required(place, "must specify a volume type")) }
            for source in sources.dropFirst() {
                problems.append(.forbidden("\(place).\(source)", "may not specify more than 1 volume type"))
            }
            if let host = volume["hostPath"] {
                let target = host["path"]?.string ?? ""
                if target.isEmpty { problems.append(.required("\(place).hostPath.path")) }
                if target.split(separator: "/").contains("..") {
                    problems.append(.invalid("\(place).hostPath.path", .string(target), "must not contain '..'"))
                }
                require(
                    host["type"],
                    oneOf: ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"],
                    at: "\(place).hostPath.type")
            }
            if let secret = volume["secret"], secret["secretName"]?.string?.isEmpty ?? true {
                problems.append(.required("\(place).secret.secretName"))
            }
            if let map = volume["configMap"], map["name"]?.string?.isEmpty ?? true { problems.append(.required("\(place).configMap.name")) }
        }
    }

    // MARK: Containers

    private mutating func check(_ container: JSONValue, isInitial: Bool, at place: String) {
        problems += Self.nameProblems(container["name"]?.string ?? "", &names, at: "\(place).name")
        let image = container["image"]?.string ?? ""
        if image.isEmpty {
            problems.append(.required("\(place).image"))
        } else if image.first == " " || image.last == " " {
            problems.append(.invalid("\(place).image", .string(image), "must not have leading or trailing whitespace"))
        }
        require(container["imagePullPolicy"], oneOf: ["Always", "IfNotPresent", "Never"], at: "\(place).imagePullPolicy")
        require(
            container["terminationMessagePolicy"], oneOf: ["FallbackToLogsOnError", "File"], at: "\(place).terminationMessagePolicy")
        if isInitial { require(container["restartPolicy"], oneOf: ["Always"], at: "\(place).restartPolicy") }
        checkPorts(container, at: "\(place).ports")
        checkVariables(container, at: "\(place).env")
        checkMounts(container, at: "\(place).volumeMounts")
        checkResources(container["resources"] ?? [:], at: "\(place).resources")
        let security = container["securityContext"]
        if security?["privileged"] == true, security?["allowPrivilegeEscalation"] == false {
            problems.append(
                .invalid(
                    "\(place).securityContext", security ?? .null,
                    "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
        }
        if isInitial, container["restartPolicy"]?.string != "Always" {
            for probe in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] where container[probe] != nil {
                problems.append(.forbidden("\(place).\(probe)", "may not be set for init containers without restartPolicy=Always"))
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let value = container[probe] else { continue }
            let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { value[$0] != nil }
            if handlers.isEmpty { problems.append(.required("\(place).\(probe)", "must specify a handler type")) }
            for handler in handlers.dropFirst() {
                problems.append(.forbidden("\(place).\(probe).\(handler)", "may not specify more than 1 handler type"))
            }
        }
    }

    private mutating func checkPorts(_ container: JSONValue, at path: String) {
        var portNames: Set<String> = []
        for (index, port) in (container["ports"]?.array ?? []).enumerated() {
            let place = "\(path)[\(index)]"
            if let name = port["name"]?.string, !name.isEmpty {
                if name.utf8.count > 15 { problems.append(.invalid("\(place).name", .string(name), "must be no more than 15 bytes")) }
                if !portNames.insert(name).inserted { problems.append(Self.duplicate("\(place).name", name)) }
            }
            let number = port["containerPort"]?.integer ?? 0
            if number == 0 {
                problems.append(.required("\(place).containerPort"))
            } else if !(1...65_535).contains(number) {
                problems.append(.invalid("\(place).containerPort", .integer(number), "must be between 1 and 65535, inclusive"))
            }
            if let host = port["hostPort"]?.integer, host != 0 {
                if !(1...65_535).contains(host) {
                    problems.append(.invalid("\(place).hostPort", .integer(host), "must be between 1 and 65535, inclusive"))
                } else if spec["hostNetwork"] == true, host != number {
                    problems.append(
                        .invalid("\(place).hostPort", .integer(host), "must match `containerPort` when `hostNetwork` is true"))
                }
            }
            require(port["protocol"], oneOf: ["SCTP", "TCP", "UDP"], at: "\(place).protocol")
        }
    }

    private mutating func checkVariables(_ container: JSONValue, at path: String) {
        for (index, variable) in (container["env"]?.array ?? []).enumerated() {
            let place = "\(path)[\(index)]"
            let name = variable["name"]?.string ?? ""
            if name.isEmpty {
                problems.append(.required("\(place).name"))
            } else if name.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E || $0 == 0x3D }) {
                problems.append(
                    .invalid(
                        "\(place).name", .string(name),
                        "a valid environment variable name must consist only of printable ASCII characters other than '='"))
            }
            if variable["valueFrom"] != nil, variable["value"]?.string?.isEmpty == false {
                problems.append(.invalid("\(place).valueFrom", "", "may not be specified when `value` is not empty"))
            }
        }
    }

    private mutating func checkMounts(_ container: JSONValue, at path: String) {
        var targets: Set<String> = []
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let place = "\(path)[\(index)]"
            let name = mount["name"]?.string ?? ""
            if name.isEmpty {
                problems.append(.required("\(place).name"))
            } else if !volumes.contains(name) {
                problems.append(
                    FieldProblem(reason: "FieldValueNotFound", field: "\(place).name", message: "Not found: \"\(name)\""))
            }
            let target = mount["mountPath"]?.string ?? ""
            if target.isEmpty {
                problems.append(.required("\(place).mountPath"))
            } else if !targets.insert(target).inserted {
                problems.append(.invalid("\(place).mountPath", .string(target), "must be unique"))
            }
            if let sub = mount["subPath"]?.string, sub.hasPrefix("/") || sub.split(separator: "/").contains("..") {
                problems.append(
                    .invalid("\(place).subPath", .string(sub), sub.hasPrefix("/") ? "must be a relative path" : "must not contain '..'"))
            }
        }
    }

    private mutating func checkResources(_ resources: JSONValue, at path: String) {
        let limits = resources["limits"]?.object ?? [:]
        for (name, value) in (resources["requests"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let limit = limits[name]?.string, let most = ResourceQuantity(limit), let text = value.string,
                let request = ResourceQuantity(text), request > most
            else { continue }
            problems.append(
                .invalid("\(path).requests", value, "must be less than or equal to \(name) limit of \(most.canonical)"))
        }
        for kind in ["limits", "requests"] {
            for (name, value) in (resources[kind]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                let isStandard = ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
                if !isStandard, !name.contains("/") {
                    problems.append(
                        .invalid("\(path).\(kind)[\(name)]", .string(name), "must be a standard resource type or fully qualified"))
                }
                if let text = value.string, let amount = ResourceQuantity(text), amount.nanos < 0 {
                    problems.append(.invalid("\(path).\(kind)[\(name)]", value, "must be greater than or equal to 0"))
                }
            }
        }
    }

    // MARK: The rest

    private mutating func checkRest(at path: String) {
        require(spec["restartPolicy"], oneOf: ["Always", "OnFailure", "Never"], at: "\(path).restartPolicy")
        require(
            spec["dnsPolicy"], oneOf: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"], at: "\(path).dnsPolicy")
        if let grace = spec["terminationGracePeriodSeconds"]?.integer, grace < 0 {
            problems.append(
                .invalid("\(path).terminationGracePeriodSeconds", .integer(grace), "must be greater than or equal to 0"))
        }
        for member in ["serviceAccountName", "priorityClassName", "nodeName"] {
            guard let name = spec[member]?.string, !name.isEmpty else { continue }
            problems += NameRule.subdomain.problems(of: name).map { .invalid("\(path).\(member)", .string(name), $0) }
        }
        for (key, value) in (spec["nodeSelector"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            problems += NameRule.qualifiedNameProblems(key).map { .invalid("\(path).nodeSelector", .string(key), $0) }
            problems += NameRule.labelValueProblems(value.string ?? "").map { .invalid("\(path).nodeSelector", value, $0) }
        }
        for (index, toleration) in (spec["tolerations"]?.array ?? []).enumerated() {
            check(toleration: toleration, at: "\(path).tolerations[\(index)]")
        }
    }

    private mutating func check(toleration: JSONValue, at place: String) {
        let key = toleration["key"]?.string ?? ""
        let comparison = toleration["operator"]?.string ?? ""
        if !key.isEmpty {
            problems += NameRule.qualifiedNameProblems(key).map { .invalid("\(place).key", .string(key), $0) }
        } else if comparison != "Exists" {
            problems.append(
                .invalid(
                    "\(place).operator", .string(comparison),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if comparison == "Exists", toleration["value"]?.string?.isEmpty == false {
            problems.append(.invalid("\(place).operator", toleration["value"] ?? "", "value must be empty when `operator` is 'Exists'"))
        }
        require(toleration["operator"], oneOf: ["Equal", "Exists"], at: "\(place).operator")
        require(toleration["effect"], oneOf: ["NoSchedule", "PreferNoSchedule", "NoExecute"], at: "\(place).effect")
        if toleration["tolerationSeconds"] != nil, toleration["effect"] != "NoExecute" {
            problems.append(
                .invalid("\(place).effect", toleration["effect"] ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
    }
}
