import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `a watch tells every change after its revision, in order`(_ door: Door) async throws {
        let scene = try Scene(door)
        let start = try await scene.get(scene.widgets, ["labelSelector": scene.selector]).expecting(200).revision
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let changed = try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 2]]).expecting(200)
        // One open already when the rest happens, one opened afterwards: both tell the same.
        let query = ["labelSelector": scene.selector, "resourceVersion": String(start)]
        let live = try await scene.watch(scene.widgets, query)
        let early = try await live.next(1)
        try await scene.create(scene.widgets, scene.widget("b", ["size": 1])).expecting(201)
        try await scene.delete(scene.widgetPath("a")).expecting(200)
        let late = try await scene.watch(scene.widgets, query)
        let frames = try await late.next(4)
        #expect(frames.map(\.summary) == ["ADDED a", "MODIFIED a", "ADDED b", "DELETED a"].map { "\($0)-\(scene.number)" })
        #expect(early.map(\.revision) + (try await live.next(3).map(\.revision)) == frames.map(\.revision))
        #expect(frames[0].object == created.body && frames[1].object == changed.body)
        let revisions = frames.map(\.revision)
        #expect(revisions == revisions.sorted() && Set(revisions).count == 4)
        #expect(frames[3].object["spec"]?["size"] == 2, "what it was last, at the revision of its deletion")
    }

    @Test(arguments: Door.open)
    func `a selector makes changes into arrivals and departures`(_ door: Door) async throws {
        let scene = try Scene(door)
        let labels: JSONValue = ["labels": ["tier": "x"]]
        try await scene.create(scene.widgets, scene.widget("a", ["size": 1], metadata: labels)).expecting(201)
        let start = try await scene.create(scene.widgets, scene.widget("b", ["size": 1])).expecting(201).revision
        try await scene.merge(scene.widgetPath("b"), ["spec": ["size": 2]]).expecting(200)
        try await scene.merge(scene.widgetPath("b"), ["metadata": ["labels": ["tier": "x"]]]).expecting(200)
        let left = try await scene.merge(scene.widgetPath("a"), ["metadata": ["labels": ["tier": "y"]]]).expecting(200)
        try await scene.delete(scene.widgetPath("a")).expecting(200)
        try await scene.delete(scene.widgetPath("b")).expecting(200)
        let watch = try await scene.watch(
            scene.widgets, ["labelSelector": "\(scene.selector),tier=x", "resourceVersion": String(start)])
        let frames = try await watch.next(3)
        #expect(frames.map(\.summary) == ["ADDED b", "DELETED a", "DELETED b"].map { "\($0)-\(scene.number)" })
        #expect(frames[1].object["metadata"]?["labels"]?["tier"] == "x", "as it was inside the selection")
        #expect(frames[1].revision == left.revision)
    }

    @Test(arguments: Door.open)
    func `without a revision a watch begins with what exists`(_ door: Door) async throws {
        let scene = try Scene(door)
        for name in ["a", "b"] { try await scene.create(scene.widgets, scene.widget(name, ["size": 1])).expecting(201) }
        let watch = try await scene.watch(scene.widgets, ["labelSelector": scene.selector])
        #expect(Set(try await watch.next(2).map(\.summary)) == Set(["ADDED a", "ADDED b"].map { "\($0)-\(scene.number)" }))
        let one = try await scene.watch(scene.widgets, ["fieldSelector": "metadata.name=\(scene.name("b"))"])
        #expect(try await one.next(1).map(\.name) == [scene.name("b")])
        try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 2]]).expecting(200)
        try await scene.merge(scene.widgetPath("b"), ["spec": ["size": 3]]).expecting(200)
        let next = try #require(try await one.next())
        #expect(next.type == "MODIFIED" && next.object["spec"]?["size"] == 3)
    }

    @Test(arguments: Door.open)
    func `a watch ends cleanly after its time, with a bookmark shortly before`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let query = ["labelSelector": "scene=none", "resourceVersion": String(created.revision), "timeoutSeconds": "4"]
        let start = scene.stage.time.uptime()
        let watch = try await scene.watch(scene.widgets, query.merging(["allowWatchBookmarks": "true"]) { $1 })
        let silent = try await scene.watch(scene.widgets, query)
        // Something newer than the watches, which neither of them selects: with nothing newer there is nothing to bookmark.
        let newer = try await scene.create(scene.widgets, scene.widget("b", ["size": 1])).expecting(201)
        let frames = try await watch.rest()
        #expect(scene.stage.time.uptime() - start >= .seconds(3.5), "as long as was asked for")
        let bookmark = try #require(frames.first, "no bookmark before the end")
        #expect(frames.allSatisfy { $0.type == "BOOKMARK" })
        #expect(bookmark.object["kind"] == "Widget" && bookmark.object["apiVersion"]?.string == scene.stage.apiVersion)
        #expect(bookmark.revision >= newer.revision)
        #expect(bookmark.object["spec"] == nil && bookmark.name.isEmpty)
        #expect(try await silent.rest().isEmpty, "no bookmarks for those who do not ask")
    }

    @Test(arguments: Door.open)
    func `a watch from a forgotten revision is told so`(_ door: Door) async throws {
        let scene = try Scene(door)
        let watch = try await scene.watch(scene.widgets, ["resourceVersion": "1", "timeoutSeconds": "10"])
        let frame: JSONValue?
        if watch.response.status == 200 {
            let first = try await watch.next()
            #expect(first?.type == "ERROR")
            frame = first?.object
            #expect(try await watch.next() == nil, "and ends")
        } else {
            frame = try JSONValue(parsing: try await watch.response.body.collect(upTo: 1 << 20))
        }
        #expect(frame?["code"] == 410 && frame?["reason"] == "Expired")
        #expect(frame?["message"]?.string?.hasPrefix("too old resource version: 1 (") == true)
        let wrong = try await scene.watch(scene.widgets, ["resourceVersion": "x", "timeoutSeconds": "1"])
        #expect(wrong.response.status >= 400)
    }

    @Test(arguments: Door.open)
    func `a streamed list ends with a mark and goes on as a watch`(_ door: Door) async throws {
        let scene = try Scene(door)
        for name in ["a", "b"] { try await scene.create(scene.widgets, scene.widget(name, ["size": 1])).expecting(201) }
        let last = try await scene.merge(scene.widgetPath("b"), ["spec": ["size": 2]]).expecting(200)
        let query = ["labelSelector": scene.selector, "sendInitialEvents": "true", "allowWatchBookmarks": "true"]
        let unmatched = try await scene.watch(scene.widgets, query)
        #expect(unmatched.response.status == 422, "sendInitialEvents needs a resourceVersionMatch")
        let watch = try await scene.watch(scene.widgets, query.merging(["resourceVersionMatch": "NotOlderThan"]) { $1 })
        // 1.33 serves it only behind a gate.
        if door == .cluster, watch.response.status == 422 { return }
        let initial = try await watch.next(3)
        #expect(initial.map(\.type) == ["ADDED", "ADDED", "BOOKMARK"])
        #expect(Set(initial.prefix(2).map(\.name)) == [scene.name("a"), scene.name("b")])
        let mark = try #require(initial.last)
        #expect(mark.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true")
        #expect(mark.revision >= last.revision)
        let changed = try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 5]]).expecting(200)
        let next = try #require(try await watch.first { $0.type != "BOOKMARK" })
        #expect(next.type == "MODIFIED" && next.object == changed.body)
    }

    @Test(arguments: Door.open)
    func `a watch can carry metadata alone`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let watch = try await scene.watch(
            scene.widgets, ["labelSelector": scene.selector], accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
        let frame = try #require(try await watch.next())
        #expect(frame.object["kind"] == "PartialObjectMetadata" && frame.object["apiVersion"] == "meta.k8s.io/v1")
        #expect(frame.object["metadata"] == created.body["metadata"] && frame.object["spec"] == nil)
    }
}
