/// What a report says about whether a kernel is clean.
struct CleanVerdict {
    /// In CamelCase.
    private(set) var reason: String
    private(set) var message: String
    private(set) var isClean: Bool
    /// Only another boot can make it clean.
    private(set) var isLocked: Bool

    init(_ report: NodeReport) {
        isLocked = false
        isClean = false
        let isAsBefore = !report.baseline.isEmpty && report.hash == report.baseline && report.unit != .active
        switch report.enabled {
        case 2 where isAsBefore:
            // Locked before we came, with the rules that it has now: nothing of ours is in it, and a new boot would lock it again.
            (isClean, reason, message) = (true, "LockedByOthers", "its kernel was locked by somebody else before, and is as it was")
        case 2:
            (isLocked, reason, message) = (true, "Locked", "its kernel is locked until its next boot")
        default:
            if report.outcome == .unsupported {
                (isClean, reason, message) = (true, "NothingToClean", report.detail)
            } else if report.unit == .active {
                (reason, message) = ("UnitActive", "the unit cloud-audit-setup is still active")
            } else if report.outcome == .inactive, report.baseline.isEmpty || report.hash == report.baseline {
                (isClean, reason, message) = (true, "Clean", "")
            } else {
                (reason, message) = ("RulesLeft", "\(report.rules) rules are loaded that were not there before")
            }
        }
        if !report.left.isEmpty { message += (message.isEmpty ? "" : "; ") + "not undone: \(report.left.joined(separator: ", "))" }
    }
}
