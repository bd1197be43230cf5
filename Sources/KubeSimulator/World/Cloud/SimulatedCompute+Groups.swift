import KubeCore
import Synchronization

extension SimulatedCompute {
    static let base = "https://www.googleapis.com/compute/v1"
    /// What one request may name.
    private static let mostInstances = 1000

    // MARK: Instances

    func instance(_ place: ComputePlace) -> ComputeAnswer {
        let now = cluster.time.uptime()
        guard place.kind == "zones", let machine = cluster.machines.machine(place.name), machine.zone == place.location,
            let status = machine.instanceStatus(at: now)
        else { return ComputeAnswer(.notFound(place.link)) }
        var items: [JSONValue] = [
            ["key": "cluster-name", "value": .string(cluster.configuration.clusterName)],
            ["key": "cluster-location", "value": .string(cluster.configuration.region)],
        ]
        if !configuration.isUngrouped {
            let location = configuration.isRegional ? "regions/\(cluster.configuration.region)" : "zones/\(machine.zone)"
            let path = "projects/\(configuration.projectNumber)/\(location)/instanceGroupManagers/\(groupName(of: machine))"
            items.append(["key": "created-by", "value": .string(path)])
        }
        return ComputeAnswer([
            "kind": "compute#instance", "id": .string(String(machine.instanceID)), "name": .string(machine.name),
            "status": .string(status), "lastStartTimestamp": .string(machine.startedAt.rfc3339(fractionDigits: 3)),
            "zone": .string("\(Self.base)/projects/\(machine.project)/zones/\(machine.zone)"),
            "selfLink": .string(link(of: machine)),
            "machineType": .string("\(Self.base)/projects/\(machine.project)/zones/\(machine.zone)/machineTypes/e2-standard-4"),
            "metadata": ["kind": "compute#metadata", "fingerprint": "abc=", "items": .array(items)],
        ])
    }

    private func link(of machine: Machine) -> String {
        "\(Self.base)/projects/\(machine.project)/zones/\(machine.zone)/instances/\(machine.name)"
    }

    private func groupName(of machine: Machine) -> String {
        configuration.isRegional
            ? "gke-\(machine.pool)-\(Fingerprint.hex("\(machine.project)/\(machine.pool)").prefix(8))-grp" : machine.group
    }

    // MARK: Groups

    private func members(_ place: ComputePlace) -> [Machine]? {
        guard place.kind == (configuration.isRegional ? "regions" : "zones") else { return nil }
        let members = cluster.machines.all.filter { machine in
            groupName(of: machine) == place.name && (configuration.isRegional || machine.zone == place.location)
        }
        return members.isEmpty ? nil : members.sorted { $0.name < $1.name }
    }

    func group(_ place: ComputePlace) -> ComputeAnswer {
        guard let members = members(place) else { return ComputeAnswer(.notFound(place.link)) }
        let now = cluster.time.uptime()
        var actions: [String: Int64] = [:]
        for machine in members { actions[machine.groupAction(at: now).lowerCamel, default: 0] += 1 }
        return ComputeAnswer([
            "kind": "compute#instanceGroupManager", "name": .string(place.name), "targetSize": .integer(Int64(members.count)),
            "baseInstanceName": .string("gke-\(cluster.configuration.clusterName)-\(cluster.configuration.pool)"),
            "currentActions": .object(actions.mapValues { .integer($0) }), "selfLink": .string("\(Self.base)/\(place.link)"),
            "status": ["isStable": .bool(actions["none"] == Int64(members.count))],
        ])
    }

    func managedInstances(_ place: ComputePlace, _ request: KubeRequest) -> ComputeAnswer {
        guard let members = members(place) else { return ComputeAnswer(.notFound(place.link)) }
        func parameter(_ name: String) -> String? { request.query.first { $0.name == name }?.value }
        let limit = parameter("maxResults").flatMap { Int($0) } ?? 500
        guard (1...500).contains(limit) else { return ComputeAnswer(.invalid("maxResults", "\(limit)")) }
        let now = cluster.time.uptime()
        let rest = members.drop { machine in parameter("pageToken").map { machine.name <= $0 } ?? false }
        let page = rest.prefix(limit)
        var answer: JSONValue = ["managedInstances": .array(page.map { managed($0, now) })]
        if rest.count > limit, let last = page.last { answer["nextPageToken"] = .string(last.name) }
        return ComputeAnswer(answer)
    }

    private func managed(_ machine: Machine, _ now: Duration) -> JSONValue {
        var value: JSONValue = [
            "instance": .string(link(of: machine)), "name": .string(machine.name), "currentAction": .string(machine.groupAction(at: now)),
            "version": ["instanceTemplate": "template"],
        ]
        if let status = machine.instanceStatus(at: now) {
            value["instanceStatus"] = .string(status)
            value["id"] = .string(String(machine.instanceID))
        }
        if case .recreating(let nodeGone, _, _) = machine.power, machine.trouble.holdsCreation, now >= nodeGone {
            let (code, message) =
                machine.trouble == .quota
                ? (
                    "QUOTA_EXCEEDED",
                    "Instance '\(machine.name)' creation failed: Quota 'CPUS' exceeded.  Limit: 24.0 in region \(cluster.configuration.region)."
                )
                : (
                    "ZONE_RESOURCE_POOL_EXHAUSTED",
                    "Instance '\(machine.name)' creation failed: The zone '\(machine.zone)' does not have enough resources available to fulfill the request."
                )
            value["lastAttempt"] = ["errors": ["errors": [["code": .string(code), "message": .string(message)]]]]
        }
        return value
    }

    // MARK: Orders

    func applyUpdates(_ place: ComputePlace, _ request: KubeRequest) -> ComputeAnswer {
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: request.body)
        } catch {
            return ComputeAnswer(ComputeRefusal(400, "parseError", "Parse Error"))
        }
        switch body["minimalAction"]?.string ?? "NONE" {
        case "RESTART": return order(.restart, place, request)
        case "REPLACE": return order(.recreate, place, request)
        case "NONE", "REFRESH": return order(nil, place, request)
        case let other: return ComputeAnswer(.invalid("minimalAction", other))
        }
    }

    /// Accepts an action for the instances that the body names. nil changes none of them.
    func order(_ action: Machine.Order.Action?, _ place: ComputePlace, _ request: KubeRequest) -> ComputeAnswer {
        guard let members = members(place) else { return ComputeAnswer(.notFound(place.link)) }
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: request.body)
        } catch {
            return ComputeAnswer(ComputeRefusal(400, "parseError", "Parse Error"))
        }
        let now = cluster.time.uptime()
        let requestID = action == .recreate ? request.query.first { $0.name == "requestId" }?.value : nil
        if let requestID {
            guard requestID.isUUID else { return ComputeAnswer(.invalid("requestId", requestID)) }
            let earlier = state.withLock { state in state.requests[requestID].flatMap { state.operations[$0] } }
            if let earlier { return ComputeAnswer(earlier.value(base: Self.base, project: place.project, now: now)) }
        }
        let named = (body["instances"]?.array ?? []).compactMap(\.string)
        guard !named.isEmpty, named.count <= Self.mostInstances else {
            return ComputeAnswer(.invalid("instances", "\(named.count) instances"))
        }
        var chosen: [Machine] = []
        for text in named {
            let parts = text.split(separator: "/").map(String.init)
            let machine = members.first { $0.name == parts.last }
            guard parts.count >= 4, parts[parts.count - 2] == "instances", let machine, machine.zone == parts[parts.count - 3] else {
                return ComputeAnswer(
                    ComputeRefusal(400, "invalid", "The instance '\(text)' is not a member of the instance group manager '\(place.name)'."))
            }
            chosen.append(machine)
        }
        let flagged = now + cluster.configuration.latency.flagging
        let operation = makeOperation(action, place, requestID, doneAt: flagged, now)
        if let action {
            for machine in chosen {
                cluster.machines.update(machine.name) { machine in
                    if machine.power == .on, machine.order == nil { machine.order = Machine.Order(action: action, at: flagged) }
                }
            }
        }
        return ComputeAnswer(operation.value(base: Self.base, project: place.project, now: now))
    }

    private func makeOperation(
        _ action: Machine.Order.Action?, _ place: ComputePlace, _ requestID: String?, doneAt: Duration, _ now: Duration
    ) -> ComputeOperation {
        state.withLock { state in
            let number = state.identity.next()
            let operation = ComputeOperation(
                id: number, name: "operation-\(state.identity.uid())",
                type: "compute.instanceGroupManagers.\(action == .recreate ? "recreateInstances" : "applyUpdatesToInstances")",
                location: "\(place.kind)/\(place.location)", target: "\(Self.base)/\(place.link)", requestID: requestID,
                insertedAt: cluster.time.now(), doneAt: doneAt, startedAt: now + .seconds(1))
            state.operations[operation.name] = operation
            if let requestID { state.requests[requestID] = operation.name }
            return operation
        }
    }

    func operation(_ place: ComputePlace) -> ComputeAnswer {
        let operation = state.withLock { $0.operations[place.name] }
        guard let operation, operation.location == "\(place.kind)/\(place.location)" else { return ComputeAnswer(.notFound(place.link)) }
        return ComputeAnswer(operation.value(base: Self.base, project: place.project, now: cluster.time.uptime()))
    }
}

extension Machine {
    /// The instance's status; nil when there is none at that time.
    fileprivate func instanceStatus(at now: Duration) -> String? {
        switch power {
        case .on, .rebooting: "RUNNING"
        case .off: "TERMINATED"
        case .recreating(let nodeGone, let running, _):
            now < nodeGone ? "STOPPING" : trouble.holdsCreation || now < running ? nil : "RUNNING"
        }
    }

    /// What the group is doing with it.
    fileprivate func groupAction(at now: Duration) -> String {
        switch power {
        case .recreating(_, let running, _): now < running || trouble.holdsCreation ? "RECREATING" : "NONE"
        case .rebooting: "RESTARTING"
        case .on, .off: isStuck ? "RECREATING" : "NONE"
        }
    }
}

extension String {
    /// As the group's counts name actions: `NONE` → `none`, `CREATING_WITHOUT_RETRIES` → `creatingWithoutRetries`.
    fileprivate var lowerCamel: String {
        let words = lowercased().split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    fileprivate var isUUID: Bool {
        let groups = split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
