/// What a TLS connection is made with: whom to believe, as whom to appear, which name to ask for.
///
/// All of it is held in memory, so a file that changes on disk takes effect when the caller reads it again and puts the
/// new value into the next request. Two requests share a connection only if their materials are equal.
package struct TLSMaterial: Hashable, Sendable {
    package enum Trust: Hashable, Sendable {
        /// The certificate authorities of the system's store.
        case system
        /// These authorities alone, as PEM text; the system's store is not believed beside them.
        case authorities(pem: [UInt8])
        /// Anyone. The server's certificate and name are not looked at.
        case unverified
    }

    package var trust: Trust
    /// The client certificate to show to a server that asks for one.
    package var identity: ClientIdentity?
    /// The name to send as SNI and to look for in the server's certificate instead of the URL's host.
    /// The connection goes to the URL's host all the same, and `Host` stays what the URL says.
    package var serverName: String?

    package init(trust: Trust = .system, identity: ClientIdentity? = nil, serverName: String? = nil) {
        self.trust = trust
        self.identity = identity
        self.serverName = serverName
    }
}

extension TLSMaterial.Trust {
    /// Reads authorities from a PEM file, now and once.
    ///
    /// - Throws: `TransferError` with reason `invalidTLSMaterial` if the file cannot be read. Whether it holds
    ///   certificates is found out by the first request.
    package static func authorities(atPath path: String) throws(TransferError) -> TLSMaterial.Trust {
        .authorities(pem: try PEMFile(path).bytes)
    }
}

extension TLSMaterial: CustomStringConvertible, CustomReflectable {
    package var description: String {
        let trusted =
            switch trust {
            case .system: "system store"
            case .authorities: "given authorities"
            case .unverified: "unverified"
            }
        return "TLS(\(trusted)\(identity == nil ? "" : ", client certificate")\(serverName.map { ", as \($0)" } ?? ""))"
    }

    package var customMirror: Mirror { Mirror(self, children: ["tls": description]) }
}
