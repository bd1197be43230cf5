/// What a Node carries while it is in our hands: whose it is, and what of it was changed and must be taken back.
///
/// As an annotation it outlives the record: a node whose record is lost is found and released by it.
package struct NodeMark: Sendable, Hashable {
    package var policyUID: String
    /// We made it unschedulable; false when somebody else had before us.
    package var isCordonedByUs: Bool
    /// We told the autoscaler to keep it.
    package var isKeptByUs: Bool

    package init(policyUID: String, isCordonedByUs: Bool, isKeptByUs: Bool) {
        self.policyUID = policyUID
        self.isCordonedByUs = isCordonedByUs
        self.isKeptByUs = isKeptByUs
    }

    private static let cordoned = "cordoned"
    private static let kept = "kept"

    /// `UID,cordoned,kept`, each word where it holds. A text that is no such list is a mark of nobody's: only its parts count.
    package init(parsing text: String) {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        policyUID = words.first ?? ""
        isCordonedByUs = words.dropFirst().contains(Self.cordoned)
        isKeptByUs = words.dropFirst().contains(Self.kept)
    }

    package var text: String {
        ([policyUID] + (isCordonedByUs ? [Self.cordoned] : []) + (isKeptByUs ? [Self.kept] : [])).joined(separator: ",")
    }
}
