/// A set of Unicode scalars: ranges, and general categories such as `L` or `Nd`.
struct ScalarSet: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [String] = []
    private var excludedCategories: [String] = []
    private var isInverted = false
    private var foldsCase = false
    /// Which of the first 128 scalars belong to the set, once it is finished.
    private var asciiLow: UInt64 = 0
    private var asciiHigh: UInt64 = 0

    init() {}

    init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    static let digits = ScalarSet([0x30...0x39])
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let everything = ScalarSet([0...0x10_FFFF])
    static let everythingButNewline = ScalarSet([0...0x09, 0x0B...0x10_FFFF])

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }
    mutating func insert(category: String, excluded: Bool) {
        if excluded { excludedCategories.append(category) } else { categories.append(category) }
    }
    mutating func formUnion(_ other: ScalarSet) { ranges += other.ranges }

    /// All other scalars, of a set of ranges.
    var complement: ScalarSet {
        var result = ScalarSet()
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.ranges.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10_FFFF { result.ranges.append(next...0x10_FFFF) }
        return result
    }

    /// Fixes how the set is read and prepares the fast path.
    func finished(inverted: Bool, foldsCase: Bool) -> ScalarSet {
        var set = self
        set.isInverted = inverted
        set.foldsCase = foldsCase
        for value in UInt32(0)..<128 where set.containsSlowly(value) {
            if value < 64 { set.asciiLow |= 1 << UInt64(value) } else { set.asciiHigh |= 1 << UInt64(value - 64) }
        }
        return set
    }

    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return asciiLow >> UInt64(value) & 1 == 1 }
        if value < 128 { return asciiHigh >> UInt64(value - 64) & 1 == 1 }
        return containsSlowly(value)
    }

    private func containsSlowly(_ value: UInt32) -> Bool { holds(value) != isInverted }

    private func holds(_ value: UInt32) -> Bool {
        if ranges.contains(where: { $0.contains(value) }) { return true }
        guard let scalar = Unicode.Scalar(value) else { return false }
        if !categories.isEmpty || !excludedCategories.isEmpty {
            let category = Self.abbreviation(scalar.properties.generalCategory)
            if categories.contains(where: { category.hasPrefix($0) }) { return true }
            if excludedCategories.contains(where: { !category.hasPrefix($0) }) { return true }
        }
        guard foldsCase else { return false }
        for variant in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            if let folded = variant.unicodeScalars.first, variant.unicodeScalars.count == 1,
                ranges.contains(where: { $0.contains(folded.value) })
            {
                return true
            }
        }
        return false
    }

    static let knownCategories: Set<String> = [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S",
        "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cs",
    ]

    private static func abbreviation(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        default: "--"
        }
    }
}
