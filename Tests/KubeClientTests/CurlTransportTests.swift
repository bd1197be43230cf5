import CurlHTTP
import KubeCore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// Files that change and vanish.
final class Disk: Sendable {
    private let files: Mutex<[String: String]>
    private let reads = Mutex(0)

    init(_ files: [String: String]) { self.files = Mutex(files) }

    var readCount: Int { reads.withLock { $0 } }

    subscript(path: String) -> String? {
        get { files.withLock { $0[path] } }
        set { files.withLock { $0[path] = newValue } }
    }

    var source: FileSource {
        FileSource { (path) throws(KubeError) in
            self.reads.withLock { $0 += 1 }
            return self[path].map { Array($0.utf8) }
        }
    }
}

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

struct CurlTransportTests {
    private func transfer(
        _ request: KubeRequest, _ configure: (inout ClusterConfiguration) -> Void = { _ in }, authorization: String? = nil
    ) -> TransferRequest {
        var configuration = ClusterConfiguration(server: "https://s:6443/prefix", origin: "test")
        configure(&configuration)
        return TransferRequest(request, to: configuration, authorization: authorization, tls: TLSMaterial(), proxy: nil)
    }

    @Test func `a request keeps its target, its limits and its headers`() {
        var request = KubeRequest(
            method: .patch, path: "/api/v1/nodes/n", query: [QueryItem("fieldManager", "a b")],
            contentType: "application/merge-patch+json", body: [1, 2], timeout: .seconds(7), idleTimeout: .seconds(9))
        request.headers = [HeaderField("X-Test", "1")]
        let transfer = transfer(request, authorization: "Bearer t")
        #expect(transfer.method == .patch)
        #expect(transfer.url == "https://s:6443/prefix/api/v1/nodes/n?fieldManager=a%20b")
        #expect(transfer.body == [1, 2])
        #expect(transfer.totalTimeout == .seconds(7) && transfer.idleTimeout == .seconds(9))
        #expect(
            transfer.headers.fields.map { "\($0.name): \($0.value)" } == [
                "Accept: application/json", "Content-Type: application/merge-patch+json", "Authorization: Bearer t", "X-Test: 1",
            ])
    }

    @Test func `a GET carries no body, a DELETE does`() {
        #expect(transfer(KubeRequest(method: .get, path: "/x")).body == nil)
        let delete = transfer(.delete(Pod.type, ObjectKey(namespace: "n", name: "p"), DeleteOptions()))
        #expect(delete.body?.isEmpty == false)
    }

    @Test func `an impersonated user goes into the headers, extras with encoded keys`() {
        let transfer = transfer(KubeRequest(method: .get, path: "/x")) { configuration in
            configuration.impersonation = ClusterConfiguration.Impersonation(
                user: "jane", uid: "7", groups: ["a", "b"], extra: ["acme.com/project": ["x", "y"]])
        }
        #expect(
            transfer.headers.fields.dropFirst().map { "\($0.name): \($0.value)" } == [
                "Impersonate-User: jane", "Impersonate-Uid: 7", "Impersonate-Group: a", "Impersonate-Group: b",
                "Impersonate-Extra-acme.com%2Fproject: x", "Impersonate-Extra-acme.com%2Fproject: y",
            ])
    }

    @Test func `certificates are read into what the transfer carries`() throws {
        var configuration = ClusterConfiguration(server: "https://s", origin: "test")
        configuration.trust = .authorities(.file("/ca"))
        configuration.clientCertificate = ClusterConfiguration.ClientCertificate(chain: .data([1]), key: .file("/key"))
        configuration.tlsServerName = "kubernetes"
        let material = try configuration.tlsMaterial(.fixed(["/ca": "CA", "/key": "KEY"]))
        #expect(material.trust == .authorities(pem: Array("CA".utf8)))
        #expect(material.identity == ClientIdentity(certificateChain: [1], privateKey: Array("KEY".utf8)))
        #expect(material.serverName == "kubernetes")
        let error = #expect(throws: KubeError.self) { try configuration.tlsMaterial(.fixed(["/ca": "CA"])) }
        #expect(error?.message == "test: /key does not exist; it should hold the client's key")
    }

    @Test func `credentials become the header that the server expects`() throws {
        var configuration = ClusterConfiguration(server: "https://s", origin: "test")
        #expect(try configuration.authorization(.fixed([:])) == nil)
        configuration.credential = .token("abc")
        #expect(try configuration.authorization(.fixed([:])) == "Bearer abc")
        configuration.credential = .basic(user: "u", password: "p")
        #expect(try configuration.authorization(.fixed([:])) == "Basic dTpw")
        configuration.credential = .tokenFile("/t", fallback: nil)
        #expect(try configuration.authorization(.fixed(["/t": " abc\n"])) == "Bearer abc")
        #expect(throws: KubeError.self) { try configuration.authorization(.fixed([:])) }
        #expect(throws: KubeError.self) { try configuration.authorization(.fixed(["/t": "\n"])) }
        configuration.credential = .tokenFile("/t", fallback: "old")
        #expect(try configuration.authorization(.fixed([:])) == "Bearer old")
    }

    @Test(arguments: ["a b", "a\r\nX-Evil: 1", "ä", "a\u{0}"])
    func `no token can add a header`(token: String) {
        var configuration = ClusterConfiguration(server: "https://s", origin: "test")
        configuration.credential = .token(token)
        let error = #expect(throws: KubeError.self) { try configuration.authorization(.fixed([:])) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(token) == false)
    }

    @Test func `a token file is read at most every minute, and a changed one is used then`() throws {
        let time = ManualTime()
        let disk = Disk(["/t": "one"])
        var configuration = ClusterConfiguration(server: "https://s", origin: "test")
        configuration.credential = .tokenFile("/t", fallback: nil)
        let settled = configuration
        let token = Freshened(every: .seconds(60), time: time, logger: silent) { () throws(KubeError) in
            try settled.authorization(disk.source)
        }
        #expect(try token.value() == "Bearer one")
        disk["/t"] = "two"
        time.jump(by: .seconds(59))
        #expect(try token.value() == "Bearer one")
        #expect(disk.readCount == 1)
        time.jump(by: .seconds(1))
        #expect(try token.value() == "Bearer two")
        disk["/t"] = "three"
        token.invalidate()
        #expect(try token.value() == "Bearer three")
    }

    @Test func `a token that vanishes goes on being used, and is looked for once a minute`() throws {
        let time = ManualTime()
        let disk = Disk(["/t": "one"])
        let token = Freshened(every: .seconds(60), time: time, logger: silent) { () throws(KubeError) in
            try disk.source.require("/t", for: "a token")
        }
        _ = try token.value()
        disk["/t"] = nil
        time.jump(by: .seconds(61))
        for _ in 0..<10 { #expect(try token.value() == Array("one".utf8)) }
        #expect(disk.readCount == 2)
    }

    @Test func `a first reading that fails is an error`() {
        let value = Freshened<Int>(every: .seconds(60), time: ManualTime(), logger: silent) { () throws(KubeError) in
            throw KubeError(.configuration, "no")
        }
        #expect(throws: KubeError.self) { try value.value() }
    }

    /// Nobody listens on port 1: the error comes through the real transport.
    @Test func `a server that is not there is unreachable and its address is named`() async throws {
        let http = try CurlHTTPClient()
        let transport = try CurlTransport(
            ClusterConfiguration(server: "http://127.0.0.1:1", origin: "test"), http: http, proxies: ProxyRules(), time: SystemTime(),
            logger: silent)
        let error = await #expect(throws: KubeError.self) {
            _ = try await transport.send(.create(Pod.type, namespace: "n", [:]))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1:1") == true)
        await http.shutdown()
    }
}
