import KubeCore

extension Status {
    /// A refusal as protobuf. Errors: `.malformedResponse`, also for another kind.
    init(protobuf wrapped: ArraySlice<UInt8>) throws(KubeError) {
        let object = try ProtoObject(wrapped)
        guard object.kind == "Status" else { throw KubeError(.malformedResponse, "\(object.kind) instead of a Status") }
        self.init(status: nil, message: nil, reason: nil, code: nil)
        var cursor = ProtoCursor(object.bytes)
        while let field = try cursor.next() {
            switch field.number {
            case 2: status = try cursor.someText(field)
            case 3: message = try cursor.someText(field)
            case 4: reason = try cursor.someText(field)
            case 5: details = try Details(&cursor, field)
            case 6: code = try cursor.integer(field)
            default: break
            }
        }
    }
}

extension Status.Details {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: name = try cursor.someText(field)
            case 2: group = try cursor.someText(field)
            case 3: kind = try cursor.someText(field)
            case 4: causes = try (causes ?? []) + [Status.Cause(&cursor, field)]
            case 5:
                let seconds = try cursor.integer(field)
                retryAfterSeconds = seconds == 0 ? nil : seconds
            case 6: uid = try cursor.someText(field)
            default: break
            }
        }
    }
}

extension Status.Cause {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field) throws(KubeError) {
        self.init(reason: nil, message: nil)
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: reason = try cursor.someText(field)
            case 2: self.message = try cursor.someText(field)
            case 3: self.field = try cursor.someText(field)
            default: break
            }
        }
    }
}
