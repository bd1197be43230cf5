import CloudSupport
import CurlHTTP
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

/// Which machine a node stands for, and who replaces it.
struct PlaceTests {
    @Test func `a node that claims another node's machine is refused before anything is asked`() throws {
        try Cloud.run(2) { cloud in
            var node = try cloud.node(0)
            node.providerID = try cloud.node(1).providerID
            let claim = node
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(claim) }
            #expect(error?.reason == .identityMismatch)
            #expect(error?.verdict == .needsPerson)
            #expect(cloud.door.requests.isEmpty)
        }
    }

    @Test(arguments: [
        nil, "", "aws:///us-east-1a/i-0123", "gce://proj/us-central1-a", "gce://proj/us-central1-a/n-1/x", "gce://proj/../n-1",
        "gce://proj/us-central1-a/n-1?fields=", "gce://proj/us-central1-a/N-1", "gce:///us-central1-a/n-1",
        "gce://proj/us-central1-a/n%2F1",
        "GCE://proj/us-central1-a/n-1", "gce://proj/us-central1-a/-n",
    ])
    func `a provider id that is none of Compute Engine's reaches no URL`(providerID: String?) async {
        let http = ScriptedGroup().http
        let replacer = ScriptedGroup.replacer(http)
        let node = NodeIdentity(name: "n-1", uid: "u", bootID: "b", providerID: providerID)
        let error = await failure { () async throws(ReplacementError) in try await replacer.locate(node) }
        #expect(error?.reason == .notReplaceable)
        #expect(http.requests.isEmpty)
    }

    @Test func `an instance that no group made is in no group`() throws {
        var configuration = SimulatedCompute.Configuration()
        configuration.isUngrouped = true
        try Cloud.run(1, configuration) { cloud in
            let node = try cloud.node()
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(node) }
            #expect(error?.reason == .notInGroup)
            #expect(error?.verdict == .needsPerson)
        }
    }

    @Test(arguments: [
        "projects/4711/zones/us-central1-b/instanceGroupManagers/gke-grp", "projects/4711/regions/us-central/instanceGroupManagers/gke-grp",
        "projects/4711/zones/us-central1-a/instanceTemplates/gke-grp", "projects/4711/zones/us-central1-a/instanceGroupManagers/../x",
        "gke-grp",
    ])
    func `a maker that is no group of the instance's place is not asked`(creator: String) async {
        var group = ScriptedGroup()
        group.instance = .json(ScriptedGroup.instance(createdBy: creator))
        let http = group.http
        let replacer = ScriptedGroup.replacer(http)
        let error = await failure { () async throws(ReplacementError) in try await replacer.locate(ScriptedGroup.node) }
        #expect(error?.reason == .notInGroup)
        #expect(http.requests(with: "instanceGroupManagers").isEmpty)
    }

    @Test(arguments: [
        ("projects/4711/zones/us-central1-a/instanceGroupManagers/gke-grp", "zones/us-central1-a"),
        ("https://www.googleapis.com/compute/v1/projects/proj/zones/us-central1-a/instanceGroupManagers/gke-grp", "zones/us-central1-a"),
        ("projects/4711/regions/us-central1/instanceGroupManagers/gke-grp", "regions/us-central1"),
    ])
    func `a group is asked by the project's id, though its instances know the number`(creator: String, place: String) async throws {
        var group = ScriptedGroup()
        group.instance = .json(ScriptedGroup.instance(createdBy: creator))
        let http = group.http
        let target = try await ScriptedGroup.replacer(http).locate(ScriptedGroup.node)
        #expect(target.group == "projects/proj/\(place)/instanceGroupManagers/gke-grp")
        #expect(http.requests(with: "/\(target.group)/listManagedInstances").count == 1)
    }

    @Test func `a project of a domain keeps its colon out of the path`() async throws {
        let http = ScriptedGroup().http
        let node = NodeIdentity(name: "n-1", uid: "u", bootID: "b", providerID: "gce://example.com:web/us-central1-a/n-1")
        let target = try await ScriptedGroup.replacer(http).locate(node)
        #expect(target.group.hasPrefix("projects/example.com:web/zones/"))
        #expect(http.requests.allSatisfy { $0.url.contains("/projects/example.com%3Aweb/") })
    }

    @Test func `a node may be called by its instance's full name`() async throws {
        var node = ScriptedGroup.node
        node.name = "n-1.us-central1-a.c.proj.internal"
        #expect(try await ScriptedGroup.replacer(ScriptedGroup().http).locate(node).machineID == "11")
        node.name = "n-11"
        let other = node
        let replacer = ScriptedGroup.replacer(ScriptedGroup().http)
        let error = await failure { () async throws(ReplacementError) in try await replacer.locate(other) }
        #expect(error?.reason == .identityMismatch)
    }

    @Test func `an instance that left its group is replaced by nobody`() async {
        var group = ScriptedGroup()
        group.listing = .json(["managedInstances": [ScriptedGroup.row("n-2")]])
        let http = group.http
        let replacer = ScriptedGroup.replacer(http)
        let located = await failure { () async throws(ReplacementError) in try await replacer.locate(ScriptedGroup.node) }
        #expect(located?.reason == .notInGroup)
        let requested = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(requested?.reason == .notInGroup)
        #expect(http.requests(with: "recreateInstances").isEmpty)
    }

    @Test func `another machine that came between two looks is not touched`() async throws {
        var group = ScriptedGroup()
        group.listing = .json(["managedInstances": [ScriptedGroup.row(id: "12")]])
        let http = group.http
        #expect(try await ScriptedGroup.replacer(http).request(ScriptedGroup.order).isAccepted)
        #expect(http.requests(with: "recreateInstances").isEmpty)
    }

    @Test(arguments: ["DELETING", "ABANDONING", "CREATING", "REFRESHING", "SUSPENDING"])
    func `a group that is busy with the machine is not asked for more`(action: String) async {
        var group = ScriptedGroup()
        group.listing = .json(["managedInstances": [ScriptedGroup.row(action: action)]])
        let http = group.http
        let replacer = ScriptedGroup.replacer(http)
        let error = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(error?.reason == .busy)
        #expect(error?.message.contains(action) == true)
        #expect(http.requests(with: "recreateInstances").isEmpty)
    }

    @Test func `the pages of a listing are read to their end, empty ones among them`() async throws {
        let http = Self.paged(["a": ["a", "n-0"], "": ["b"], "b": ["c"], "c": ["", "n-1"]])
        let target = try await ScriptedGroup.replacer(http).locate(ScriptedGroup.node)
        #expect(target.machineID == "11")
        #expect(http.requests(with: "listManagedInstances").count == 3)
        #expect(http.requests(with: "listManagedInstances").allSatisfy { $0.url.contains("maxResults=500") })
    }

    @Test(arguments: [["": ["b"], "b": ["b"]], ["": ["a"], "a": ["b"], "b": ["a"]]])
    func `a listing without an end proves nothing`(pages: [String: [String]]) async {
        let replacer = ScriptedGroup.replacer(Self.paged(pages))
        let error = await failure { () async throws(ReplacementError) in try await replacer.locate(ScriptedGroup.node) }
        #expect(error?.reason == .malformedAnswer)
    }

    @Test func `a stored order that was tampered with reaches no URL`() async {
        var order = ScriptedGroup.order
        for (machine, group) in [
            ("projects/proj/zones/us-central1-a/instances/../n-1", ScriptedGroup.group),
            ("projects/other/zones/us-central1-a/instances/n-1", ScriptedGroup.group), (order.target.machine, "projects/proj/zones/x"),
            ("projects/proj/zones/us-central1-b/instances/n-1", ScriptedGroup.group),
        ] {
            order.target.machine = machine
            order.target.group = group
            let http = ScriptedGroup().http
            let replacer = ScriptedGroup.replacer(http)
            let edited = order
            let error = await failure { () async throws(ReplacementError) in try await replacer.request(edited) }
            #expect(error?.reason == .invalidRequest)
            #expect(http.requests.isEmpty)
        }
    }

    @Test func `metadata, which hold a node's credentials, are read only to find its group`() async throws {
        let http = ScriptedGroup().http
        let replacer = ScriptedGroup.replacer(http)
        _ = try await replacer.locate(ScriptedGroup.node)
        #expect(http.requests(with: "metadata").count == 1)
        _ = try await replacer.request(ScriptedGroup.order)
        #expect(http.requests(with: "metadata").count == 1)
        #expect(http.requests(with: "/instances/n-1?fields=").count == 2)
    }

    /// From a page's token to the next page's token and the names on the page.
    private static func paged(_ pages: [String: [String]]) -> ScriptedHTTP {
        let rest = ScriptedGroup().http
        return ScriptedHTTP { (request) async throws(TransferError) -> HTTPAnswer in
            guard request.url.contains("listManagedInstances") else { return try await rest.answer(to: request) }
            let halves = request.url.split(separator: "pageToken=").map { String($0) }
            let page = pages[halves.count > 1 ? halves[1] : ""] ?? []
            var answer: JSONValue = ["managedInstances": .array(page.dropFirst().map { ScriptedGroup.row($0) })]
            if let next = page.first, !next.isEmpty { answer["nextPageToken"] = .string(next) }
            return .json(answer)
        }
    }
}
