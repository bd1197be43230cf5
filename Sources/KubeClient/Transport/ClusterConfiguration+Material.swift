import CurlHTTP
import FoundationEssentials
import KubeCore

extension ClusterConfiguration {
    /// Whom to believe and which certificate to show, read now.
    func tlsMaterial(_ files: FileSource) throws(KubeError) -> TLSMaterial {
        var material = TLSMaterial()
        switch trust {
        case .system: break
        case .unverified: material.trust = .unverified
        case .authorities(let authorities):
            material.trust = .authorities(pem: try bytes(of: authorities, files, "the cluster's certificate authority"))
        }
        if let clientCertificate {
            material.identity = ClientIdentity(
                certificateChain: try bytes(of: clientCertificate.chain, files, "the client's certificate"),
                privateKey: try bytes(of: clientCertificate.key, files, "the client's key"))
        }
        material.serverName = tlsServerName
        return material
    }

    /// The value of the `Authorization` header, read now.
    func authorization(_ files: FileSource) throws(KubeError) -> String? {
        switch credential {
        case .none, .exec: return nil
        case .token(let token): return "Bearer \(try Self.checked(token, origin))"
        case .basic(let user, let password): return "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
        case .tokenFile(let path, let fallback):
            do throws(KubeError) {
                let text = String(decoding: try files.require(path, for: "a token"), as: UTF8.self).trimmed
                guard !text.isEmpty else { throw KubeError(.configuration, "\(path) is empty; it should hold a token") }
                return "Bearer \(try Self.checked(text, path))"
            } catch {
                guard let fallback else { throw KubeError(.configuration, "\(origin): \(error.message)") }
                return "Bearer \(try Self.checked(fallback, origin))"
            }
        }
    }

    /// A token goes into a header: nothing in it may end the line.
    static func checked(_ token: String, _ source: String) throws(KubeError) -> String {
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw KubeError(.configuration, "\(source): the token has characters that no token has")
        }
        return token
    }

    func bytes(of material: Material, _ files: FileSource, _ purpose: String) throws(KubeError) -> [UInt8] {
        switch material {
        case .data(let bytes): return bytes
        case .file(let path):
            do throws(KubeError) {
                return try files.require(path, for: purpose)
            } catch {
                throw KubeError(.configuration, "\(origin): \(error.message)")
            }
        }
    }
}
