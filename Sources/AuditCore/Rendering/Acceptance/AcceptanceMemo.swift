import KubeCore

/// The last judgement of one policy. A policy is looked at up to once a second and its rules take long to check, each against all
/// others; what was judged does not change with the looks.
struct AcceptanceMemo {
    private struct Question: Hashable {
        var name: String
        var spec: AuditPolicy.Spec
        var options: AgentOptions
        var winner: String?
        var count: Int?
        var node: String?
    }

    private var last: (question: Question, answer: PolicySnapshot.Rendering)?

    /// As `Acceptance.judge`, which asks for nothing else of the policy than its name and its specification.
    mutating func judge(
        _ policy: AuditPolicy, options: AgentOptions, overlap: (winner: String, count: Int, node: String)?
    ) -> PolicySnapshot.Rendering {
        let question = Question(
            name: policy.name, spec: policy.spec, options: options, winner: overlap?.winner, count: overlap?.count, node: overlap?.node)
        if let last, last.question == question { return last.answer }
        let answer = Acceptance.judge(policy, options: options, overlap: overlap)
        last = (question, answer)
        return answer
    }
}
