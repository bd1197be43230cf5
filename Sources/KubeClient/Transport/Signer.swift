import CurlHTTP
import KubeCore
import Logging

/// As whom requests are made: what the configuration, its files and its credential plugin say now.
///
/// Guarantees: files are read again at most every minute; when that fails, the last good contents go on being used. What a
/// credential plugin says is kept until it expires. After a 401 everything is renewed, and if that gives something else than
/// was refused, the request is made once more: a server that does not know the sender has done nothing for it.
/// Errors: `.configuration` when there is no credential at all.
struct Signer: Sendable {
    /// As whom one request is made.
    struct Identification: Sendable, Equatable {
        var tls: TLSMaterial
        /// The value of the `Authorization` header.
        var authorization: String?
        /// Where that came from, if from a plugin.
        fileprivate(set) var credential: ExecCredential?
    }

    private let origin: String
    private let tls: Freshened<TLSMaterial>
    private let authorization: Freshened<String?>
    private let plugin: PluginSession?

    /// Errors: `.configuration` when a certificate or token cannot be read now. A credential plugin is first run by a request.
    init(
        _ configuration: ClusterConfiguration, files: FileSource, programs: ProgramRunner, time: any TimeSource, logger: Logger
    ) throws(KubeError) {
        origin = configuration.origin
        tls = Freshened(every: .seconds(60), time: time, logger: logger) { () throws(KubeError) in
            try configuration.tlsMaterial(files)
        }
        authorization = Freshened(every: .seconds(60), time: time, logger: logger) { () throws(KubeError) in
            try configuration.authorization(files)
        }
        if case .exec(let exec) = configuration.credential {
            plugin = PluginSession(exec, for: configuration, programs: programs, files: files, time: time, logger: logger)
        } else {
            plugin = nil
        }
        _ = try tls.value()
        _ = try authorization.value()
    }

    /// `exchange` makes the request, at most twice.
    func send(
        _ exchange: (Identification) async throws(KubeError) -> KubeResponse
    ) async throws(KubeError) -> KubeResponse {
        let identification = try await identification()
        let response = try await exchange(identification)
        guard response.status == 401 else { return response }
        tls.invalidate()
        authorization.invalidate()
        let renewed = try await self.identification(insteadOf: identification)
        return renewed == identification ? response : try await exchange(renewed)
    }

    private func identification(insteadOf refused: Identification? = nil) async throws(KubeError) -> Identification {
        var identification = Identification(tls: try tls.value(), authorization: try authorization.value())
        guard let plugin else { return identification }
        let credential = try await plugin.credential(insteadOf: refused?.credential)
        if let token = credential.token {
            identification.authorization = "Bearer \(try ClusterConfiguration.checked(token, "\(origin): its credential plugin"))"
        }
        if let identity = credential.identity { identification.tls.identity = identity }
        identification.credential = credential
        return identification
    }
}
