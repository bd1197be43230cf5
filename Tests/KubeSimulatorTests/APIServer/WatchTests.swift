import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct WatchTests {
    private func types(_ frames: [JSONValue]) -> [String] {
        frames.map { "\($0["type"]?.string ?? "") \($0["object"]?["metadata"]?["name"]?.string ?? "")" }
    }

    @Test func `a watch from a revision tells every later change once, in order`() throws {
        try APIServerFixture.run { api in
            let start = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("a")).revision
            async let frames = api.watch(APIServerFixture.widgets, ["resourceVersion": String(start), "timeoutSeconds": "5"])
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("b"))
            _ = try await api.merge("\(APIServerFixture.widgets)/a", ["spec": ["size": 9]])
            _ = try await api.delete("\(APIServerFixture.widgets)/b")
            let told = try await frames
            #expect(types(told) == ["ADDED b", "MODIFIED a", "DELETED b"])
            let revisions = told.compactMap { $0["object"]?["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } }
            #expect(revisions == revisions.sorted() && Set(revisions).count == 3)
        }
    }

    @Test func `resuming from the revision of any frame gives the rest`() throws {
        try APIServerFixture.run { api in
            let start = api.server.revision
            for name in ["a", "b", "c", "d"] { _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget(name)) }
            let all = try await api.watch(APIServerFixture.widgets, ["resourceVersion": String(start), "timeoutSeconds": "1"])
            for (index, frame) in all.enumerated() {
                let revision = try #require(frame["object"]?["metadata"]?["resourceVersion"]?.string)
                let rest = try await api.watch(APIServerFixture.widgets, ["resourceVersion": revision, "timeoutSeconds": "1"])
                #expect(rest == Array(all[(index + 1)...]))
            }
        }
    }

    @Test func `a compacted revision is 410, for new watches and continue tokens; open watches live on`() throws {
        try APIServerFixture.run { api in
            for name in ["a", "b", "c"] { _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget(name)) }
            let old = api.server.revision
            let page = try await api.get(APIServerFixture.widgets, ["limit": "1"])
            let token = try #require(page.body["metadata"]?["continue"]?.string)
            async let open = api.watch(APIServerFixture.widgets, ["resourceVersion": String(old), "timeoutSeconds": "3"])
            try await api.time.sleep(for: .seconds(1))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("d"))
            api.server.compact()
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("e"))
            #expect(types(try await open) == ["ADDED d", "ADDED e"])
            let late = try await api.watch(APIServerFixture.widgets, ["resourceVersion": String(old), "timeoutSeconds": "3"])
            #expect(late.count == 1 && late[0]["type"] == "ERROR" && late[0]["object"]?["code"] == 410)
            let rest = try await api.get(APIServerFixture.widgets, ["limit": "10", "continue": token])
            #expect(rest.status == 410 && rest.reason == "Expired")
            // The answer carries a token for the rest as of now.
            let fresh = try #require(rest.body["metadata"]?["continue"]?.string)
            let inconsistent = try await api.get(APIServerFixture.widgets, ["limit": "10", "continue": fresh])
            let names = inconsistent.body["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string }
            #expect(names == ["b", "c", "d", "e"])
        }
    }

    @Test func `a history outgrown by changes ends a reader that fell behind with 410`() throws {
        try APIServerFixture.run(configure: { $0.historyWindow = 10 }) { api in
            let start = api.server.revision
            let request = KubeRequest(
                method: .get, path: APIServerFixture.widgets, query: [QueryItem("watch", "1"), QueryItem("resourceVersion", String(start))])
            let slow = try await api.server.send(request)
            for index in 0..<50 { _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w\(index)")) }
            let first = try await slow.body.next() ?? []
            #expect(String(decoding: first, as: UTF8.self).contains("too old resource version"))
            #expect(try await slow.body.next() == nil)
        }
    }

    /// The revisions of the bookmarks of a watch of ConfigMaps from now on, beside what `body` does.
    private func bookmarks(
        notifiesProgress: Bool = true, _ body: @escaping @Sendable (APIServerFixture) async throws -> Void
    ) throws -> [Int64] {
        try APIServerFixture.run(configure: { $0.notifiesProgress = notifiesProgress }) { api in
            async let frames = api.watch(
                APIServerFixture.configMaps,
                ["resourceVersion": String(api.server.revision), "timeoutSeconds": "250", "allowWatchBookmarks": "true"])
            try await body(api)
            let told = try await frames.filter { $0["type"] == "BOOKMARK" }
            return told.compactMap { $0["object"]?["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } }
        }
    }

    @Test func `with nothing newer than its start a watch gets no bookmark, whatever its etcd tells`() throws {
        for notifiesProgress in [true, false] {
            #expect(try bookmarks(notifiesProgress: notifiesProgress) { api in try await api.time.sleep(for: .seconds(100)) } == [])
        }
    }

    @Test func `without progress of its etcd, a watch is bookmarked from a change of its kind or a consistent read on`() throws {
        let made = try bookmarks(notifiesProgress: false) { api in
            try await api.time.sleep(for: .seconds(10))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("other"))
            try await api.time.sleep(for: .seconds(60))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("another"))
            _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("own"))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("third"))
        }
        // At 120, 180, 240, 248 and 249 seconds, nothing newer each time.
        #expect(made.count == 5 && Set(made).count == 1)
        let read = try bookmarks(notifiesProgress: false) { api in
            try await api.time.sleep(for: .seconds(10))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("other"))
            try await api.time.sleep(for: .seconds(120))
            _ = try await api.get(APIServerFixture.configMaps, ["resourceVersion": "0"])
            try await api.time.sleep(for: .seconds(60))
            _ = try await api.get(APIServerFixture.configMaps)
        }
        #expect(read.count == 3 && Set(read).count == 1, "at 240, 248 and 249 seconds; a read from the cache moves nothing")
    }

    @Test func `bookmarks come each minute and before the end, and carry the latest revision`() throws {
        try APIServerFixture.run { api in
            async let frames = api.watch(
                APIServerFixture.configMaps,
                ["resourceVersion": String(api.server.revision), "timeoutSeconds": "150", "allowWatchBookmarks": "true"])
            try await api.time.sleep(for: .seconds(70))
            let other = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("other")).revision
            let told = try await frames
            #expect(told.allSatisfy { $0["type"] == "BOOKMARK" })
            // At 120, 148 and 149 seconds; at 60 there was nothing newer than the watch's start.
            let revisions = told.compactMap { $0["object"]?["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } }
            #expect(revisions == [other, other, other])
        }
    }

    @Test func `initial events end with a marked bookmark, and need the right match`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("a"))
            let query = [
                "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true", "timeoutSeconds": "1",
            ]
            let frames = try await api.watch(APIServerFixture.widgets, query)
            #expect(types(Array(frames.prefix(2))) == ["ADDED a", "BOOKMARK "])
            #expect(frames[1]["object"]?["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true")
            let refused = try await api.get(APIServerFixture.widgets, ["watch": "true", "sendInitialEvents": "true"])
            #expect(refused.status == 422)
        }
    }

    @Test func `objects that leave a selection are deleted for it, and a namespace's watch sees its own`() throws {
        try APIServerFixture.run { api in
            try api.server.create(Namespace.type, ["metadata": ["name": "other"]])
            let query = ["resourceVersion": String(api.server.revision), "timeoutSeconds": "1", "labelSelector": "tier in (x),!off"]
            _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c", metadata: ["labels": ["tier": "x"]]))
            _ = try await api.create(
                "/api/v1/namespaces/other/configmaps", APIServerFixture.configMap("o", metadata: ["labels": ["tier": "x"]]))
            _ = try await api.merge("\(APIServerFixture.configMaps)/c", ["metadata": ["labels": ["off": ""]]])
            _ = try await api.merge("\(APIServerFixture.configMaps)/c", ["metadata": ["labels": ["off": .null]]])
            let frames = try await api.watch(APIServerFixture.configMaps, query)
            #expect(types(frames) == ["ADDED c", "DELETED c", "ADDED c"])
            #expect(types(try await api.watch("/api/v1/configmaps", query)).contains("ADDED o"))
        }
    }

    @Test func `frames come as tables and as metadata when asked for`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("a"))
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("b"))
            let table = try await api.watch(
                APIServerFixture.widgets, ["timeoutSeconds": "1"], accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(table.count == 2 && table[0]["object"]?["kind"] == "Table")
            #expect(table[0]["object"]?["columnDefinitions"]?.array?.count == 5)
            #expect(table[1]["object"]?["columnDefinitions"] == .null)
            #expect(table[1]["object"]?["rows"]?.array?.first?["cells"]?.array?.first == "b")
            let partial = try await api.watch(
                APIServerFixture.widgets, ["timeoutSeconds": "1"],
                accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
            #expect(partial[0]["object"]?["kind"] == "PartialObjectMetadata" && partial[0]["object"]?["spec"] == nil)
        }
    }

    @Test func `deleting a custom kind ends its watches`() throws {
        try APIServerFixture.run { api in
            async let frames = api.watch(APIServerFixture.widgets, ["resourceVersion": String(api.server.revision)])
            try await api.time.sleep(for: .seconds(1))
            try api.server.delete(APIServerFixture.crdType, ObjectKey(name: "widgets.example.dev"))
            while api.server.collectGarbage() {}
            #expect(try await frames.isEmpty)
            #expect(try await api.get(APIServerFixture.widgets).status == 404)
        }
    }
}
