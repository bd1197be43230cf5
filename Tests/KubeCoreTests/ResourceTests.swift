import KubeCore
import TestSupport
import Testing

/// The typed kinds against what a real server sent.
struct ResourceTests {
    private static func objects(_ kind: String) throws -> [JSONValue] {
        func collect(_ value: JSONValue, into found: inout [JSONValue]) {
            if value["kind"]?.string == kind, value["metadata"]?["name"] != nil { found.append(value) }
            if let items = value["items"]?.array, value["kind"]?.string == kind + "List" { found += items }
            if let object = value["object"] { collect(object, into: &found) }
        }
        var found: [JSONValue] = []
        for name in Recording.names {
            for exchange in try Recording(name).exchanges {
                if let body = exchange.body { collect(body, into: &found) }
                for frame in exchange.stream { collect(frame, into: &found) }
            }
        }
        return found
    }

    /// Reads each recorded object; what is written again must stand in what was read, member for member.
    private func check<Object: KubeResource>(_ kind: Object.Type, atLeast: Int) throws {
        let objects = try Self.objects(Object.type.kind)
        #expect(objects.count >= atLeast)
        for object in objects {
            let typed = try Object(object)
            #expect(typed.name == object["metadata"]?["name"]?.string)
            #expect(typed.uid == object["metadata"]?["uid"]?.string ?? "")
            let missing = Self.differences(try typed.jsonValue(), object, at: "")
            #expect(missing.isEmpty, "\(Object.type.kind) \(typed.name): \(missing)")
            #expect(try Object(typed.jsonValue()) == typed)
        }
    }

    private static func differences(_ ours: JSONValue, _ theirs: JSONValue?, at path: String) -> [String] {
        switch (ours, theirs) {
        case (.object(let members), .object(let others)?):
            return members.sorted { $0.key < $1.key }.flatMap { differences($1, others[$0], at: "\(path).\($0)") }
        case (.array(let elements), .array(let others)?) where elements.count == others.count:
            return zip(elements, others).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
        // Items of a list do not repeat their kind.
        case (.string, nil) where path == ".apiVersion" || path == ".kind": return []
        default: return ours == theirs ? [] : [path]
        }
    }

    @Test func `nodes, pods and budgets are read as they were sent`() throws {
        try check(Node.self, atLeast: 3)
        try check(Pod.self, atLeast: 3)
        try check(PodDisruptionBudget.self, atLeast: 3)
    }

    @Test func `daemon sets, leases and events are read as they were sent`() throws {
        try check(DaemonSet.self, atLeast: 5)
        try check(Lease.self, atLeast: 3)
        try check(Event.self, atLeast: 2)
    }

    @Test func `a field of the wrong type is named with its path`() {
        let error = #expect(throws: KubeError.self) {
            try Pod(json: Array("{\"metadata\":{},\"spec\":{\"containers\":[{\"name\":7}]}}".utf8))
        }
        #expect(error?.code == .malformedResponse)
        #expect(error?.message.hasPrefix("Pod: spec.containers.[0].name:") == true)
    }
}
