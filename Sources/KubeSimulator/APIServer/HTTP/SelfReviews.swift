import KubeCore

/// What `kubectl auth can-i` and `whoami` ask.
extension SimulatedAPIServer {
    /// The answer to a review; nil for any other kind.
    func review(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome? {
        switch definition.type.kind {
        case "SelfSubjectAccessReview":
            var (review, _) = try call.decodeObject(definition)
            let isAllowed = try withState { state throws(KubeError) in
                do throws(KubeError) {
                    try state.authorize(Self.attributes(of: review, user: call.attributes.user))
                    return true
                } catch {
                    return false
                }
            }
            review["status"] = ["allowed": .bool(isAllowed)]
            return Outcome(answer: .json(201, review))
        case "SelfSubjectReview":
            let groups: JSONValue =
                call.attributes.user == configuration.superuser ? ["system:masters", "system:authenticated"] : ["system:authenticated"]
            return Outcome(
                answer: .json(
                    201,
                    [
                        "kind": "SelfSubjectReview", "apiVersion": .string(call.apiVersion), "metadata": [:],
                        "status": ["userInfo": ["username": .string(call.attributes.user), "groups": groups]],
                    ]))
        default: return nil
        }
    }

    private static func attributes(of review: JSONValue, user: String) -> RequestAttributes {
        let asked = review["spec"]?["resourceAttributes"] ?? [:]
        var attributes = RequestAttributes(user: user, verb: asked["verb"]?.string ?? "")
        attributes.group = asked["group"]?.string ?? ""
        attributes.version = asked["version"]?.string ?? ""
        attributes.resource = asked["resource"]?.string ?? ""
        attributes.subresource = asked["subresource"]?.string ?? ""
        attributes.namespace = asked["namespace"]?.string ?? ""
        attributes.name = asked["name"]?.string ?? ""
        attributes.path = review["spec"]?["nonResourceAttributes"]?["path"]?.string ?? ""
        return attributes
    }
}
