import KubeCore
import Logging

/// What every part of the world lives on.
struct Habitat: Sendable {
    let server: SimulatedAPIServer
    let machines: MachineRoom
    let time: any TimeSource
    let configuration: SimulatedCluster.Configuration
    let events: EventRecorder
    let logger: Logger

    /// Runs a write of a controller. An error is told and forgotten: nil says that it did not happen.
    func attempt<Value>(_ what: StaticString, _ body: () throws(KubeError) -> Value?) -> Value? {
        do {
            return try body()
        } catch {
            logger.debug("a controller's write was refused", metadata: ["what": "\(what)", "error": "\(error)"])
            return nil
        }
    }

    /// The manager that a controller's writes are recorded under, when the world keeps managed fields at all.
    func manager(_ name: String) -> String? { configuration.tracksManagedFields ? name : nil }
}
