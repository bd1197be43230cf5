import KubeCore
import Testing

/// What nodeaudit relies on of an API server, asserted through every door that is open.
///
/// One set of tests over the simulator in process, the simulator over HTTP and, when `NODEAUDIT_TEST_KUBECONFIG` names one, a real
/// cluster, so that the double cannot drift from what it plays. On a cluster a run needs an administrator's rights over what it makes
/// (one namespace or a few, CustomResourceDefinitions in a group of its own and their objects), writes nothing else, and removes it all.
/// Time is the machine's; every wait is bounded.
@Suite(Stages(), .timeLimit(.minutes(5)))
struct APIServerContract {
    @Test(.enabled(if: Door.kubeconfig != nil, "NODEAUDIT_TEST_KUBECONFIG names no cluster: the simulator alone is tested"))
    func `the named cluster is of a version that nodeaudit supports`() async throws {
        let version = try await Scene(.cluster).get("/version").expecting(200).body
        let minor = Int((version["minor"]?.string ?? "").prefix { $0.isNumber }) ?? 0
        #expect(version["major"] == "1" && minor >= 30, "\(version.text())")
    }
}
