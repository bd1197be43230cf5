import KubeCore

extension LabelSelector {
    /// A selector as it stands in an object; one that is absent selects nothing, and neither does a requirement that is none.
    init(json value: JSONValue?) {
        let expressions = (value?["matchExpressions"]?.array ?? []).map { expression in
            LabelRequirement(
                key: expression["key"]?.string ?? "",
                operator: LabelRequirement.Operator(rawValue: expression["operator"]?.string ?? "") ?? .in,
                values: (expression["values"]?.array ?? []).compactMap(\.string))
        }
        self.init(matchLabels: value?["matchLabels"]?.labels, matchExpressions: expressions)
    }
}
