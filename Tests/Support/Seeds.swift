import Foundation

/// The seeds of a property test. A plain run takes the first few, so that it is the same each time; `hack/fuzz` takes others, in number.
package enum Seeds {
    /// `NODEAUDIT_FUZZ`: `FIRST+COUNT`, for all property tests alike.
    package static func first(_ count: Int) -> Range<Int> {
        let parts = (ProcessInfo.processInfo.environment["NODEAUDIT_FUZZ"] ?? "").split(separator: "+").compactMap { Int($0) }
        return parts.count == 2 ? parts[0]..<parts[0] + parts[1] : 0..<count
    }
}
