import AuditCore
package import KubeClient
package import KubeCore
package import Logging

/// Waits until the cluster can be worked with, and says in one message what is missing and what to do.
///
/// Guarantees: the same finding is logged once and then every five minutes, not at each try; it heals by itself.
package struct Preflight: Sendable {
    private let client: KubeAPI
    private let configuration: OperatorConfiguration
    private let time: any TimeSource
    private let logger: Logger

    package init(client: KubeAPI, configuration: OperatorConfiguration, time: any TimeSource, logger: Logger) {
        self.client = client
        self.configuration = configuration
        self.time = time
        self.logger = logger
    }

    /// Returns once nothing is missing. Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        var lastFinding = ""
        var lastLogged = Duration.zero
        var pause = Duration.seconds(1)
        while let finding = try await finding() {
            if finding != lastFinding || time.uptime() - lastLogged > .seconds(300) {
                logger.error("cannot start yet; trying again until it works", metadata: ["reason": .string(finding)])
                lastFinding = finding
                lastLogged = time.uptime()
                pause = .seconds(1)
            }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .seconds(15))
        }
        if !lastFinding.isEmpty { logger.notice("what was missing is there now") }
    }

    /// What is missing; nil when nothing is.
    package func finding() async throws(KubeError) -> String? {
        do throws(KubeError) {
            _ = try await client.serverVersion()
        } catch {
            if error.isCancelled { throw error }
            return "the API server does not answer: \(error.message)"
        }
        var missing: [String] = []
        var forbidden: [String] = []
        for (type, namespace) in watched {
            do throws(KubeError) {
                let _: ListPage<JSONValue> = try await client.list(type, Selection(namespace: namespace), ListOptions(limit: 1))
            } catch {
                if error.isCancelled { throw error }
                switch error.code {
                case .notFound: missing.append(type.qualifiedPlural)
                case .unauthorized: return "the API server does not know who we are: \(error.message)"
                case .forbidden: forbidden.append(type.qualifiedPlural + (namespace.map { " in \($0)" } ?? ""))
                default: return "the API server cannot list \(type.qualifiedPlural): \(error.message)"
                }
            }
        }
        if !missing.isEmpty { return "not installed in this cluster: \(missing.joined(separator: ", ")); run: kubectl apply -f crds/" }
        if !forbidden.isEmpty { return "no right to list \(forbidden.joined(separator: ", ")); deploy/rbac.yaml grants what is needed" }
        return nil
    }

    private var watched: [(ResourceType, String?)] {
        let agents = configuration.agentNamespace
        return [
            (AuditPolicy.type, nil), (NodeAudit.type, nil), (Node.type, nil), (Pod.type, agents), (Pod.type, configuration.namespace),
            (DaemonSet.type, agents), (ConfigMap.type, agents), (ServiceAccount.type, agents), (NetworkPolicy.type, agents),
        ]
    }
}
