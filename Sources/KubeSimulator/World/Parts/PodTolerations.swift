import KubeCore

/// What a pod puts up with.
struct PodTolerations: Sendable {
    enum Patience: Sendable, Equatable { case none, seconds(Int64), forever }

    private let tolerations: [Toleration]

    init(_ value: JSONValue?) { tolerations = (value?.array ?? []).map(Toleration.init) }

    func tolerates(_ taint: Taint) -> Bool { tolerations.contains { $0.tolerates(taint) } }

    /// How long the pod may stay under a NoExecute taint: the shortest time of the tolerations that match it.
    func patience(with taint: Taint) -> Patience {
        let matching = tolerations.filter { $0.tolerates(taint) }
        guard !matching.isEmpty else { return .none }
        let limits = matching.compactMap(\.tolerationSeconds)
        return limits.min().map { .seconds(max(0, $0)) } ?? .forever
    }
}

extension Toleration {
    init(_ value: JSONValue) {
        self.init(
            key: value["key"]?.string, operator: value["operator"]?.string, value: value["value"]?.string, effect: value["effect"]?.string,
            tolerationSeconds: value["tolerationSeconds"]?.integer)
    }
}

extension Taint {
    init(_ value: JSONValue) {
        self.init(key: value["key"]?.string ?? "", value: value["value"]?.string, effect: value["effect"]?.string ?? "")
    }
}
