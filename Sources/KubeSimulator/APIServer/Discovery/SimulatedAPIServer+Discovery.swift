import KubeCore
import Synchronization

extension SimulatedAPIServer {
    /// Answers paths that name no resource.
    func discover(_ call: APICall) throws(KubeError) -> Outcome {
        guard call.request.method == .get else { return Outcome(answer: .notFound) }
        let registry = state.withLock { $0.registry }
        let segments = call.segments
        switch segments.first {
        case "version" where segments.count == 1: return Outcome(answer: .json(200, Self.version))
        case "healthz", "livez", "readyz": return Outcome(answer: .text(200, "ok"))
        case "openapi": return OpenAPIDocument.answer(segments, hash: call.query["hash"], registry)
        case "api" where segments.count == 1, "apis" where segments.count == 1:
            return Self.index(isCore: segments[0] == "api", accept: call.request.accept, registry)
        case "api" where segments.count == 2: return Self.resources(group: "", version: segments[1], registry)
        case "apis" where segments.count == 2:
            let group = segments[1]
            let versions = registry.versions(of: group)
            guard !versions.isEmpty, !group.isEmpty else { return Outcome(answer: .notFound) }
            var object = APIGroup.object(group, versions)
            object["kind"] = "APIGroup"
            object["apiVersion"] = "v1"
            return Outcome(answer: .json(200, object))
        case "apis" where segments.count == 3: return Self.resources(group: segments[1], version: segments[2], registry)
        default: return Outcome(answer: .notFound)
        }
    }

    private static func index(isCore: Bool, accept: String, _ registry: ResourceRegistry) -> Outcome {
        let first = accept.split(separator: ",").first.map(String.init) ?? ""
        if first.contains("as=APIGroupDiscoveryList") {
            let isBeta = first.contains("v=v2beta1")
            let groups = registry.groups.filter { $0.isEmpty == isCore }
            let document: JSONValue = [
                "kind": "APIGroupDiscoveryList", "apiVersion": isBeta ? "apidiscovery.k8s.io/v2beta1" : "apidiscovery.k8s.io/v2",
                "metadata": [:], "items": .array(groups.map { APIGroup.discovery($0, registry) }),
            ]
            var outcome = Outcome(answer: .json(200, document))
            outcome.contentType = "application/json;g=apidiscovery.k8s.io;v=\(isBeta ? "v2beta1" : "v2");as=APIGroupDiscoveryList"
            return outcome
        }
        if isCore {
            let address: JSONValue = ["clientCIDR": "0.0.0.0/0", "serverAddress": ""]
            return Outcome(answer: .json(200, ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [address]]))
        }
        let groups = registry.groups.filter { !$0.isEmpty }.map { APIGroup.object($0, registry.versions(of: $0)) }
        return Outcome(answer: .json(200, ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)]))
    }

    private static func resources(group: String, version: String, _ registry: ResourceRegistry) -> Outcome {
        let definitions = registry.definitions(group: group, version: version)
        guard !definitions.isEmpty else { return Outcome(answer: .notFound) }
        let resources = definitions.flatMap { APIGroup.resources(of: $0, version: version) }
        let document: JSONValue = [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
            "resources": .array(resources),
        ]
        return Outcome(answer: .json(200, document))
    }

    /// What `/version` answers.
    static let version: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.0-nodeaudit-sandbox", "gitCommit": "", "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swiftc", "platform": "linux/amd64",
    ]
}
