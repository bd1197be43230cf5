/// A managed instance group: zonal, as GKE's node pools are, or regional.
struct GCEGroup: Sendable, Hashable {
    enum Location: Sendable, Hashable {
        case zone(String)
        case region(String)

        /// `zones/us-east1-b` or `regions/us-east1`.
        var path: String {
            switch self {
            case .zone(let name): "zones/\(name)"
            case .region(let name): "regions/\(name)"
            }
        }
    }

    let project: String
    let location: Location
    let name: String

    /// Reads `projects/P/zones/Z/instanceGroupManagers/G`, or the same with `regions/R`, as the metadata item `created-by` has it;
    /// a leading slash or an API's address before it is let pass.
    init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        if parts.count > 6 { parts = parts.suffix(6) }
        guard parts.count == 6, let start = parts.indices.first, parts[start] == "projects", parts[start + 4] == "instanceGroupManagers",
            GCEName.isProject(parts[start + 1]), GCEName.isResource(parts[start + 3]), GCEName.isResource(parts[start + 5])
        else { return nil }
        switch parts[start + 2] {
        case "zones": location = .zone(String(parts[start + 3]))
        case "regions": location = .region(String(parts[start + 3]))
        default: return nil
        }
        project = String(parts[start + 1])
        name = String(parts[start + 5])
    }

    private init(project: String, location: Location, name: String) {
        self.project = project
        self.location = location
        self.name = name
    }

    /// The same group with the project written as the instance has it: `created-by` has its number, and a group's instances are
    /// always in its own project.
    func inProject(of instance: GCEInstance) -> GCEGroup { GCEGroup(project: instance.project, location: location, name: name) }

    func canHold(_ instance: GCEInstance) -> Bool {
        switch location {
        case .zone(let zone): instance.zone == zone
        case .region(let region): instance.zone.hasPrefix(region + "-")
        }
    }

    var path: String { "projects/\(project)/\(location.path)/instanceGroupManagers/\(name)" }

    func operationPath(_ operation: String) -> String { "projects/\(project)/\(location.path)/operations/\(operation)" }
}
