import CurlHTTP
import Foundation

/// Two authorities and what they have signed, made anew by each test run.
struct TestCertificates {
    let directory: URL

    static let shared: Result<TestCertificates, any Error> = Result {
        atexit {
            if case .success(let certificates) = TestCertificates.shared { try? FileManager.default.removeItem(at: certificates.directory) }
        }
        return try TestCertificates()
    }

    init() throws {
        directory = try makeTemporaryDirectory()
        for authority in ["ca", "other-ca"] {
            try run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(authority)", "-keyout", "\(authority).key", "-out", "\(authority).pem", in: directory)
        }
        try issue("server", by: "ca", "DNS:localhost,IP:127.0.0.1")
        try issue("expired", by: "ca", "IP:127.0.0.1", days: -1)
        try issue("elsewhere", by: "ca", "DNS:api.internal")
        try issue("client", by: "ca", "DNS:client")
        try issue("stranger", by: "other-ca", "DNS:client")
        try run(
            "openssl", "ec", "-in", "client.key", "-aes128", "-passout", "pass:secret", "-out", "encrypted.key", in: directory)
    }

    private func issue(_ name: String, by authority: String, _ names: String, days: Int = 2) throws {
        try "subjectAltName=\(names)\n".write(to: file("\(name).ext"), atomically: true, encoding: .utf8)
        try run(
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", "\(name).key", "-out", "\(name).csr", in: directory)
        try run(
            "openssl", "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).pem", "-CAkey", "\(authority).key",
            "-CAcreateserial", "-days", "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem", in: directory)
    }

    func file(_ name: String) -> URL { directory.appendingPathComponent(name) }

    func trust(_ authority: String = "ca") throws -> TLSMaterial.Trust {
        try .authorities(atPath: file("\(authority).pem").path)
    }

    func identity(_ name: String) throws -> ClientIdentity {
        try ClientIdentity(certificatePath: file("\(name).pem").path, keyPath: file("\(name).key").path)
    }
}
