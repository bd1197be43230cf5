import KubeClient
import KubeCore
import Testing

private let widget = ResourceType(group: "example.dev", version: "v1", kind: "Widget", plural: "widgets", isNamespaced: false)

/// Every verb as the value that is sent.
struct RequestTests {
    private func body(_ request: KubeRequest) throws -> JSONValue { try JSONValue(parsing: request.body) }

    @Test func `reading one object is a GET of its path`() {
        let request = KubeRequest.get(Pod.type, ObjectKey(namespace: "ns", name: "p"))
        #expect(request.method == .get)
        #expect(request.target == "/api/v1/namespaces/ns/pods/p")
        #expect(request.body.isEmpty)
        #expect(KubeRequest.get(widget, ObjectKey(name: "w"), subresource: "status").target == "/apis/example.dev/v1/widgets/w/status")
    }

    @Test func `no name can leave its place in the path`() {
        let request = KubeRequest.get(Pod.type, ObjectKey(namespace: "a/b", name: "../x?y#z%"))
        #expect(request.target == "/api/v1/namespaces/a%2Fb/pods/..%2Fx%3Fy%23z%25")
    }

    @Test func `a list names its selection, its page and how fresh it must be`() {
        let selection = Selection(namespace: "ns", labelSelector: "a in (b,c),!d", fieldSelector: "spec.nodeName=n1")
        let request = KubeRequest.list(
            Pod.type, selection, ListOptions(limit: 500, resourceVersion: "7", match: .notOlderThan))
        #expect(
            request.target == "/api/v1/namespaces/ns/pods?labelSelector=a%20in%20%28b%2Cc%29%2C%21d&fieldSelector=spec.nodeName%3Dn1"
                + "&limit=500&resourceVersion=7&resourceVersionMatch=NotOlderThan")
    }

    @Test func `a further page names its token alone`() {
        let request = KubeRequest.list(
            widget, .everything, ListOptions(limit: 3, continueToken: "abc=", resourceVersion: "7", match: .notOlderThan))
        #expect(request.target == "/apis/example.dev/v1/widgets?limit=3&continue=abc%3D")
    }

    @Test func `a watch has no time limit but its own, and a limit to silence`() {
        let request = KubeRequest.watch(widget, .everything, WatchOptions(resourceVersion: "336", timeoutSeconds: 400))
        #expect(
            request.target
                == "/apis/example.dev/v1/widgets?watch=true&allowWatchBookmarks=true&resourceVersion=336&timeoutSeconds=400")
        #expect(request.timeout == nil)
        #expect(request.idleTimeout == .seconds(90))
    }

    @Test func `WatchList asks for all that exists and no older than what is known`() {
        let request = KubeRequest.watch(widget, .everything, WatchOptions(timeoutSeconds: 6, sendInitialEvents: true))
        #expect(
            request.target == "/apis/example.dev/v1/widgets?watch=true&allowWatchBookmarks=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=6")
    }

    @Test func `writes carry their content type, the field manager and dry run`() throws {
        let key = ObjectKey(namespace: "ns", name: "x")
        let options = WriteOptions(fieldManager: "nodeaudit", dryRun: true)
        let create = KubeRequest.create(ConfigMap.type, namespace: "ns", ["data": ["a": "b"]], options)
        #expect(create.method == .post && create.contentType == "application/json")
        #expect(create.target == "/api/v1/namespaces/ns/configmaps?fieldManager=nodeaudit&dryRun=All")
        #expect(try body(create) == ["data": ["a": "b"]])
        let update = KubeRequest.update(widget, ObjectKey(name: "w"), subresource: "status", [:])
        #expect(update.method == .put && update.target == "/apis/example.dev/v1/widgets/w/status")
        let merge = KubeRequest.patch(ConfigMap.type, key, .merge(["data": .null]))
        #expect(merge.method == .patch && merge.contentType == "application/merge-patch+json")
        #expect(KubeRequest.patch(ConfigMap.type, key, .json([])).contentType == "application/json-patch+json")
        #expect(KubeRequest.patch(ConfigMap.type, key, .strategic([:])).contentType == "application/strategic-merge-patch+json")
    }

    @Test func `an apply says whether it takes fields over`() {
        let request = KubeRequest.apply(
            DaemonSet.type, ObjectKey(namespace: "ns", name: "d"), [:], force: true, WriteOptions(fieldManager: "nodeaudit"))
        #expect(request.method == .patch && request.contentType == "application/apply-patch+yaml")
        #expect(request.target == "/apis/apps/v1/namespaces/ns/daemonsets/d?fieldManager=nodeaudit&force=true")
    }

    @Test func `a delete carries its preconditions and its propagation in the body`() throws {
        let plain = KubeRequest.delete(Pod.type, ObjectKey(namespace: "ns", name: "p"), DeleteOptions())
        #expect(plain.method == .delete && plain.contentType == "application/json")
        #expect(try body(plain) == ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"])
        let options = DeleteOptions(uid: "u", resourceVersion: "9", propagation: .foreground, gracePeriodSeconds: 0, dryRun: true)
        #expect(
            try body(.delete(Pod.type, ObjectKey(namespace: "ns", name: "p"), options)) == [
                "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground", "gracePeriodSeconds": 0,
                "preconditions": ["uid": "u", "resourceVersion": "9"], "dryRun": ["All"],
            ])
    }

    @Test func `an eviction names the pod and the uid it is meant for`() throws {
        let request = KubeRequest.evict(ObjectKey(namespace: "ns", name: "p"), uid: "u", gracePeriodSeconds: 30)
        #expect(request.method == .post && request.target == "/api/v1/namespaces/ns/pods/p/eviction")
        #expect(
            try body(request) == [
                "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p", "namespace": "ns"],
                "deleteOptions": ["preconditions": ["uid": "u"], "gracePeriodSeconds": 30],
            ])
    }
}
