/// Why an expression has no value.
struct CELError: Error, Sendable, Hashable {
    var message: String

    init(_ message: String) { self.message = message }

    static let noSuchOverload = CELError("no such overload")
    static let costLimit = CELError("operation cancelled: actual cost limit exceeded")
}

/// One signature of a function: what it takes, what it gives, what it costs, how it is carried out.
struct CELFunction: Sendable {
    /// What a parameter accepts.
    enum Parameter: Sendable {
        case any, bool, int, uint, double, number, string, bytes, duration, timestamp, list, map, quantity, ip, cidr, optional

        func accepts(_ type: CELType) -> Bool {
            switch (self, type.kind) {
            case (.any, _), (_, .dyn), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string),
                (.bytes, .bytes),
                (.duration, .duration), (.timestamp, .timestamp), (.list, .list), (.map, .map), (.quantity, .quantity), (.ip, .ip),
                (.cidr, .cidr), (.optional, .optional), (.number, .int), (.number, .uint), (.number, .double):
                true
            default: false
            }
        }
    }

    let name: String
    /// Whether the first parameter stands before the dot.
    let isMember: Bool
    let parameters: [Parameter]
    /// From the types of the arguments; nil when they do not go together after all.
    let result: @Sendable ([CELType]) -> CELType?
    /// The most it can cost, without its arguments.
    let cost: @Sendable ([CELType]) -> UInt64
    /// Nil when the values are of other types than the parameters.
    let body: @Sendable ([CELValue]) throws(CELError) -> CELValue?

    init(
        _ name: String, member: Bool = false, _ parameters: [Parameter], _ result: CELType.Kind,
        cost: @escaping @Sendable ([CELType]) -> UInt64 = { _ in 1 },
        body: @escaping @Sendable ([CELValue]) throws(CELError) -> CELValue?
    ) {
        self.init(name, member: member, parameters, typed: { _ in CELType(result) }, cost: cost, body: body)
    }

    init(
        _ name: String, member: Bool = false, _ parameters: [Parameter], typed result: @escaping @Sendable ([CELType]) -> CELType?,
        cost: @escaping @Sendable ([CELType]) -> UInt64 = { _ in 1 },
        body: @escaping @Sendable ([CELValue]) throws(CELError) -> CELValue?
    ) {
        self.name = name
        isMember = member
        self.parameters = parameters
        self.result = result
        self.cost = cost
        self.body = body
    }
}

/// The functions that rules may call: CEL's own and those of Kubernetes that this library knows.
enum CELLibrary {
    struct Key: Hashable, Sendable {
        var name: String
        var isMember: Bool
    }

    static let functions: [Key: [CELFunction]] = {
        let all = operators + conversions + strings + lists + times + quantities + addresses + optionals
        return Dictionary(grouping: all) { Key(name: $0.name, isMember: $0.isMember) }
    }()

    static func overloads(_ name: String, isMember: Bool) -> [CELFunction] { functions[Key(name: name, isMember: isMember)] ?? [] }
}

/// Arithmetic of costs: it stops at the top instead of wrapping round.
enum CELCost {
    /// Reading a string once costs a tenth of its bytes.
    static func traversal(_ size: UInt64, factor: Double = 0.1) -> UInt64 {
        let cost = (Double(size) * factor).rounded(.up)
        return cost >= 1.8e19 ? .max : UInt64(cost)
    }

    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }

    /// A regular expression against a text.
    static func match(_ text: UInt64, _ pattern: UInt64) -> UInt64 {
        product(traversal(sum(text, 1)), traversal(pattern, factor: 0.25))
    }
}
