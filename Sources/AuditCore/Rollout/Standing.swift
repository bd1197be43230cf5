/// What one node counts for, in the numbers of the policy that is responsible for it.
struct Standing {
    var name: String
    /// nil: nobody has looked at it yet.
    var assessment: NodeAssessment?
    var traits: Traits
    /// nil for most.
    var recreation: Fleet.OpenRecreation?

    struct Traits: OptionSet {
        let rawValue: UInt8

        /// It no longer matches and is left as it is: a fact beside the states.
        static let isLeft = Traits(rawValue: 1)
        /// It cannot take work, or is in our hands.
        static let isUnavailable = Traits(rawValue: 2)
        /// It is not Ready, and not by our doing.
        static let isAilingByItself = Traits(rawValue: 4)
        /// Nobody could replace its machine.
        static let lacksProvider = Traits(rawValue: 8)
    }
}
