import KubeCore
import Testing

struct LabelSelectorTests {
    private static let universe: [Labels] = {
        let values: [String?] = [nil, "", "x", "y"]
        return values.flatMap { a in
            values.map { b in
                var labels: Labels = [:]
                labels["a"] = a
                labels["b"] = b
                return labels
            }
        }
    }()

    private static let requirements: [LabelRequirement] = ["a", "b"].flatMap { key in
        [
            LabelRequirement(key: key, operator: .exists), LabelRequirement(key: key, operator: .doesNotExist),
            LabelRequirement(key: key, operator: .in, values: ["x"]), LabelRequirement(key: key, operator: .in, values: ["x", "y"]),
            LabelRequirement(key: key, operator: .notIn, values: ["x"]), LabelRequirement(key: key, operator: .notIn, values: ["", "y"]),
            LabelRequirement(key: key, operator: .in, values: []), LabelRequirement(key: key, operator: .notIn, values: nil),
        ]
    }

    @Test func `a negated requirement matches exactly what the requirement does not`() {
        for requirement in Self.requirements {
            for labels in Self.universe {
                #expect(requirement.negated.matches(labels) == !requirement.matches(labels), "\(requirement) \(labels)")
            }
            #expect(requirement.negated.negated == requirement)
        }
    }

    @Test func `a selector is the conjunction of its requirements`() {
        for first in Self.requirements {
            for second in Self.requirements {
                let selector = LabelSelector(matchExpressions: [first, second])
                for labels in Self.universe {
                    #expect(selector.matches(labels) == (first.matches(labels) && second.matches(labels)))
                }
            }
        }
    }

    @Test func `labels are requirements too, and an empty selector matches everything`() {
        let selector = LabelSelector(matchLabels: ["b": "y", "a": "x"], matchExpressions: [LabelRequirement(key: "c", operator: .exists)])
        #expect(selector.requirements.map(\.key) == ["a", "b", "c"])
        #expect(selector.matches(["a": "x", "b": "y", "c": ""]))
        #expect(!selector.matches(["a": "x", "b": "y"]))
        #expect(!selector.matches(["a": "x", "b": "z", "c": ""]))
        for labels in Self.universe { #expect(LabelSelector().matches(labels)) }
    }

    @Test func `the query text is the one of kubectl`() {
        let selector = LabelSelector(
            matchLabels: ["b": "y", "a": "x"],
            matchExpressions: [
                LabelRequirement(key: "c", operator: .in, values: ["1", "2"]), LabelRequirement(key: "d", operator: .notIn, values: ["3"]),
                LabelRequirement(key: "e", operator: .exists), LabelRequirement(key: "f", operator: .doesNotExist),
            ])
        #expect(selector.queryText == "a=x,b=y,c in (1,2),d notin (3),e,!f")
        #expect(LabelSelector().queryText == "")
    }
}

struct NodeSelectorTests {
    @Test func `a term without requirements matches nothing`() {
        #expect(!NodeSelectorTerm().matches(labels: ["a": "b"], name: "n"))
        #expect(!NodeSelectorTerm(matchExpressions: [], matchFields: []).matches(labels: [:], name: "n"))
    }

    @Test func `fields are matched against the name`() {
        let term = NodeSelectorTerm(matchFields: [LabelRequirement(key: "metadata.name", operator: .in, values: ["n"])])
        #expect(term.matches(labels: [:], name: "n"))
        #expect(!term.matches(labels: ["metadata.name": "n"], name: "other"))
    }
}

struct TolerationTests {
    @Test(arguments: [
        (Toleration(operator: "Exists"), Taint(key: "a", value: "b", effect: "NoSchedule"), true),
        (Toleration(operator: "Exists", effect: "NoExecute"), Taint(key: "a", value: "b", effect: "NoSchedule"), false),
        (Toleration(operator: "Exists", effect: "NoSchedule"), Taint(key: "a", value: "b", effect: "NoSchedule"), true),
        (Toleration(key: "a", operator: "Exists"), Taint(key: "a", value: "b", effect: "NoSchedule"), true),
        (Toleration(key: "a", operator: "Exists"), Taint(key: "c", value: "b", effect: "NoSchedule"), false),
        (Toleration(key: "a", value: "b"), Taint(key: "a", value: "b", effect: "NoSchedule"), true),
        (Toleration(key: "a", operator: "Equal", value: "b"), Taint(key: "a", value: "c", effect: "NoSchedule"), false),
        (Toleration(key: "a"), Taint(key: "a", value: nil, effect: "NoSchedule"), true),
        (Toleration(key: "a"), Taint(key: "a", value: "b", effect: "NoSchedule"), false),
        (Toleration(), Taint(key: "a", value: nil, effect: "NoSchedule"), false),
        (Toleration(key: "", operator: "Exists", effect: ""), Taint(key: "a", value: nil, effect: "NoExecute"), true),
    ])
    func `taints are tolerated by the scheduler's rule`(toleration: Toleration, taint: Taint, isTolerated: Bool) {
        #expect(toleration.tolerates(taint) == isTolerated)
    }
}

struct IntOrStringTests {
    @Test func `percentages are scaled and rounded as asked`() {
        #expect(IntOrString.int(3).scaled(to: 100, roundingUp: false) == 3)
        #expect(IntOrString.string("10%").scaled(to: 15, roundingUp: false) == 1)
        #expect(IntOrString.string("10%").scaled(to: 15, roundingUp: true) == 2)
        #expect(IntOrString.string("10%").scaled(to: 20, roundingUp: true) == 2)
        #expect(IntOrString.string("100%").scaled(to: 7, roundingUp: false) == 7)
        #expect(IntOrString.string("0%").scaled(to: 7, roundingUp: true) == 0)
        #expect(IntOrString.string("ten").scaled(to: 7, roundingUp: true) == nil)
        #expect(IntOrString.string("7").percent == nil)
    }

    @Test func `both forms survive JSON`() throws {
        let budget = PodDisruptionBudget(
            metadata: ObjectMeta(name: "b"),
            spec: PodDisruptionBudget.Spec(minAvailable: .int(1), maxUnavailable: .string("25%"), selector: nil))
        #expect(try budget.jsonValue()["spec"] == ["minAvailable": 1, "maxUnavailable": "25%"])
        #expect(try PodDisruptionBudget(budget.jsonValue()) == budget)
    }
}
