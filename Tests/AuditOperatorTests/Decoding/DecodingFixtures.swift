import KubeCore

/// A Node as GKE has it, a record, and an agent's pod in each state that matters.
enum DecodingFixtures {
    static func node() throws -> JSONValue {
        try JSONValue(
            parsing: #"""
                {"kind":"Node","apiVersion":"v1","metadata":{"name":"gke-c1-pool-0-00007","uid":"6c4ee0ff-6e5b-4d3c-8d3e-0a0b0c0d0e0f",
                "resourceVersion":"41235","creationTimestamp":"2026-11-23T08:00:00Z","labels":{"cloud.google.com/gke-nodepool":"pool-0",
                "cloud.google.com/gke-os-distribution":"cos","kubernetes.io/hostname":"gke-c1-pool-0-00007",
                "topology.kubernetes.io/zone":"us-central1-b","example.com/empty":""},
                "annotations":{"node.gke.io/last-applied-node-taints":"","a":"{\"b\":[\"c\\\\\"]}"},
                "managedFields":[{"manager":"kubelet","operation":"Update","fieldsV1":{"f:status":{"k:{\"type\":\"Ready\"}":{".":{}}}}}]},
                "spec":{"podCIDR":"10.8.7.0/24","podCIDRs":["10.8.7.0/24"],"providerID":"gce://proj/us-central1-b/gke-c1-pool-0-00007",
                "taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}],"unschedulable":true},
                "status":{"addresses":[{"type":"Hostname","address":"gke-c1-pool-0-00007"}],"capacity":{"cpu":"4"},"conditions":[
                {"type":"KernelDeadlock","status":"False","lastHeartbeatTime":"2026-11-23T09:59:30Z","reason":"KernelHasNoDeadlock",
                "message":"kernel has no deadlock"},
                {"type":"Ready","status":"Unknown","lastHeartbeatTime":"2026-11-23T09:59:30Z","reason":"NodeStatusUnknown",
                "message":"Kubelet stopped posting node status."}],
                "images":[{"names":["a@sha256:0","a:v1"],"sizeBytes":100000000}],
                "nodeInfo":{"bootID":"0f6e1d5c-1111-4222-8333-444455556666","architecture":"amd64","kernelVersion":"6.6.93+"}}}
                """#)
    }

    static func record() throws -> JSONValue {
        try JSONValue(
            parsing: #"""
                {"kind":"NodeAudit","apiVersion":"nodeaudit.dev/v1alpha1","metadata":{"name":"gke-c1-pool-0-00007",
                "uid":"11112222-6e5b-4d3c-8d3e-0a0b0c0d0e0f","resourceVersion":"41236","generation":3,
                "creationTimestamp":"2026-11-23T08:00:00Z","labels":{"nodeaudit.dev/policy":"cos","nodeaudit.dev/state":"Applied",
                "app.kubernetes.io/managed-by":"nodeaudit"},
                "managedFields":[{"manager":"nodeaudit","operation":"Apply","time":"2026-11-23T08:00:00Z"}]},
                "report":{"policyName":"cos","state":"Applied","reason":"Applied","message":"all “good”","revision":"0123456789abcdef",
                "auditRevision":"fedcba9876543210","nodeUID":"6c4ee0ff-6e5b-4d3c-8d3e-0a0b0c0d0e0f",
                "bootID":"0f6e1d5c-1111-4222-8333-444455556666","providerID":"gce://proj/us-central1-b/gke-c1-pool-0-00007",
                "kernel":{"enabled":"Locked","ruleCount":14,"rulesHash":"abc","baselineHash":"def","lost":3,"backlogLimit":8192,
                "failureMode":"Log","observedTime":"2026-11-23T08:05:00Z"},"transitionTime":"2026-11-23T08:05:00Z"}}
                """#)
    }

    /// The statuses of an agent's pod, by what is told apart.
    private static let statuses: [String: String] = [
        "pinned": #"{"phase":"Pending"}"#,
        "unschedulable": #"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}"#,
        "set-up starts": #"{"phase":"Pending","initContainerStatuses":[\#(setup(waiting("PodInitializing")))]}"#,
        "image does not come": #"{"phase":"Pending","initContainerStatuses":[\#(setup(waiting("ImagePullBackOff")))]}"#,
        "set-up runs":
            #"{"phase":"Pending","initContainerStatuses":[\#(setup(#"{"running":{"startedAt":"2026-11-23T08:04:58Z"}}"#))]}"#,
        "set-up failed": #"{"initContainerStatuses":[\#(setup(waiting("CrashLoopBackOff"), last: terminated(1, "no {report}")))]}"#,
        "runs": #"""
        {"phase":"Running","conditions":[{"type":"Ready","status":"True"},{"type":"PodScheduled","status":"True"}],
        "initContainerStatuses":[\#(setup(terminated(0, report)))],"containerStatuses":[\#(collector(#"{"running":{}}"#, isReady: true))]}
        """#,
        "collector crashes": #"""
        {"phase":"Running","initContainerStatuses":[\#(setup(terminated(0, report)))],"containerStatuses":[
        {"name":"sidecar","ready":true,"state":{"running":{}}},
        \#(collector(waiting("CrashLoopBackOff"), isReady: false, last: terminated(2, "")))]}
        """#,
        "evicted": #"{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory."}"#,
        "leaving": #"{"phase":"Running"}"#,
        "of somebody else": #"{"phase":"Running"}"#,
    ]

    static let podStates = statuses.keys.sorted()

    static func pod(_ state: String) throws -> JSONValue {
        var pod = try JSONValue(
            parsing: #"""
                {"kind":"Pod","apiVersion":"v1","metadata":{"name":"nodeaudit-cos-x7k2p","namespace":"nodeaudit-agents",
                "uid":"99998888-6e5b-4d3c-8d3e-0a0b0c0d0e0f","resourceVersion":"41237","creationTimestamp":"2026-11-23T08:04:55Z",
                "generateName":"nodeaudit-cos-","labels":{"nodeaudit.dev/policy":"cos","nodeaudit.dev/component":"agent"},
                "annotations":{"nodeaudit.dev/revision":"0123456789abcdef","nodeaudit.dev/audit-revision":"fedcba9876543210","x":"y"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"nodeaudit-cos","uid":"1","controller":true}]},
                "spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
                {"matchExpressions":[{"key":"kubernetes.io/os","operator":"In","values":["linux"]}],
                "matchFields":[{"key":"metadata.name","operator":"In","values":["gke-c1-pool-0-00007"]}]}]}}},
                "containers":[{"name":"collector","image":"fluent-bit:5.1.1","args":["-c","/etc/nodeaudit/collector.yaml"]}],
                "initContainers":[{"name":"audit-setup","image":"busybox:1.36.1"}],"volumes":[
                {"name":"host","hostPath":{"path":"/","type":"Directory"}},
                {"name":"config","configMap":{"name":"nodeaudit-cos-1a2b3c4d5e","defaultMode":420}},
                {"name":"script","configMap":{"name":"nodeaudit-cos-script"}}],"tolerations":[{"operator":"Exists"}]}}
                """#)
        pod["status"] = try JSONValue(parsing: statuses[state] ?? "")
        if !["pinned", "unschedulable"].contains(state) { pod[["spec", "nodeName"]] = "gke-c1-pool-0-00007" }
        if state == "leaving" { pod[["metadata", "deletionTimestamp"]] = "2026-11-23T09:00:00Z" }
        if state == "of somebody else" { pod[["metadata", "labels"]] = ["app": "web"] }
        return pod
    }

    private static let report = #"""
        {\"v\":1,\"task\":\"setup\",\"outcome\":\"Active\",\"boot\":\"0f6e1d5c-1111-4222-8333-444455556666\",\"enabled\":2,\#
        \"unit\":\"active\",\"rules\":14,\"hash\":\"\#(String(repeating: "a1", count: 32))\",\"baseline\":\"\",\"lost\":0,\#
        \"backlogLimit\":8192,\"failure\":1,\"left\":[],\"detail\":\"\"}
        """#

    private static func waiting(_ reason: String) -> String { #"{"waiting":{"reason":"\#(reason)","message":"because \"x\""}}"# }

    private static func terminated(_ code: Int, _ message: String) -> String {
        #"""
        {"terminated":{"exitCode":\#(code),"reason":"Completed","message":"\#(message)","startedAt":"2026-11-23T08:04:58Z",
        "finishedAt":"2026-11-23T08:05:00Z","containerID":"containerd://0"}}
        """#
    }

    private static func setup(_ state: String, last: String = "{}") -> String {
        #"{"name":"audit-setup","ready":false,"restartCount":0,"image":"busybox:1.36.1","state":\#(state),"lastState":\#(last)}"#
    }

    private static func collector(_ state: String, isReady: Bool, last: String = "{}") -> String {
        #"{"name":"collector","ready":\#(isReady),"restartCount":1,"state":\#(state),"lastState":\#(last),"started":true}"#
    }
}
