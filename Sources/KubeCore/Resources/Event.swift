/// `events.k8s.io/v1.Event`.
package struct Event: KubeResource {
    package static let type = ResourceType(
        group: "events.k8s.io", version: "v1", kind: "Event", plural: "events", isNamespaced: true)

    package var apiVersion: String? = "events.k8s.io/v1"
    package var kind: String? = "Event"
    package var metadata: ObjectMeta
    package var eventTime: MicroTime?
    package var series: Series?
    package var reportingController: String?
    package var reportingInstance: String?
    package var action: String?
    package var reason: String?
    package var regarding: ObjectReference?
    package var note: String?
    /// Normal | Warning
    package var type: String?

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    package struct Series: Sendable, Hashable, Codable {
        package var count: Int
        package var lastObservedTime: MicroTime

        package init(count: Int, lastObservedTime: MicroTime) {
            self.count = count
            self.lastObservedTime = lastObservedTime
        }
    }
}

package struct ObjectReference: Sendable, Hashable, Codable {
    package var apiVersion: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?
    package var resourceVersion: String?
    package var fieldPath: String?

    package init(apiVersion: String, kind: String, namespace: String? = nil, name: String, uid: String?) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}
