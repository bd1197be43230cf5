import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `a Lease elects: one creates, the later of two updates loses`(_ door: Door) async throws {
        let scene = try Scene(door)
        let leases = scene.grouped("coordination.k8s.io/v1", "leases")
        let path = "\(leases)/\(scene.name("a"))"
        let lease: JSONValue = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": scene.metadata("a"),
            "spec": [
                "holderIdentity": "one", "leaseDurationSeconds": 15, "leaseTransitions": 0, "acquireTime": "2026-11-23T10:00:00.123456Z",
                "renewTime": "2026-11-23T10:00:00.123456Z",
            ],
        ]
        let held = try await scene.create(leases, lease).expecting(201)
        #expect(held.body["spec"] == lease["spec"])
        try await scene.create(leases, lease).expecting(409, reason: "AlreadyExists")
        var renewed = held.body
        renewed[["spec", "renewTime"]] = "2026-11-23T10:00:02.000001Z"
        let second = try await scene.put(path, renewed).expecting(200)
        #expect(second.body["spec"]?["renewTime"] == "2026-11-23T10:00:02.000001Z" && second.revision > held.revision)
        renewed[["spec", "holderIdentity"]] = "two"
        let late = try await scene.put(path, renewed).expecting(409, reason: "Conflict")
        #expect(late.message.contains("the object has been modified"))
        var blind = second.body
        blind[["metadata", "resourceVersion"]] = nil
        try await scene.put(path, blind).expecting(422, reason: "Invalid")
        var released = second.body
        released[["spec", "holderIdentity"]] = ""
        released[["spec", "leaseDurationSeconds"]] = 1
        var last = try await scene.put(path, released).expecting(200).body
        #expect(last["spec"]?["holderIdentity"] == "" && last["spec"]?["leaseDurationSeconds"] == 1)
        last[["spec", "leaseDurationSeconds"]] = 0
        let endless = try await scene.put(path, last).expecting(422, reason: "Invalid")
        #expect(endless.cause(at: "spec.leaseDurationSeconds")?.message == "Invalid value: 0: must be greater than 0")
    }

    @Test(arguments: Door.open)
    func `an event is recorded, counted up as a series, and read through both groups`(_ door: Door) async throws {
        let scene = try Scene(door)
        let subject = try await scene.create(scene.configMaps, scene.configMap("subject")).expecting(201)
        let events = scene.grouped("events.k8s.io/v1", "events")
        let regarding: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "name": .string(subject.name), "namespace": .string(scene.stage.namespace),
            "uid": .string(subject.uid),
        ]
        let event: JSONValue = [
            "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": scene.metadata("a"),
            "eventTime": "2026-11-23T10:00:00.000001Z", "reportingController": "nodeaudit.dev/operator", "reportingInstance": "op-0",
            "action": "Apply", "reason": "Applied", "type": "Normal", "note": "applied twice", "regarding": regarding,
        ]
        let created = try await scene.create(events, event).expecting(201)
        #expect(created.body["eventTime"] == "2026-11-23T10:00:00.000001Z" && created.body["regarding"] == regarding)
        let series: JSONValue = ["count": 2, "lastObservedTime": "2026-11-23T10:00:05.000000Z"]
        let counted = try await scene.merge("\(events)/\(scene.name("a"))", ["series": series]).expecting(200)
        #expect(counted.body["series"] == series)
        let later = try await scene.merge("\(events)/\(scene.name("a"))", ["note": "other"])
        #expect(later.status == 422 && later.cause(at: "message") != nil, "an event's own fields do not change: \(later)")
        let once = try await scene.merge("\(events)/\(scene.name("a"))", ["series": ["count": 1]]).expecting(422)
        #expect(once.cause(at: "series.count") != nil)

        let old = try await scene.get("\(scene.core("events"))/\(scene.name("a"))").expecting(200)
        #expect(old.body["kind"] == "Event" && old.body["apiVersion"] == "v1")
        #expect(old.body["involvedObject"] == regarding && old.body["message"] == "applied twice")
        #expect(old.body["reportingComponent"] == "nodeaudit.dev/operator" && old.body["series"] == series)
        let fields = "involvedObject.uid=\(subject.uid),involvedObject.name=\(subject.name)"
        #expect(try await scene.get(scene.core("events"), ["fieldSelector": fields]).expecting(200).names == [scene.name("a")])
        let regardingName = ["fieldSelector": "regarding.name=\(subject.name)"]
        #expect(try await scene.get(events, regardingName).expecting(200).names == [scene.name("a")])

        var bad = event
        bad["metadata"] = scene.metadata("b")
        bad["reportingController"] = nil
        let refused = try await scene.create(events, bad).expecting(422, reason: "Invalid")
        #expect(refused.cause(at: "reportingController")?.reason == "FieldValueRequired", "\(refused)")
        bad = event
        bad["metadata"] = scene.metadata("c")
        bad[["regarding", "namespace"]] = nil
        let homeless = try await scene.create(events, bad).expecting(422, reason: "Invalid")
        #expect(homeless.cause(at: "involvedObject.namespace")?.message.hasSuffix("does not match event.namespace") == true)
    }

    // MARK: Pods

    @Test(arguments: Door.open)
    func `a pod gets its defaults, tolerations and class`(_ door: Door) async throws {
        let scene = try Scene(door)
        let pod = try await scene.createPod("a")
        let spec = pod.body["spec"]
        #expect(spec?["restartPolicy"] == "Always" && spec?["dnsPolicy"] == "ClusterFirst" && spec?["terminationGracePeriodSeconds"] == 30)
        #expect(spec?["containers"]?.array?.first?["terminationMessagePath"] == "/dev/termination-log")
        let tolerations = Set((spec?["tolerations"]?.array ?? []).compactMap { $0["key"]?.string })
        #expect(tolerations.isSuperset(of: ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]))
        #expect(pod.body["status"]?["phase"] == "Pending" && pod.body["status"]?["qosClass"] == "BestEffort")
        let moved = try await scene.merge("\(scene.core("pods"))/\(scene.name("a"))", ["spec": ["restartPolicy": "Never"]])
            .expecting(422, reason: "Invalid")
        #expect(moved.cause(at: "spec")?.message.hasPrefix("Forbidden: pod updates may not change fields other than") == true)
        let deleted = try await scene.delete("\(scene.core("pods"))/\(scene.name("a"))").expecting(200)
        #expect(deleted.body["kind"] == "Pod", "a deleted pod is answered with itself")
        try await scene.awaitAbsence(of: "\(scene.core("pods"))/\(scene.name("a"))")
    }

    @Test(arguments: Door.open)
    func `an eviction is a deletion when no budget covers the pod`(_ door: Door) async throws {
        let scene = try Scene(door)
        let pod = try await scene.createPod("a")
        try await scene.report("a", ready: true)
        let wrong = try await scene.evict("a", uid: "00000000-0000-0000-0000-000000000000").expecting(409, reason: "Conflict")
        #expect(wrong.message.contains("does not match the UID in record (\(pod.uid))"))
        try await scene.evict("a", uid: pod.uid, dryRun: true).expecting(201)
        try await scene.get("\(scene.core("pods"))/\(scene.name("a"))").expecting(200)
        let evicted = try await scene.evict("a", uid: pod.uid).expecting(201)
        #expect(evicted.body["kind"] == "Status" && evicted.body["status"] == "Success")
        try await scene.awaitAbsence(of: "\(scene.core("pods"))/\(scene.name("a"))")
        let gone = try await scene.evict("a", uid: pod.uid).expecting(404, reason: "NotFound")
        #expect(gone.message == "pods \"\(scene.name("a"))\" not found")
    }

    @Test(arguments: Door.open)
    func `a budget refuses the eviction that would break it, and lets the next go`(_ door: Door) async throws {
        let scene = try Scene(door)
        let budgets = scene.grouped("policy/v1", "poddisruptionbudgets")
        for name in ["a", "b"] {
            try await scene.createPod(name, labels: ["budget": .string(scene.name("x"))])
            try await scene.report(name, ready: name == "a")
        }
        let budget: JSONValue = [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": scene.metadata("x"),
            "spec": ["minAvailable": 1, "selector": ["matchLabels": ["budget": .string(scene.name("x"))]]],
        ]
        try await scene.create(budgets, budget).expecting(201)
        func status() async throws -> JSONValue? { try await scene.get("\(budgets)/\(scene.name("x"))").body["status"] }
        try await scene.stage.eventually("the budget is counted") {
            let status = try await status()
            return status?["observedGeneration"] == 1 && status?["currentHealthy"] == 1
        }
        let counted = try await status()
        #expect(counted?["desiredHealthy"] == 1 && counted?["disruptionsAllowed"] == 0)
        let refused = try await scene.evict("a").expecting(429, reason: "TooManyRequests")
        #expect(refused.message == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(refused.causes.first?.reason == "DisruptionBudget")
        #expect(
            refused.causes.first?.message == "The disruption budget \(scene.name("x")) needs 1 healthy pods and has 1 currently")
        try await scene.get("\(scene.core("pods"))/\(scene.name("a"))").expecting(200)

        try await scene.report("b", ready: true)
        try await scene.stage.eventually("a disruption is allowed") { try await status()?["disruptionsAllowed"] == 1 }
        try await scene.evict("a").expecting(201)
        try await scene.awaitAbsence(of: "\(scene.core("pods"))/\(scene.name("a"))")
        try await scene.stage.eventually("the budget is used up") {
            let status = try await status()
            return status?["currentHealthy"] == 1 && status?["disruptionsAllowed"] == 0
        }
        try await scene.evict("b").expecting(429)

        var second = budget
        second["metadata"] = scene.metadata("y")
        try await scene.create(budgets, second).expecting(201)
        let twice = try await scene.evict("b").expecting(500)
        #expect(twice.message == "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
    }

    // MARK: Workloads and volumes

    @Test(arguments: Door.open)
    func `a Deployment is scaled through its own door`(_ door: Door) async throws {
        let scene = try Scene(door)
        let deployments = scene.grouped("apps/v1", "deployments")
        let path = "\(deployments)/\(scene.name("a"))"
        let scale = "\(path)/scale"
        try await scene.create(deployments, scene.deployment("a", replicas: 0), ["fieldManager": "creator"]).expecting(201)
        let shown = try await scene.get(scale).expecting(200)
        #expect(shown.body["kind"] == "Scale" && shown.body["apiVersion"] == "autoscaling/v1" && shown.name == scene.name("a"))
        #expect(shown.body["spec"] == [:] && shown.body["status"]?["selector"]?.string == "app=\(scene.name("a")),tier in (x,y)")

        let merged = try await scene.merge(scale, ["spec": ["replicas": 2]], ["fieldManager": "scaler"]).expecting(200)
        #expect(merged.body["spec"] == ["replicas": 2] && merged.uid == shown.uid)
        let workload = try await scene.get(path).expecting(200)
        #expect(workload.body["spec"]?["replicas"] == 2 && workload.generation == 2)
        let owned = try #require(workload.managed(by: "scaler", "Update", subresource: "scale"), "\(workload)")
        #expect(owned["fieldsV1"] == ["f:spec": ["f:replicas": [:]]] && owned["apiVersion"] == "apps/v1")
        #expect(workload.managed(by: "creator", "Update")?["fieldsV1"]?["f:spec"]?["f:replicas"] == nil)

        var stale = shown.body
        stale[["spec", "replicas"]] = 3
        try await scene.put(scale, stale).expecting(409, reason: "Conflict")
        stale[["metadata", "resourceVersion"]] = nil
        #expect(try await scene.put(scale, stale).expecting(200).body["spec"] == ["replicas": 3])
        var negative = stale
        negative[["spec", "replicas"]] = -1
        let refused = try await scene.put(scale, negative).expecting(422, reason: "Invalid")
        #expect(refused.cause(at: "spec.replicas")?.message == "Invalid value: -1: must be greater than or equal to 0")
        let applied: JSONValue = [
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["name": .string(scene.name("a"))], "spec": ["replicas": 0],
        ]
        #expect(try await scene.apply(scale, applied, as: "applier", force: true).expecting(200).body["spec"] == [:])
        #expect(try await scene.get(path).body["spec"]?["replicas"] == 0)

        // A zero is nobody's: a scale leaves it out.
        try await scene.merge(scale, ["spec": ["replicas": 4]], ["fieldManager": "scaler"]).expecting(200)
        let zero = try await scene.merge(scale, ["spec": ["replicas": 0]], ["fieldManager": "scaler"]).expecting(200)
        #expect(zero.body["spec"] == [:])
        let unowned = try await scene.get(path).expecting(200)
        #expect(unowned.body["spec"]?["replicas"] == 0)
        #expect(unowned.managed(by: "scaler", "Update", subresource: "scale") == nil, "\(unowned)")

        let missing = try await scene.get("\(deployments)/\(scene.name("none"))/scale").expecting(404, reason: "NotFound")
        #expect(missing.message == "deployments.apps \"\(scene.name("none"))\" not found")
        try await scene.delete(scale).expecting(405)
        let resources = try await scene.get("/apis/apps/v1").expecting(200).body["resources"]?.array ?? []
        for plural in ["deployments", "replicasets", "statefulsets"] {
            let entry = resources.first { $0["name"]?.string == "\(plural)/scale" }
            #expect(entry?["kind"] == "Scale" && entry?["group"] == "autoscaling" && entry?["version"] == "v1")
        }
    }

    @Test(arguments: Door.open)
    func `claims and volumes keep what they are given`(_ door: Door) async throws {
        let scene = try Scene(door)
        let claims = scene.core("persistentvolumeclaims")
        let claim: JSONValue = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": scene.metadata("a"),
            "spec": [
                "accessModes": ["ReadWriteOnce"], "storageClassName": "nodeaudit-contract-none", "volumeName": .string(scene.name("v")),
                "resources": ["requests": ["storage": "1024Mi"]],
            ],
        ]
        let created = try await scene.create(claims, claim).expecting(201)
        #expect(created.body["spec"]?["volumeName"]?.string == scene.name("v") && created.body["spec"]?["volumeMode"] == "Filesystem")
        #expect(created.body["spec"]?["resources"]?["requests"]?["storage"] == "1Gi" && created.body["status"]?["phase"] == "Pending")
        #expect(try await scene.get(claims, ["labelSelector": scene.selector]).expecting(200).names == [scene.name("a")])
        let moved = try await scene.merge("\(claims)/\(scene.name("a"))", ["spec": ["storageClassName": "other"]]).expecting(422)
        #expect(moved.cause(at: "spec")?.message.hasPrefix("Forbidden: spec is immutable after creation except resources.requests") == true)
        var empty = claim
        empty["metadata"] = scene.metadata("b")
        empty["spec"] = [:]
        let refused = try await scene.create(claims, empty).expecting(422, reason: "Invalid")
        #expect(refused.causes.map(\.field) == ["spec.accessModes", "spec.resources[storage]"])
        let watch = try await scene.watch(
            claims, ["labelSelector": scene.selector, "resourceVersion": String(created.revision)])
        let deleted = try await scene.delete("\(claims)/\(scene.name("a"))").expecting(200)
        #expect(deleted.body["kind"] == "PersistentVolumeClaim")
        #expect(try await watch.first { $0.type == "DELETED" }?.name == scene.name("a"))
        try await scene.awaitAbsence(of: "\(claims)/\(scene.name("a"))")

        // Volumes belong to no namespace of ours, so none is left behind: they are only tried.
        let dry = ["dryRun": "All"]
        var volume: JSONValue = [
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": scene.metadata("v"),
            "spec": ["capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"], "local": ["path": "/mnt/x"]],
        ]
        let homeless = try await scene.create("/api/v1/persistentvolumes", volume, dry).expecting(422, reason: "Invalid")
        #expect(homeless.cause(at: "spec.nodeAffinity")?.message == "Required value: Local volume requires node affinity")
        let terms: JSONValue = [["matchExpressions": [["key": "kubernetes.io/hostname", "operator": "In", "values": ["n"]]]]]
        volume[["spec", "nodeAffinity"]] = ["required": ["nodeSelectorTerms": terms]]
        let local = try await scene.create("/api/v1/persistentvolumes", volume, dry).expecting(201)
        #expect(local.body["spec"]?["local"] == ["path": "/mnt/x"] && local.body["status"]?["phase"] == "Pending")
        #expect(local.body["spec"]?["persistentVolumeReclaimPolicy"] == "Retain" && local.body["spec"]?["volumeMode"] == "Filesystem")
        volume[["spec", "local"]] = nil
        volume[["spec", "hostPath"]] = ["path": "/mnt/y"]
        let host = try await scene.create("/api/v1/persistentvolumes", volume, dry).expecting(201)
        #expect(host.body["spec"]?["hostPath"] == ["path": "/mnt/y", "type": ""])
        try await scene.get("/api/v1/persistentvolumes/\(scene.name("v"))").expecting(404)
    }

    // MARK: Owned by the server

    @Test(arguments: Door.open)
    func `a Secret keeps what it is given, its type is for good`(_ door: Door) async throws {
        let scene = try Scene(door)
        let secret: JSONValue = ["metadata": scene.metadata("a"), "stringData": ["key": "value"], "data": ["other": "eA=="]]
        let created = try await scene.create(scene.core("secrets"), secret).expecting(201)
        #expect(created.body["data"] == ["key": "dmFsdWU=", "other": "eA=="] && created.body["type"] == "Opaque")
        #expect(created.body["stringData"] == nil)
        let path = "\(scene.core("secrets"))/\(scene.name("a"))"
        try await scene.merge(path, ["type": "nodeaudit.dev/other"]).expecting(422, reason: "Invalid")
    }

    @Test(arguments: Door.open)
    func `an immutable ConfigMap stays as it is`(_ door: Door) async throws {
        let scene = try Scene(door)
        var map = scene.configMap("a", ["k": "v"])
        map["immutable"] = true
        try await scene.create(scene.configMaps, map).expecting(201)
        let refused = try await scene.merge(scene.configMapPath("a"), ["data": ["k": "w"]]).expecting(422, reason: "Invalid")
        #expect(refused.cause(at: "data")?.message == "Forbidden: field is immutable when `immutable` is set")
        try await scene.merge(scene.configMapPath("a"), ["metadata": ["labels": ["x": "y"]]]).expecting(200)
        let wrong = try await scene.create(scene.configMaps, scene.configMap("b", ["a/b": "v"])).expecting(422)
        #expect(wrong.cause(at: "data[a/b]")?.reason == "FieldValueInvalid", "\(wrong)")
    }
}

extension Scene {
    /// A scheduler that nobody runs, so that pods stay where they are: nowhere.
    static let nobody = "nodeaudit-contract-nobody"

    @discardableResult
    func createPod(_ name: String, labels: JSONValue = [:]) async throws -> Answer {
        let pod: JSONValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata(name, ["labels": labels]),
            "spec": [
                "schedulerName": .string(Self.nobody), "automountServiceAccountToken": false,
                "containers": [["name": "c", "image": "registry.invalid/i:1"]],
            ],
        ]
        return try await create(core("pods"), pod).expecting(201)
    }

    /// Says what a kubelet would say of the pod.
    func report(_ name: String, ready: Bool) async throws {
        let conditions: JSONValue = [["type": "Ready", "status": ready ? "True" : "False"]]
        try await strategic("\(core("pods"))/\(self.name(name))/status", ["status": ["phase": "Running", "conditions": conditions]])
            .expecting(200)
    }

    /// A Deployment whose pods no node fits.
    func deployment(_ name: String, replicas: Int64) -> JSONValue {
        let app = JSONValue.string(self.name(name))
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(name),
            "spec": [
                "replicas": .integer(replicas),
                "selector": ["matchLabels": ["app": app], "matchExpressions": [["key": "tier", "operator": "In", "values": ["y", "x"]]]],
                "template": [
                    "metadata": ["labels": ["app": app, "tier": "x"]],
                    "spec": [
                        "nodeSelector": ["nodeaudit.dev/contract": "nowhere"],
                        "containers": [["name": "c", "image": "registry.invalid/i:1"]],
                    ],
                ],
            ],
        ]
    }

    @discardableResult
    func evict(_ name: String, uid: String? = nil, dryRun: Bool = false) async throws -> Answer {
        var options: JSONValue = [:]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        if dryRun { options["dryRun"] = ["All"] }
        let eviction: JSONValue = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(self.name(name)), "namespace": .string(stage.namespace)], "deleteOptions": options,
        ]
        return try await create("\(core("pods"))/\(self.name(name))/eviction", eviction)
    }
}
