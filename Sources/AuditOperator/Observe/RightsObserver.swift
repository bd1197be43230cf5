import AuditCore
package import KubeClient
package import KubeCore
package import Logging

/// Asks now and then whether the operator may do what a recreation needs, so that policies can say so before anybody needs it.
///
/// Those rights are a ClusterRole of their own, which may be left out.
package struct RightsObserver: Sendable {
    private static let pause = Duration.seconds(600)
    private static let reviews = ResourceType(
        group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview", plural: "selfsubjectaccessreviews",
        isNamespaced: false)
    /// Verb, resource, subresource.
    private static let needed = [
        ("get", "nodes", ""), ("patch", "nodes", ""), ("list", "pods", ""), ("watch", "pods", ""), ("create", "pods", "eviction"),
    ]

    private let client: KubeAPI
    private let model: ClusterModel
    private let time: any TimeSource
    private let logger: Logger

    package init(client: KubeAPI, model: ClusterModel, time: any TimeSource, logger: Logger) {
        self.client = client
        self.model = model
        self.time = time
        self.logger = logger
    }

    /// Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        while true {
            do throws(KubeError) {
                let missing = try await missing()
                model.change { $0.setMissingRights(missing) }
            } catch {
                if error.isCancelled { throw error }
                logger.warning("rights cannot be reviewed", metadata: ["error": .string(error.message)])
            }
            try await time.sleep(for: Self.pause)
        }
    }

    private func missing() async throws(KubeError) -> [String] {
        var missing: [String] = []
        for (verb, resource, subresource) in Self.needed {
            let asked: JSONValue = [
                "verb": .string(verb), "group": "", "version": "v1", "resource": .string(resource), "subresource": .string(subresource),
            ]
            let review: JSONValue = [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": ["resourceAttributes": asked],
            ]
            let request = KubeRequest(method: .post, path: Self.reviews.path(), contentType: "application/json", body: review.serialized)
            let answer = try await client.json(for: request)
            guard answer["status"]?["allowed"]?.bool != true else { continue }
            missing.append("\(verb) \(resource)\(subresource.isEmpty ? "" : "/\(subresource)")")
        }
        return missing
    }
}
