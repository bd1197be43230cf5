import KubeCore
import Synchronization

/// All machines, and who wants to hear of changes to them.
///
/// Guarantees: deterministic; reading and changing never suspends; each listener hears of every change once.
package final class MachineRoom: Sendable {
    private struct State {
        var machines: [String: Machine] = [:]
        var order: [String] = []
        var nextOrdinal = 0
        var identity: SeededIdentity
        var listeners: [Listener] = []
    }

    private struct Listener {
        var changed: [String] = []
        var pending: Set<String> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(identity: SeededIdentity(seed: seed))) }

    package func machine(_ name: String) -> Machine? { state.withLock { $0.machines[name] } }

    /// In order of creation.
    package var all: [Machine] { state.withLock { state in state.order.compactMap { state.machines[$0] } } }

    package var names: [String] { state.withLock { $0.order } }

    /// Never the same twice, so that a new machine never has an old one's name.
    func makeOrdinal() -> Int {
        state.withLock { state in
            defer { state.nextOrdinal += 1 }
            return state.nextOrdinal
        }
    }

    func makeUID() -> String { state.withLock { $0.identity.uid() } }

    /// As Compute Engine numbers instances: 19 digits.
    func makeInstanceID() -> UInt64 { state.withLock { 1_000_000_000_000_000_000 + $0.identity.next() % 8_000_000_000_000_000_000 } }

    func add(_ machine: Machine) {
        change { state in
            if state.machines.updateValue(machine, forKey: machine.name) == nil { state.order.append(machine.name) }
            return machine.name
        }
    }

    func remove(_ name: String) {
        change { state in
            guard state.machines.removeValue(forKey: name) != nil else { return nil }
            state.order.removeAll { $0 == name }
            return name
        }
    }

    /// Changes a machine and tells the listeners; nil when there is none of that name.
    @discardableResult
    package func update<Value: Sendable>(_ name: String, _ edit: (inout Machine) -> Value) -> Value? {
        var value: Value?
        change { state in
            guard var machine = state.machines[name] else { return nil }
            value = edit(&machine)
            state.machines[name] = machine
            return name
        }
        return value
    }

    /// Changes a kernel, which nobody needs to be told of.
    func updateKernel<Value: Sendable>(_ name: String, _ edit: (inout SimulatedKernel) -> Value) -> Value? {
        state.withLock { state in
            guard var machine = state.machines[name] else { return nil }
            defer { state.machines[name] = machine }
            return edit(&machine.kernel)
        }
    }

    private func change(_ edit: (inout sending State) -> String?) {
        let waiters: [CheckedContinuation<Void, Never>] = state.withLock { state in
            guard let name = edit(&state) else { return [] }
            var waiters: [CheckedContinuation<Void, Never>] = []
            for index in state.listeners.indices {
                if state.listeners[index].pending.insert(name).inserted { state.listeners[index].changed.append(name) }
                if let waiter = state.listeners[index].waiter { waiters.append(waiter) }
                state.listeners[index].waiter = nil
            }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Listening

    /// A new listener, which hears of every machine that exists first.
    func listen() -> Int {
        state.withLock { state in
            state.listeners.append(Listener(changed: state.order, pending: Set(state.order)))
            return state.listeners.count - 1
        }
    }

    func take(_ listener: Int) -> [String] {
        state.withLock { state in
            defer {
                state.listeners[listener].changed = []
                state.listeners[listener].pending = []
            }
            return state.listeners[listener].changed
        }
    }

    /// Returns when something changed, or as soon as the task is cancelled.
    func wait(_ listener: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if Task.isCancelled || !state.listeners[listener].changed.isEmpty { return true }
                    state.listeners[listener].waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.listeners[listener].waiter = nil }
                return state.listeners[listener].waiter
            }
            waiter?.resume()
        }
    }
}
