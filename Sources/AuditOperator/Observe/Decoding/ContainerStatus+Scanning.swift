import KubeClient
import KubeCore

extension ContainerStatus {
    /// Readiness and both states, of which the collector's health and the set-up's report are told.
    init(
        _ name: String, scanning bytes: ArraySlice<UInt8>, _ field: StaticString, _ pool: inout StringPool
    ) throws(KubeError) {
        self.init(name: name, restartCount: nil)
        var cursor = JSONCursor(bytes)
        try cursor.fields(of: field) { (cursor, name) throws(KubeError) in
            if name.spells("ready") {
                ready = try cursor.flag("containerStatuses.ready")
            } else if name.spells("state") {
                state = try cursor.takeNull("containerStatuses.state") ? nil : ContainerState(scanning: &cursor, &pool)
            } else if name.spells("lastState") {
                lastState = try cursor.takeNull("containerStatuses.lastState") ? nil : ContainerState(scanning: &cursor, &pool)
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension ContainerState {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        try cursor.fields(of: "containerStatuses.state") { (cursor, name) throws(KubeError) in
            if name.spells("waiting") {
                waiting = try cursor.takeNull("state.waiting") ? nil : Waiting(scanning: &cursor, &pool)
            } else if name.spells("running") {
                // That it runs is what counts, not since when.
                running = try cursor.takeNull("state.running") ? nil : Running(scanning: &cursor)
            } else if name.spells("terminated") {
                terminated = try cursor.takeNull("state.terminated") ? nil : Terminated(scanning: &cursor)
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension ContainerState.Waiting {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(reason: nil)
        try cursor.fields(of: "state.waiting") { (cursor, name) throws(KubeError) in
            if name.spells("reason") {
                reason = try cursor.pooledText("state.waiting.reason", &pool)
            } else if name.spells("message") {
                message = try cursor.pooledText("state.waiting.message", &pool)
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension ContainerState.Running {
    fileprivate init(scanning cursor: inout JSONCursor) throws(KubeError) {
        self.init()
        try cursor.fields(of: "state.running") { (cursor, _) throws(KubeError) in try cursor.skipValue() }
    }
}

extension ContainerState.Terminated {
    fileprivate init(scanning cursor: inout JSONCursor) throws(KubeError) {
        var code: Int?
        var message: String?
        var finishedAt: Timestamp?
        try cursor.fields(of: "state.terminated") { (cursor, name) throws(KubeError) in
            if name.spells("exitCode") {
                code = try cursor.integer("state.terminated.exitCode")
            } else if name.spells("message") {
                message = try cursor.text("state.terminated.message")
            } else if name.spells("finishedAt") {
                finishedAt = try cursor.time("state.terminated.finishedAt")
            } else {
                try cursor.skipValue()
            }
        }
        guard let code else { throw KubeError(.malformedResponse, "state.terminated.exitCode: missing") }
        self.init(exitCode: code, message: message, finishedAt: finishedAt)
    }
}
