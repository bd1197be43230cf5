import KubeCore
import Synchronization

/// One watch: frames on demand, so a reader that does not pull costs nothing and delays nobody.
///
/// Guarantees: every change after the start that concerns the selection appears exactly once and in order; a change that moves an
/// object into the selection is ADDED, one that moves it out DELETED; bookmarks each minute and from two seconds before the end;
/// `410 Expired` as an ERROR frame when the history no longer reaches back to the reader.
final class WatchStream: Sendable {
    private struct Progress {
        /// Everything up to here has been looked at.
        var revision: Int64
        var initial: [StoredObject]
        var position = 0
        var sendsInitialEnd: Bool
        var nextBookmark: Duration
        var frames = 0
        var isEnded = false
        /// With delayed events: what happened up to a revision is shown from a time on.
        var held: (revision: Int64, until: Duration)?
        var shown: Int64
    }

    private let server: SimulatedAPIServer
    private let call: APICall
    private let definition: ResourceDefinition
    private let selection: Selection
    private let form: ResponseForm
    private let fault: Fault?
    private let sendsBookmarks: Bool
    /// Only what is newer is bookmarked, but then each time: a watch without anything newer stays silent, as the server's do.
    private let newest: Int64
    private let end: Duration
    private let progress: Mutex<Progress>
    /// What a frame of each type begins with.
    private let heads: [String: [UInt8]]
    /// Frames of one chunk at most.
    private static let batch = 256

    /// - Parameters:
    ///   - revision: where the history is joined.
    ///   - newest: the last revision that was there when the watch began.
    ///   - initial: objects sent first as ADDED.
    ///   - timeout: how long the watch lasts.
    init(
        server: SimulatedAPIServer, call: APICall, definition: ResourceDefinition, selection: Selection, form: ResponseForm, fault: Fault?,
        revision: Int64, newest: Int64, initial: [StoredObject], sendsInitialEnd: Bool, timeout: Duration
    ) {
        self.server = server
        self.call = call
        self.definition = definition
        self.selection = selection
        self.form = form
        self.fault = fault
        self.newest = newest
        sendsBookmarks = call.flag("allowWatchBookmarks")
        var heads: [String: [UInt8]] = [:]
        for type in ["ADDED", "MODIFIED", "DELETED"] {
            heads[type] = Array("{\"type\":\"\(type)\",\"object\":".utf8) + call.objectHead(definition)
        }
        self.heads = heads
        let now = server.time.uptime()
        end = now + timeout
        let first = Self.bookmark(after: now, end: now + timeout) + (fault?.bookmarkDelay ?? .zero)
        progress = Mutex(
            Progress(
                revision: revision, initial: initial, sendsInitialEnd: sendsInitialEnd && sendsBookmarks, nextBookmark: first,
                shown: revision))
    }

    /// Each minute, two seconds before the end, and each second from then on.
    private static func bookmark(after now: Duration, end: Duration) -> Duration {
        let beforeEnd = end - .seconds(2)
        return now >= beforeEnd ? now + .milliseconds(1_125) : min(now + .seconds(60), beforeEnd)
    }

    func next() async throws(KubeError) -> [UInt8]? {
        while true {
            if Task.isCancelled { throw KubeError(.cancelled, "cancelled while watching") }
            let now = server.time.uptime()
            let (bytes, wakeAt) = try gather(now: now)
            if let bytes, !bytes.isEmpty { return bytes }
            guard let wakeAt else { return nil }
            try await wait(for: wakeAt - now)
        }
    }

    /// The frames that are due, or when to look again; neither at the end.
    private func gather(now: Duration) throws(KubeError) -> ([UInt8]?, Duration?) {
        let result: Result<([UInt8]?, Duration?), KubeError> = progress.withLock { progress in
            if progress.isEnded { return .success((nil, nil)) }
            var frames = dueFrames(&progress, now: now)
            if let limit = fault?.cutAfterFrames, progress.frames + frames.count >= limit {
                frames = Array(frames.prefix(limit - progress.frames))
                progress.frames += frames.count
                if !frames.isEmpty { return .success((Self.joined(frames), nil)) }
                progress.isEnded = true
                if let error = fault?.cutError { return .failure(error) }
                return .success((nil, nil))
            }
            progress.frames += frames.count
            if !frames.isEmpty { return .success((Self.joined(frames), nil)) }
            if progress.isEnded || now >= end {
                progress.isEnded = true
                return .success((nil, nil))
            }
            let wakeAt = sendsBookmarks ? min(end, progress.nextBookmark) : end
            return .success((nil, min(wakeAt, progress.held?.until ?? wakeAt)))
        }
        return try result.get()
    }

    private func dueFrames(_ progress: inout Progress, now: Duration) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while progress.position < progress.initial.count, frames.count < Self.batch {
            frames.append(frame("ADDED", progress.initial[progress.position]))
            progress.position += 1
        }
        if progress.position < progress.initial.count { return frames }
        progress.initial = []
        progress.position = 0
        if progress.sendsInitialEnd {
            progress.sendsInitialEnd = false
            frames.append(bookmarkFrame(progress.revision, isInitialEnd: true))
        }
        if !frames.isEmpty { return frames }
        let limit = visibleRevision(&progress, now: now)
        let (changes, current, floor, reached) = server.state.withLock { state -> ([StoredChange]?, Int64, Int64?, Int64) in
            let table = state.store.tables[definition.storage]
            // A copy, so that the next write need not copy the whole history.
            let changes = table?.changes(after: progress.revision).map { Array($0.prefix(Self.batch)) }
            return (changes, state.store.revision, table?.floor, table?.reached ?? 0)
        }
        guard let changes else {
            progress.isEnded = true
            // The kind is no longer served: the watch just ends.
            guard let floor else { return [] }
            return [errorFrame(.expired("too old resource version: \(progress.revision) (\(floor))"))]
        }
        for change in changes {
            if let limit, change.revision > limit { return frames }
            progress.revision = change.revision
            if let frame = frame(for: change) { frames.append(frame) }
        }
        if changes.count < Self.batch { progress.revision = max(progress.revision, min(current, limit ?? current)) }
        if frames.isEmpty, sendsBookmarks, now >= progress.nextBookmark, now < end {
            progress.nextBookmark = Self.bookmark(after: now, end: end)
            let known = server.configuration.notifiesProgress ? progress.revision : min(progress.revision, reached)
            if known > newest { frames.append(bookmarkFrame(known, isInitialEnd: false)) }
        }
        return frames
    }

    private static func joined(_ frames: [[UInt8]]) -> [UInt8] {
        if frames.count == 1 { return frames[0] }
        var bytes: [UInt8] = []
        for frame in frames { bytes.append(contentsOf: frame) }
        return bytes
    }

    /// With delayed events, the last revision that may be shown; nil for all.
    private func visibleRevision(_ progress: inout Progress, now: Duration) -> Int64? {
        guard let delay = fault?.eventDelay else { return nil }
        if let held = progress.held, held.until <= now {
            progress.shown = held.revision
            progress.held = nil
        }
        let current = server.revision
        if progress.held == nil, current > progress.shown { progress.held = (current, now + delay) }
        return progress.shown
    }

    // MARK: Frames

    private func frame(for change: StoredChange) -> [UInt8]? {
        let isIn = change.kind != .deleted && selection.matches(change.object)
        let wasIn = change.previous.map(selection.matches) ?? false
        switch (wasIn, isIn) {
        case (false, false): return nil
        case (false, true): return frame("ADDED", change.object)
        case (true, true): return frame("MODIFIED", change.object)
        case (true, false):
            if change.kind == .deleted { return frame("DELETED", change.object) }
            // It left the selection: what it was last inside, at the revision of the change.
            let last = change.previous?.value ?? change.object.value
            return frame(
                "DELETED",
                StoredObject(key: change.object.key, revision: change.revision, value: last.withResourceVersion(change.revision)))
        }
    }

    private func frame(_ type: String, _ object: StoredObject) -> [UInt8] {
        switch form {
        case .object:
            var frame = heads[type] ?? []
            frame.append(contentsOf: definition.memberBytes(of: object))
            frame.append(contentsOf: [0x7D, 0x7D, 0x0A])
            return frame
        case .protobuf: return ProtobufEncoder.frame(type, wrapped: object.protobuf)
        case .partialMetadata: return frame(type, object.value.partialMetadata)
        case .table:
            let value = definition.view(object.value, in: call.apiVersion)
            var table = definition.table(of: [value], call: call, now: server.time.now(), isList: false)
            let isFirst = isFirstTable.exchange(false)
            if !isFirst { table["columnDefinitions"] = .null }
            return frame(type, table)
        }
    }

    private let isFirstTable = OnceFlag()

    private func frame(_ type: String, _ object: JSONValue) -> [UInt8] { form.frame(type, object) }

    private func bookmarkFrame(_ revision: Int64, isInitialEnd: Bool) -> [UInt8] {
        var metadata: JSONValue = ["resourceVersion": .string(String(revision))]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        var object: JSONValue = [
            "kind": .string(definition.type.kind), "apiVersion": .string(call.apiVersion), "metadata": metadata,
        ]
        definition.normalize(&object)
        switch form {
        case .object, .protobuf: return form.frame("BOOKMARK", object)
        case .partialMetadata: return frame("BOOKMARK", object.partialMetadata)
        case .table:
            return frame("BOOKMARK", definition.table(of: [object], call: call, now: server.time.now(), isList: false))
        }
    }

    private func errorFrame(_ error: KubeError) -> [UInt8] { frame("ERROR", error.statusObject) }

    // MARK: Waiting

    /// Returns when the table has changed, when the duration is over or when the task is cancelled.
    private func wait(for duration: Duration) async throws(KubeError) {
        let time = server.time
        let revision = progress.withLock { max($0.revision, $0.held?.revision ?? 0) }
        let server = server
        let resource = definition.storage
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.waitForChange(of: resource, after: revision) }
            group.addTask {
                do throws(KubeError) {
                    try await time.sleep(for: duration)
                } catch {
                    // Cancelled: the table has changed, or the reader has gone.
                }
            }
            await group.next()
            group.cancelAll()
        }
        if Task.isCancelled { throw KubeError(.cancelled, "cancelled while watching") }
    }
}

/// True the first time it is asked.
final class OnceFlag: Sendable {
    private let value = Mutex(true)

    func exchange(_ new: Bool) -> Bool {
        value.withLock { value in
            defer { value = new }
            return value
        }
    }
}

extension SimulatedAPIServer {
    /// Returns when the table has a change after `revision`, when it is gone, or when the task is cancelled.
    func waitForChange(of resource: GroupResource, after revision: Int64) async {
        let identifier = state.withLock { $0.store.makeIdentifier() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.store.wait(for: resource, after: revision, as: identifier, continuation) }
                if Task.isCancelled { state.withLock { $0.store.stopWaiting(for: resource, as: identifier) } }
            }
        } onCancel: {
            state.withLock { $0.store.stopWaiting(for: resource, as: identifier) }
        }
    }

    func watch(_ call: APICall, _ definition: ResourceDefinition, _ fault: Fault?) throws(KubeError) -> Outcome {
        let form = try call.form(definition, isStream: true)
        let selection = try Selection(call, definition)
        let version = call.query["resourceVersion"] ?? ""
        let wantsInitial = try Self.sendsInitialEvents(call)
        guard let start = version.isEmpty ? 0 : UInt64(version) else {
            throw KubeError(
                httpStatus: 500,
                status: Status(
                    message: "resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax",
                    reason: nil, code: 500))
        }
        let (table, current, jitter) = state.withLock { state in
            (state.store.tables[definition.storage], state.store.revision, state.identity.next() % 1800)
        }
        let seconds = call.query["timeoutSeconds"].flatMap { Int64($0) } ?? 0
        let timeout = Duration.seconds(seconds > 0 ? seconds : 1800 + Int64(jitter))
        var revision = Int64(clamping: start)
        var initial: [StoredObject] = []
        if wantsInitial == true, call.asksForNewest { state.withLock { $0.store.confirm(definition.storage) } }
        if wantsInitial ?? (start == 0) {
            revision = current
            if let past = fault?.readsAsOf, past < current, let snapshot = table?.snapshot(at: past) {
                revision = past
                initial = snapshot.list(namespace: selection.namespace).filter(selection.matches)
            } else {
                initial = table?.list(namespace: selection.namespace).filter(selection.matches) ?? []
            }
        } else if start == 0 {
            revision = current
        }
        if let floor = table?.floor, revision < floor {
            let error = KubeError.expired("too old resource version: \(revision) (\(floor))")
            return Outcome(answer: .bytes(200, form.frame("ERROR", error.statusObject)), contentType: form.streamType)
        }
        let stream = WatchStream(
            server: self, call: call, definition: definition, selection: selection, form: form, fault: fault, revision: revision,
            newest: max(revision, table?.latest ?? 0), initial: initial, sendsInitialEnd: wantsInitial == true, timeout: timeout)
        return Outcome(
            answer: .stream(KubeBody { () async throws(KubeError) -> [UInt8]? in try await stream.next() }), contentType: form.streamType)
    }

    /// Nil when the client does not say.
    private static func sendsInitialEvents(_ call: APICall) throws(KubeError) -> Bool? {
        guard call.query["sendInitialEvents"] != nil else { return nil }
        let options = GroupResource(group: "meta.k8s.io", resource: "ListOptions")
        guard call.query["resourceVersionMatch"] == "NotOlderThan" else {
            throw .invalid(
                options, "",
                [.forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")])
        }
        return call.flag("sendInitialEvents")
    }
}
