import KubeCore

extension CELLibrary {
    static let times: [CELFunction] =
        [
            CELFunction("duration", [.string], .duration) { values throws(CELError) in
                guard case .string(let text) = values[0] else { return nil }
                guard let duration = GoDuration(text) else { throw CELError("time: invalid duration \(GoText.quoted(text))") }
                return .duration(duration)
            },
            CELFunction("timestamp", [.string], .timestamp) { values throws(CELError) in
                guard case .string(let text) = values[0] else { return nil }
                guard let time = Timestamp(text) else {
                    throw CELError("parsing time \(GoText.quoted(text)) as \"2006-01-02T15:04:05Z07:00\"")
                }
                return .timestamp(time)
            },
            CELFunction("timestamp", [.int], .timestamp) { values throws(CELError) in
                guard case .int(let seconds) = values[0] else { return nil }
                return .timestamp(Timestamp(seconds: seconds))
            },
            CELFunction("_+_", [.duration, .duration], .duration) { values throws(CELError) in
                guard case .duration(let a) = values[0], case .duration(let b) = values[1] else { return nil }
                return .duration(GoDuration(nanoseconds: try checked(a.nanoseconds.addingReportingOverflow(b.nanoseconds))))
            },
            CELFunction("_-_", [.duration, .duration], .duration) { values throws(CELError) in
                guard case .duration(let a) = values[0], case .duration(let b) = values[1] else { return nil }
                return .duration(GoDuration(nanoseconds: try checked(a.nanoseconds.subtractingReportingOverflow(b.nanoseconds))))
            },
            CELFunction("_+_", [.timestamp, .duration], .timestamp) { values throws(CELError) in
                guard case .timestamp(let time) = values[0], case .duration(let span) = values[1] else { return nil }
                return .timestamp(time + .nanoseconds(span.nanoseconds))
            },
            CELFunction("_+_", [.duration, .timestamp], .timestamp) { values throws(CELError) in
                guard case .duration(let span) = values[0], case .timestamp(let time) = values[1] else { return nil }
                return .timestamp(time + .nanoseconds(span.nanoseconds))
            },
            CELFunction("_-_", [.timestamp, .duration], .timestamp) { values throws(CELError) in
                guard case .timestamp(let time) = values[0], case .duration(let span) = values[1] else { return nil }
                return .timestamp(time + .nanoseconds(-span.nanoseconds))
            },
            CELFunction("_-_", [.timestamp, .timestamp], .duration) { values throws(CELError) in
                guard case .timestamp(let a) = values[0], case .timestamp(let b) = values[1] else { return nil }
                let seconds = try checked(a.seconds.subtractingReportingOverflow(b.seconds))
                let nanoseconds = try checked(seconds.multipliedReportingOverflow(by: 1_000_000_000))
                return .duration(GoDuration(nanoseconds: nanoseconds + Int64(a.nanoseconds - b.nanoseconds)))
            },
        ] + parts

    /// `getHours()` and its kin: of a span the whole of it in that unit, of a time the part of the day, in UTC.
    private static let parts: [CELFunction] = {
        let units: [(String, Int64, Int64)] = [
            ("getHours", 3_600_000_000_000, 24), ("getMinutes", 60_000_000_000, 60), ("getSeconds", 1_000_000_000, 60),
            ("getMilliseconds", 1_000_000, 1000),
        ]
        return units.flatMap { name, unit, modulus in
            [
                CELFunction(name, member: true, [.duration], .int) { values throws(CELError) in
                    guard case .duration(let span) = values[0] else { return nil }
                    return .int(unit == 1_000_000 ? span.nanoseconds / unit % modulus : span.nanoseconds / unit)
                },
                CELFunction(name, member: true, [.timestamp], .int) { values throws(CELError) in
                    guard case .timestamp(let time) = values[0] else { return nil }
                    let secondOfDay = ((time.seconds % 86400) + 86400) % 86400
                    return .int((secondOfDay * 1_000_000_000 + Int64(time.nanoseconds)) / unit % modulus)
                },
            ]
        }
    }()

    static let optionals: [CELFunction] = [
        CELFunction("hasValue", member: true, [.optional], .bool) { values throws(CELError) in
            guard case .optional(let value) = values[0] else { return nil }
            return .bool(value != nil)
        },
        CELFunction("value", member: true, [.optional], typed: wrapped) { values throws(CELError) in
            guard case .optional(let value) = values[0] else { return nil }
            guard let value else { throw CELError("optional.none() dereference") }
            return value
        },
        CELFunction("orValue", member: true, [.optional, .any], typed: wrapped) { values throws(CELError) in
            guard case .optional(let value) = values[0] else { return nil }
            return value ?? values[1]
        },
    ]

    @Sendable private static func wrapped(_ types: [CELType]) -> CELType? {
        guard case .optional(let inner) = types[0].kind else { return .dyn }
        if types.count == 2, !inner.accepts(types[1]) { return nil }
        return inner
    }
}
