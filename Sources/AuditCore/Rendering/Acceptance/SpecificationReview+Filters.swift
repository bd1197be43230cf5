extension SpecificationReview {
    mutating func reviewFilters(_ filters: [AuditPolicy.Filter]) {
        var names: Set<String> = []
        for (index, filter) in filters.enumerated() {
            let path = "spec.filters[\(index)]"
            reviewEntryName(filter.name, path: path, known: &names)
            let block = "\(path).\(filter.type.block)"
            switch filter.type {
            case .dropRecordTypes:
                if let settings = filter.dropRecordTypes { reviewTypes(settings, path: block) } else { missing(filter, path) }
            case .dropMatching:
                if let settings = filter.dropMatching { reviewMatching(settings, path: block) } else { missing(filter, path) }
            case .keepMatching:
                if let settings = filter.keepMatching { reviewMatching(settings, path: block) } else { missing(filter, path) }
            case .pruneFields: if let settings = filter.pruneFields { reviewPruning(settings, path: block) } else { missing(filter, path) }
            case .rateLimit: if let settings = filter.rateLimit { reviewRate(settings, path: block) } else { missing(filter, path) }
            }
        }
    }

    private mutating func missing(_ filter: AuditPolicy.Filter, _ path: String) {
        refuse(path, "the type \(filter.type.rawValue) needs \(filter.type.block)")
    }

    private mutating func reviewTypes(_ settings: AuditPolicy.DropRecordTypes, path: String) {
        if settings.recordTypes.isEmpty { refuse("\(path).recordTypes", "is empty") }
        for (place, type) in settings.recordTypes.enumerated() where !type.isJournalField {
            refuse("\(path).recordTypes[\(place)]", "record types are written like PATH or USER_START")
        }
    }

    /// Anything but control characters will do: every sign that could mean something to the collector is escaped.
    private mutating func reviewMatching(_ settings: AuditPolicy.Matching, path: String) {
        if !settings.field.isJournalField { refuse("\(path).field", "journal fields are written like MESSAGE or _EXE") }
        if settings.values.isEmpty { refuse("\(path).values", "is empty") }
        for (index, value) in settings.values.enumerated() {
            let place = "\(path).values[\(index)]"
            if value.isEmpty, settings.operator != .in {
                refuse(place, "an empty text is in every value; all records that have the field would match")
            } else if settings.operator == .regex, let problem = RegularExpressionCheck.problem(in: value) {
                refuse(place, problem)
            } else if value.unicodeScalars.contains(where: \.isControl) {
                refuse(place, "has a control character or a line break")
            } else if value.utf8.count > 4096 {
                refuse(place, "has more than 4,096 bytes")
            }
        }
    }

    private mutating func reviewPruning(_ settings: AuditPolicy.PruneFields, path: String) {
        if settings.fields.isEmpty { refuse("\(path).fields", "is empty") }
        for (index, field) in settings.fields.enumerated() {
            if !field.isJournalField {
                refuse("\(path).fields[\(index)]", "journal fields are written like MESSAGE or _EXE")
            } else if settings.mode == .remove, AuditPolicy.PruneFields.protected.contains(field) {
                refuse("\(path).fields[\(index)]", "\(field) tells records apart and is never removed")
            }
        }
    }

    private mutating func reviewRate(_ settings: AuditPolicy.RateLimit, path: String) {
        if !(2...1_000_000).contains(settings.recordsPerSecond) { refuse("\(path).recordsPerSecond", "is not from 2 to 1000000") }
        if !(2...3600).contains(settings.windowSeconds) { refuse("\(path).windowSeconds", "is not from 2 to 3600") }
        warn(path, "what a node writes beyond it is lost, whatever it is; the collector's metrics count it")
    }
}
