import AuditCore
import KubeCore
import Testing

@Suite struct NodeMarkTests {
    @Test(arguments: [
        NodeMark(policyUID: "u", isCordonedByUs: true, isKeptByUs: true), NodeMark(policyUID: "u", isCordonedByUs: false, isKeptByUs: true),
        NodeMark(policyUID: "u", isCordonedByUs: true, isKeptByUs: false),
        NodeMark(policyUID: "u", isCordonedByUs: false, isKeptByUs: false),
    ])
    func `a mark survives being written`(mark: NodeMark) { #expect(NodeMark(parsing: mark.text) == mark) }

    @Test(arguments: ["", ",", "x,y", "cordoned"]) func `a text that is no mark takes nothing back`(text: String) {
        let mark = NodeMark(parsing: text)
        #expect(!mark.isCordonedByUs && !mark.isKeptByUs)
    }
}

@Suite struct MachineChoiceTests {
    private func node(_ change: (inout NodeView) -> Void) -> NodeView {
        var node = NodeView.fixture("n1")
        change(&node)
        return node
    }

    @Test func `the machine's owner replaces it, and nobody is nobody`() {
        let cases: [(NodeView.MachineOwner?, MachineChoice)] = [
            (.computeEngine, .actor(.gceManagedInstanceGroup)), (.clusterAPI, .actor(.clusterAPI)), (.karpenter, .actor(.karpenter)),
        ]
        for (owner, choice) in cases {
            #expect(MachineChoice.choose(for: node { $0.machineOwner = owner }, .recreate, setting: .auto) == choice)
        }
        guard case .nobody(let reason) = MachineChoice.choose(for: node { $0.machineOwner = nil }, .recreate, setting: .auto) else {
            Issue.record("somebody was found")
            return
        }
        #expect(reason.contains("n1") && reason.contains("Manual"))
    }

    @Test func `a reboot asks the host, unless the policy names the instance group`() {
        let machine = node {
            $0.machineOwner = .computeEngine
            $0.providerID = "gce://p/z/n1"
        }
        #expect(MachineChoice.choose(for: machine, .reboot, setting: .auto) == .actor(.rebootTask))
        #expect(MachineChoice.choose(for: machine, .reboot, setting: .gceManagedInstanceGroup) == .actor(.gceManagedInstanceGroup))
        #expect(MachineChoice.choose(for: machine, .reboot, setting: .manual) == .actor(.manual))
    }

    @Test func `a provider that does not fit the node is refused with the reason`() {
        for setting in [AuditPolicy.Recreation.Provider.clusterAPI, .karpenter, .gceManagedInstanceGroup] {
            guard case .nobody(let reason) = MachineChoice.choose(for: node { $0.providerID = "metal://1" }, .recreate, setting: setting)
            else {
                Issue.record("\(setting) fits")
                continue
            }
            #expect(reason.contains(setting.rawValue))
        }
    }
}

@Suite struct TaskPodTests {
    @Test func `a node has one name for its task, which fits a label and differs from others`() {
        let names = (0..<500).map { TaskPod.name(on: "gke-node-\($0)") }
        #expect(Set(names).count == 500 && names.allSatisfy { $0.utf8.count <= 63 && $0.hasPrefix("nodeaudit-task-") })
    }

    @Test func `the script that tasks run is the agents', in a ConfigMap that no specification touches`() {
        let options = AgentOptions()
        var other = AuditPolicy.fixture()
        other.spec.outputs = []
        let configMap = TaskPod.configMap(for: .fixture(), options: options)
        #expect(configMap == TaskPod.configMap(for: other, options: options))
        #expect(configMap.data?["audit-setup.sh"] == AuditSetupScript.text && configMap.immutable == true)
    }
}
