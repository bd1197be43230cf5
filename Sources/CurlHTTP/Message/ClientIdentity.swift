/// A client certificate with its private key.
package struct ClientIdentity: Hashable, Sendable {
    /// PEM text: the certificate first, then those between it and the authority.
    package var certificateChain: [UInt8]
    /// PEM text of the certificate's private key, not encrypted: there is nobody to ask for a passphrase.
    package var privateKey: [UInt8]

    package init(certificateChain: [UInt8], privateKey: [UInt8]) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Reads both from PEM files, now and once.
    ///
    /// - Throws: `TransferError` with reason `invalidTLSMaterial` if a file cannot be read. Whether they belong together is
    ///   found out by the first request.
    package init(certificatePath: String, keyPath: String) throws(TransferError) {
        self.init(certificateChain: try PEMFile(certificatePath).bytes, privateKey: try PEMFile(keyPath).bytes)
    }
}

extension ClientIdentity: CustomStringConvertible, CustomReflectable {
    package var description: String { "ClientIdentity(redacted)" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
