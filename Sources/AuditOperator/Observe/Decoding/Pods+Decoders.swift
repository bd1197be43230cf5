package import AuditCore
import KubeCore
package import KubeRuntime

extension TaskPodView {
    /// Tasks' pods are few at any time, so the typed object is fast enough.
    package static func decoder() -> ObjectDecoder<TaskPodView> { ObjectDecoder(of: Pod.self) { TaskPodView($0) } }
}

extension DrainPodView {
    package static func decoder() -> ObjectDecoder<DrainPodView> { ObjectDecoder(of: Pod.self) { DrainPodView($0) } }
}

extension OperatorPodView {
    package static func decoder() -> ObjectDecoder<OperatorPodView> { ObjectDecoder(of: Pod.self) { OperatorPodView($0) } }
}
