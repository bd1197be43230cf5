/// What one node counts for, in the numbers of the policy that is responsible for it.
struct Standing {
    var name: String
    /// nil: nobody has looked at it yet.
    var assessment: NodeAssessment?
    /// It no longer matches and is left as it is: a fact beside the states.
    var isLeft = false
    /// It cannot take work, or is in our hands.
    var isUnavailable = false
    /// It is not Ready, and not by our doing.
    var isAilingByItself = false
    var phase: NodeRecreation.Phase?
    /// It did not come back; with the retry annotation of that time.
    var failure: NodeRecreation.Failure?
    /// What keeps its pods from leaving.
    var blocker: String?
    /// Nobody could replace its machine.
    var lacksProvider = false
}
