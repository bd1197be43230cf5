import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Synchronization
import TestSupport
import Testing

/// A reflector of colours under virtual time, with everything it told.
struct Subject: Sendable {
    let collection: FakeCollection
    let store: Store<String>
    let changes: Changes
    let reflector: Reflector<String>
    let time: ManualTime

    init(_ collection: FakeCollection, _ time: ManualTime, seed: UInt64 = 1, configure: (inout ReflectorSettings) -> Void = { _ in }) {
        let changes = Changes()
        self.collection = collection
        self.changes = changes
        self.time = time
        store = Store("colors", indexes: ["color": { _, color in [color] }]) { changes.add($0) }
        var settings = ReflectorSettings()
        configure(&settings)
        reflector = Reflector(
            KubeAPI(collection), ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, into: store, settings: settings, time: time,
            random: .seeded(seed), metrics: .none, logger: .silent)
    }

    var colors: [String: String] { Dictionary(uniqueKeysWithValues: store.snapshot.map { ($0.key.name, $0.value) }) }

    func waitUntilEqual(within limit: Duration = .seconds(600)) async throws {
        try await time.wait(upTo: limit, for: "the store equals the collection") { colors == collection.colors }
    }
}

final class Changes: Sendable {
    private let log = Mutex<[Change<String>]>([])

    var all: [Change<String>] { log.withLock { $0 } }

    /// What one would believe who heard of the changes alone.
    var replayed: [String: String] {
        var colors: [String: String] = [:]
        for change in all { colors[change.key.name] = change.new }
        return colors
    }

    func add(_ change: Change<String>) { log.withLock { $0.append(change) } }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

func colorKey(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

/// Runs the reflector beside the body.
func reflecting(
    _ collection: FakeCollection, configure: @escaping @Sendable (inout ReflectorSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (Subject) async throws -> Void
) throws {
    try withVirtualTime { time in
        let subject = Subject(collection, time, configure: configure)
        try await running([{ try await subject.reflector.run() }]) { try await body(subject) }
        #expect(subject.changes.replayed == subject.colors)
    }
}
