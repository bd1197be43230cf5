import KubeCore

/// The way of one task on one node: its pod is made, waited for, read and made again when it came to nothing.
///
/// At most one task's pod stands for a node, by its name; it is taken away by the look after the one that stored what it said.
enum TaskCourse {
    enum Answer {
        case reported(NodeReport, at: Timestamp?)
        /// The last try came to nothing; another one follows.
        case failed(String)
        case pending(reason: String, message: String)
    }

    /// How long a pod may take: images to pull, a slow unit to stop (at most five minutes in the script).
    static let patience = Duration.seconds(600)

    static func answer(from task: NodeReport.Task, _ look: NodeCase, _ plan: inout NodePlan) -> Answer {
        plan.usesTask = true
        guard let node = look.node else { return .pending(reason: "MachineAway", message: "the node is away") }
        guard let pod = look.task else { return start(task, on: node, look, &plan) }
        plan.memory.taskRefusal = ""
        if pod.isDeleting { return waiting(look, "TaskLeaving", "the pod of an earlier task is being deleted") }
        guard pod.task == task, pod.bootID == node.bootID, pod.policyName == look.intent.policyName else {
            plan.steps.append(.deleteTask(pod.key, uid: pod.uid))
            return waiting(look, "TaskLeaving", "the pod of another task is in the way")
        }
        switch pod.ending {
        case .reported(let report, let time):
            guard report.boot == node.bootID, report.task == task else {
                return failed(pod, "it reported \(report.task.rawValue) of boot \(report.boot)", look, &plan)
            }
            if report.outcome == .failed { return failed(pod, report.detail.orElse("the task failed without saying why"), look, &plan) }
            plan.memory.taskFailures = 0
            plan.memory.taskFailure = ""
            return .reported(report, at: time)
        case .unreadable(let problem): return failed(pod, problem, look, &plan)
        case .open(let reason, let message):
            let age = look.now - pod.creationTimestamp
            guard age < patience else {
                return failed(pod, "its pod has not run: \(message.orElse(reason.orElse("it is still pending")))", look, &plan)
            }
            plan.wait(patience - age)
            return waiting(look, reason.orElse("TaskRunning"), message.orElse("pod \(pod.key.name) is to run \(task.rawValue)"))
        }
    }

    private static func start(
        _ task: NodeReport.Task, on node: NodeView, _ look: NodeCase, _ plan: inout NodePlan
    ) -> Answer {
        if !look.agents.isEmpty, task != .probe, task != .reboot {
            return waiting(look, "AgentLeaving", "its agent has not left yet")
        }
        guard look.memory.nextTaskAt <= look.uptime else {
            plan.wait(look.memory.nextTaskAt - look.uptime)
            return waiting(look, "TaskWaits", "the next try follows")
        }
        guard let settings = look.intent.tasks else {
            return waiting(look, "TaskConfigurationMissing", "the ConfigMap of tasks is not there yet")
        }
        guard look.hasTaskSlot else {
            plan.waitsForTaskSlot = true
            return waiting(look, "TaskQueued", "many tasks run at once; it waits for its turn")
        }
        let pod = TaskPod.pod(for: task, on: node, settings)
        plan.steps.append(.createTask(pod))
        plan.wait(.seconds(60))
        return waiting(look, "TaskRunning", "pod \(pod.name) is to run \(task.rawValue)")
    }

    /// While a later try is under way, the earlier one's failure is what is known.
    private static func waiting(_ look: NodeCase, _ reason: String, _ message: String) -> Answer {
        if look.memory.taskFailures > 0 { return .failed(look.memory.taskFailure) }
        if !look.memory.taskRefusal.isEmpty { return .pending(reason: "TaskRefused", message: look.memory.taskRefusal) }
        return .pending(reason: reason, message: message)
    }

    private static func failed(_ pod: TaskPodView, _ problem: String, _ look: NodeCase, _ plan: inout NodePlan) -> Answer {
        repeatLater(problem, look, &plan)
        return .failed(plan.memory.taskFailure)
    }

    /// Takes the pod away and lets the next one wait: 30 s, 1 min, … up to 16 min.
    static func repeatLater(_ problem: String, _ look: NodeCase, _ plan: inout NodePlan) {
        plan.memory.taskFailures += 1
        plan.memory.taskFailure = problem.prefixOfUTF8(400)
        plan.memory.nextTaskAt = look.uptime + .seconds(30 << min(plan.memory.taskFailures - 1, 5))
        if let pod = look.task { plan.steps.append(.deleteTask(pod.key, uid: pod.uid)) }
    }
}
