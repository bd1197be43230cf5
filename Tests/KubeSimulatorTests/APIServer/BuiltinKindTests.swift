import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct BuiltinKindTests {
    @Test func `a typo in a built-in kind warns, is refused when strict, and is an internal error when applied`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var manifest = APIServerFixture.daemonSet("agent")
            manifest[["spec", "updateStratgy"]] = ["type": "OnDelete"]
            let path = APIServerFixture.daemonSets
            let strict = try await api.create(path, manifest, ["fieldValidation": "Strict"])
            #expect(strict.status == 400)
            #expect(
                strict.message == "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: strict decoding error: "
                    + "unknown field \"spec.updateStratgy\"")
            let applied = try await api.apply("\(path)/agent", manifest)
            #expect(applied.status == 500)
            #expect(
                applied.message == "failed to create typed patch object (default/agent; apps/v1, Kind=DaemonSet): "
                    + ".spec.updateStratgy: field not declared in schema")
            let warned = try await api.create(path, manifest)
            #expect(warned.status == 201 && warned.response.header("Warning") == "299 - \"unknown field \\\"spec.updateStratgy\\\"\"")
            #expect(warned.body["spec"]?["updateStratgy"] == nil)
            #expect(try await api.create(path, APIServerFixture.daemonSet("b"), ["fieldValidation": "Sometimes"]).status == 422)
        }
    }

    @Test func `a value of the wrong type is refused with the field's place`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var manifest = APIServerFixture.daemonSet("agent")
            manifest[["spec", "minReadySeconds"]] = "soon"
            let answer = try await api.create(APIServerFixture.daemonSets, manifest)
            #expect(answer.status == 400)
            #expect(
                answer.message == "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: json: cannot unmarshal string into "
                    + "Go struct field DaemonSetSpec.spec.minReadySeconds of type int32")
        }
    }

    @Test(arguments: [
        (
            #"{"volumeMounts":[{"name":"none","mountPath":"/x"}]}"#,
            #"spec.template.spec.containers[0].volumeMounts[0].name: Not found: "none""#
        ),
        (
            #"{"ports":[{"containerPort":70000}]}"#,
            "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"
        ),
        (
            #"{"resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1500m"}}}"#,
            #"spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m"#
        ),
        (
            #"{"env":[{"name":"A=B"}]}"#,
            #"spec.template.spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='"#
        ),
        (
            #"{"imagePullPolicy":"Sometimes"}"#,
            #"spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never""#
        ),
    ])
    func `what a container may not say is named`(_ change: String, _ problem: String) throws {
        try APIServerFixture.run(widgets: false) { api in
            var manifest = APIServerFixture.daemonSet("agent")
            var container: JSONValue = ["name": "c", "image": "i:1"]
            container =
                try JSONValue(parsing: change).object.map { members in
                    for (name, member) in members { container[name] = member }
                    return container
                } ?? container
            manifest[["spec", "template", "spec", "containers"]] = [container]
            let answer = try await api.create(APIServerFixture.daemonSets, manifest)
            #expect(answer.status == 422)
            #expect(answer.message == "DaemonSet.apps \"agent\" is invalid: \(problem)")
        }
    }

    @Test func `a template gets the server's defaults, so that applying its own answer changes nothing`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var manifest = APIServerFixture.daemonSet("agent")
            manifest[["spec", "template", "spec"]] = [
                "serviceAccountName": "sa", "hostNetwork": true,
                "volumes": [["name": "v", "hostPath": ["path": "/etc"]], ["name": "s", "secret": ["secretName": "x"]]],
                "containers": [
                    [
                        "name": "c", "image": "registry:5000/i", "ports": [["containerPort": 80]],
                        "resources": ["limits": ["memory": "1024Mi", "cpu": 0.5]],
                        "readinessProbe": ["httpGet": ["port": 80]],
                        "env": [["name": "N", "valueFrom": ["fieldRef": ["fieldPath": "spec.nodeName"]]]],
                    ]
                ],
            ]
            let created = try await api.create(APIServerFixture.daemonSets, manifest)
            #expect(created.status == 201, "\(created.message)")
            let spec = created.body["spec"]?["template"]?["spec"] ?? [:]
            #expect(spec["serviceAccount"] == "sa")
            #expect(
                spec["volumes"] == [
                    ["name": "v", "hostPath": ["path": "/etc", "type": ""]],
                    ["name": "s", "secret": ["secretName": "x", "defaultMode": 420]],
                ])
            let container = spec["containers"]?.array?.first ?? [:]
            #expect(container["imagePullPolicy"] == "Always")
            #expect(container["ports"] == [["containerPort": 80, "hostPort": 80, "protocol": "TCP"]])
            let amounts: JSONValue = ["memory": "1Gi", "cpu": "500m"]
            #expect(container["resources"] == ["limits": amounts, "requests": amounts])
            #expect(container["readinessProbe"]?["httpGet"] == ["port": 80, "path": "/", "scheme": "HTTP"])
            #expect(container["env"]?.array?.first?["valueFrom"]?["fieldRef"]?["apiVersion"] == "v1")
            let revision = api.server.revision
            let again = try await api.call(.put, "\(APIServerFixture.daemonSets)/agent", body: created.body)
            #expect(again.status == 200)
            #expect(api.server.revision == revision)
        }
    }

    @Test func `a pod takes priority, tolerations and topology from admission, and its spec stays as it is`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try api.server.create(
                Node.type, ["metadata": ["name": "n", "labels": ["topology.kubernetes.io/zone": "z"]]])
            var pod = APIServerFixture.pod("p")
            pod[["spec", "priorityClassName"]] = "system-node-critical"
            let created = try await api.create(APIServerFixture.pods, pod)
            #expect(created.body["spec"]?["priority"] == 2_000_001_000)
            #expect(created.body["metadata"]?["labels"]?["topology.kubernetes.io/zone"] == "z")
            #expect(created.body["spec"]?["tolerations"]?.array?.count == 2)
            #expect(created.body["status"] == ["phase": "Pending", "qosClass": "BestEffort"])
            let path = "\(APIServerFixture.pods)/p"
            #expect(try await api.strategic(path, ["spec": ["hostNetwork": true]]).status == 422)
            #expect(try await api.strategic(path, ["spec": ["containers": [["name": "c", "image": "j"]]]]).generation == 2)
        }
    }

    @Test func `an Event written in one API is read in the other`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let event: JSONValue = [
                "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "e.1", "namespace": "default"],
                "eventTime": "2026-11-23T00:00:00Z", "reportingController": "c", "reportingInstance": "i", "action": "A", "reason": "R",
                "type": "Normal", "note": "said", "regarding": ["kind": "Node", "name": "n"],
            ]
            let created = try await api.create("/apis/events.k8s.io/v1/namespaces/default/events", event)
            #expect(created.status == 201 && created.body["eventTime"] == "2026-11-23T00:00:00.000000Z")
            let list = try await api.get("/api/v1/events", ["fieldSelector": "involvedObject.name=n,reason=R"])
            let core = try #require(list.body["items"]?.array?.first)
            #expect(core["message"] == "said" && core["involvedObject"] == ["kind": "Node", "name": "n"])
            #expect(core["reportingComponent"] == "c" && core["note"] == nil)
            let old: JSONValue = [
                "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e.2", "namespace": "default"], "message": "old", "reason": "R",
                "involvedObject": ["kind": "Pod", "name": "p", "namespace": "default"], "source": ["component": "kubelet"], "count": 3,
            ]
            #expect(try await api.create("/api/v1/namespaces/default/events", old).body["count"] == 3)
            let new = try await api.get("/apis/events.k8s.io/v1/namespaces/default/events/e.2")
            #expect(new.body["note"] == "old" && new.body["deprecatedCount"] == 3)
            #expect(new.body["regarding"]?["name"] == "p")
            #expect(try await api.get("/api/v1/events", ["fieldSelector": "source=kubelet"]).body["items"]?.array?.count == 1)
        }
    }

    @Test func `PUT to a missing Lease creates it; other kinds want it to exist and name a revision`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
            let lease: JSONValue = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "l", "namespace": "default"],
                "spec": ["renewTime": "2026-11-23T00:00:00.5Z"],
            ]
            let created = try await api.call(.put, "\(leases)/l", body: lease)
            #expect(created.status == 201 && created.body["spec"]?["renewTime"] == "2026-11-23T00:00:00.500000Z")
            let blind = try await api.call(.put, "\(leases)/l", body: lease)
            #expect(blind.status == 422 && blind.message.contains("metadata.resourceVersion"))
            let map = try await api.call(.put, "\(APIServerFixture.configMaps)/c", body: APIServerFixture.configMap("c"))
            #expect(map.status == 404)
            _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c"))
            let overwritten = try await api.call(
                .put, "\(APIServerFixture.configMaps)/c", body: APIServerFixture.configMap("c", ["k": "v"]))
            #expect(overwritten.status == 200)
        }
    }

    @Test func `names and labels follow the server's rules, and generated names are told apart`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let path = APIServerFixture.configMaps
            #expect(try await api.create(path, APIServerFixture.configMap("Upper")).status == 422)
            #expect(try await api.create(path, APIServerFixture.configMap("a", metadata: ["labels": ["a b": "x"]])).status == 422)
            #expect(try await api.create(path, APIServerFixture.configMap("a", metadata: ["labels": ["a": "x y"]])).status == 422)
            #expect(try await api.create(path, APIServerFixture.configMap("a", metadata: ["finalizers": ["bare"]])).status == 422)
            let nameless: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "g-"]]
            let first = try await api.create(path, nameless).body["metadata"]?["name"]?.string ?? ""
            let second = try await api.create(path, nameless).body["metadata"]?["name"]?.string ?? ""
            #expect(first.hasPrefix("g-") && first.count == 7 && first != second)
            #expect(try await api.create(path, ["apiVersion": "v1", "kind": "ConfigMap"]).status == 422)
            #expect(try await api.create(path, APIServerFixture.configMap("x", metadata: ["namespace": "other"])).status == 400)
        }
    }
}
