package import KubeCore

/// What happened to one object of a store. It carries no meaning beyond "look again".
package enum Change<Value: Sendable>: Sendable {
    case added(ObjectKey, Value)
    case updated(ObjectKey, old: Value, new: Value)
    case deleted(ObjectKey, Value)

    package var key: ObjectKey {
        switch self {
        case .added(let key, _), .updated(let key, _, _), .deleted(let key, _): key
        }
    }

    package var old: Value? {
        switch self {
        case .added: nil
        case .updated(_, let old, _), .deleted(_, let old): old
        }
    }

    package var new: Value? {
        switch self {
        case .added(_, let new), .updated(_, _, let new): new
        case .deleted: nil
        }
    }
}

extension Change: Equatable where Value: Equatable {}

extension Change where Value: Equatable {
    /// nil when nothing differs.
    init?(_ key: ObjectKey, from old: Value?, to new: Value?) {
        guard old != new else { return nil }
        switch (old, new) {
        case (nil, let new?): self = .added(key, new)
        case (let old?, let new?): self = .updated(key, old: old, new: new)
        case (let old?, nil): self = .deleted(key, old)
        case (nil, nil): return nil
        }
    }
}
