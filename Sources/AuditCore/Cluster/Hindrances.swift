/// What keeps nodes from being recreated, whatever their policy: begun ones go on, no other is begun.
package struct Hindrances: Sendable, Hashable {
    package struct TaskRefusal: Sendable, Hashable {
        package var reason: String
        /// On the monotonic clock.
        package var at: Duration
    }

    /// Rights that the operator lacks, as `verb resource`, sorted.
    package var missingRights: [String] = []
    /// Why the API server took no task's pod when last asked: without them nothing can be verified.
    package var taskRefusal: TaskRefusal?
    /// Why the API server takes no records: without them nothing may be begun.
    package var recordRefusal: String?

    package init() {}

    /// In CamelCase and in words; nil for none.
    func reason(uptime: Duration) -> (String, String)? {
        if let recordRefusal { return ("RecordsRefused", "NodeAudits cannot be written: \(recordRefusal)") }
        if !missingRights.isEmpty {
            let lack = missingRights.joined(separator: ", ")
            return ("NoRights", "the operator may not \(lack); the ClusterRole nodeaudit-recreation of deploy/rbac.yaml grants it")
        }
        if let taskRefusal, uptime - taskRefusal.at < .seconds(60) { return ("TasksRefused", taskRefusal.reason) }
        return nil
    }
}
