/// One virtual machine of Compute Engine, by name.
package struct GCEInstance: Sendable, Hashable {
    package let project: String
    package let zone: String
    package let name: String

    init?(project: some StringProtocol, zone: some StringProtocol, name: some StringProtocol) {
        guard GCEName.isProject(project), GCEName.isResource(zone), GCEName.isResource(name) else { return nil }
        self.project = String(project)
        self.zone = String(zone)
        self.name = String(name)
    }

    /// Reads `gce://PROJECT/ZONE/INSTANCE`, strictly; nil for anything else.
    package init?(providerID: String) {
        guard providerID.utf8.starts(with: Self.scheme.utf8) else { return nil }
        let parts = providerID.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        self.init(project: parts[0], zone: parts[1], name: parts[2])
    }

    /// Reads `projects/p/zones/z/instances/i`.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "projects", parts[2] == "zones", parts[4] == "instances" else { return nil }
        self.init(project: parts[1], zone: parts[3], name: parts[5])
    }

    package var providerID: String { "\(Self.scheme)\(project)/\(zone)/\(name)" }

    /// As group methods take it.
    var partialURL: String { "zones/\(zone)/instances/\(name)" }
    var path: String { "projects/\(project)/\(partialURL)" }

    private static let scheme = "gce://"
}
