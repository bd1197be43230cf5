/// `metav1.LabelSelector`: all of `matchLabels` and all of `matchExpressions`. An empty selector matches everything.
package struct LabelSelector: Sendable, Hashable, Codable {
    package var matchLabels: Labels?
    package var matchExpressions: [LabelRequirement]?

    package init(matchLabels: Labels? = nil, matchExpressions: [LabelRequirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// Labels first (sorted by key), then the expressions in their order: the form for node affinity and query strings.
    package var requirements: [LabelRequirement] {
        let labels = matchLabels ?? [:]
        return labels.map { LabelRequirement(key: $0.key, operator: .in, values: [$0.value]) } + (matchExpressions ?? [])
    }

    package func matches(_ labels: Labels) -> Bool {
        requirements.allSatisfy { $0.matches(labels) }
    }
}

package struct LabelRequirement: Sendable, Hashable, Codable {
    package enum Operator: String, Sendable, Hashable, Codable {
        case `in` = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    package var key: String
    package var `operator`: Operator
    package var values: [String]?

    package init(key: String, operator: Operator, values: [String]? = nil) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    /// `NotIn` also matches where the label is absent, as everywhere in Kubernetes.
    package func matches(_ labels: Labels) -> Bool {
        let value = labels[key]
        switch `operator` {
        case .in: return value.map { (values ?? []).contains($0) } ?? false
        case .notIn: return value.map { !(values ?? []).contains($0) } ?? true
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        }
    }

    /// The exact complement: matches precisely the label sets that this one does not.
    package var negated: LabelRequirement {
        let opposite: Operator =
            switch `operator` {
            case .in: .notIn
            case .notIn: .in
            case .exists: .doesNotExist
            case .doesNotExist: .exists
            }
        return LabelRequirement(key: key, operator: opposite, values: values)
    }
}

extension LabelSelector {
    /// The selector as a query string takes it: `a=b,c in (d,e),!f`.
    package var queryText: String {
        requirements.map { requirement in
            let values = requirement.values ?? []
            switch requirement.operator {
            case .in where values.count == 1: return "\(requirement.key)=\(values[0])"
            case .in: return "\(requirement.key) in (\(values.joined(separator: ",")))"
            case .notIn: return "\(requirement.key) notin (\(values.joined(separator: ",")))"
            case .exists: return requirement.key
            case .doesNotExist: return "!\(requirement.key)"
            }
        }.joined(separator: ",")
    }
}
