import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// The backend AuditRules on simulated nodes.
struct AuditRulesTests {
    private static let file = """
        # Audit rules
        -D
        -b 9000
        -f 1
        -w /etc/passwd -p wa -k identity
        # requires /opt/app
        -w /opt/app/config -p wa -k app
        -e 1

        """

    /// Agents that load a file; as in an agent's pod, the file is in a ConfigMap named after its content.
    private func apply(_ text: String, revision: String, _ world: World) throws {
        let name = "rules-\(revision)"
        try world.server.create(
            ConfigMap.type,
            [
                "metadata": ["name": .string(name), "namespace": .string(World.namespace)], "data": ["audit.rules.amd64": .string(text)],
            ])
        try world.apply {
            $0[["spec", "template", "metadata", "annotations", "nodeaudit.dev/revision"]] = .string(revision)
            $0[["spec", "template", "spec", "volumes"]] = [["name": "configuration", "configMap": ["name": .string(name)]]]
            $0[["spec", "template", "spec", "initContainers"]] = [
                [
                    "name": "audit-setup", "image": "setup:1", "env": [["name": "NODEAUDIT_BACKEND", "value": "AuditRules"]],
                    "volumeMounts": [["name": "configuration", "mountPath": "/etc/nodeaudit", "readOnly": true]],
                ]
            ]
        }
    }

    @Test func `rules are loaded, changed in place while the kernel is open, and not once it is locked`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            let node = world.node(0)
            try apply(Self.file, revision: "1", world)
            try await world.waitUntilReady(1)
            let first = try #require(try world.report(on: 0))
            #expect(first["outcome"] == "Active" && first["enabled"] == 1 && first["rules"] == 2 && first["unit"] == "inactive")
            #expect(first["backlogLimit"] == 9000 && first["failure"] == 1)
            try apply(Self.file.replacing("passwd", with: "shadow").replacing("-e 1", with: "-e 2"), revision: "2", world)
            try await world.waitUntilReady(1)
            let second = try #require(try world.report(on: 0))
            #expect(second["outcome"] == "Active" && second["enabled"] == 2 && second["baseline"] == first["baseline"])
            #expect(second["hash"] != first["hash"])
            try apply(Self.file, revision: "3", world)
            try await world.waitUntilReady(1)
            #expect(try world.report(on: 0)?["outcome"] == "LockedOther")
            #expect(try world.report(on: 0)?["hash"] == second["hash"])
            // Only the lock differs.
            try apply(Self.file.replacing("passwd", with: "shadow"), revision: "4", world)
            try await world.waitUntilReady(1)
            #expect(try world.report(on: 0)?["outcome"] == "Active")
            #expect(world.cluster.kernel(of: node)?.isLocked == true)
        }
    }

    @Test func `a node without a directory leaves out the rules that need it, one without auditctl has no rules`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
            $0.faults = [1: .noAuditctl]
        } _: { world in
            world.cluster.changeKernel(of: world.node(0)) { $0.missingDirectories = ["/opt/app"] }
            try apply(Self.file, revision: "1", world)
            try await world.waitUntilReady(2)
            let report = try #require(try world.report(on: 0))
            #expect(report["rules"] == 1 && report["detail"] == "rules left out: 1; this node has no /opt/app")
            #expect(try world.report(on: 1)?["outcome"] == "Unsupported")
        }
    }

    @Test func `neither a unit nor COS is needed, and a refused load fails`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
            $0.faults = [0: .noUnit, 1: .notContainerOptimized, 2: .failingUnit]
        } _: { world in
            try apply(Self.file, revision: "1", world)
            try await world.time.wait(for: "reports") {
                try (0..<3).map { try world.report(on: $0)?["outcome"] } == ["Active", "Active", "Failed"]
            }
        }
    }
}
