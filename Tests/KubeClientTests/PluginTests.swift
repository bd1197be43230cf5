import CurlHTTP
import KubeCore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A plugin that hands out `t1`, `t2`, … after a second, each good for a while.
private final class Plugin: Sendable {
    struct State: Sendable {
        var runs = 0
        var running = 0
        var most = 0
        var failing = false
        var isStuck = false
        var seen: [ProgramRunner.Program] = []
    }

    let state = Mutex(State())
    private let time: any TimeSource
    private let lifetime: Duration

    init(_ time: any TimeSource, lifetime: Duration = .seconds(600)) {
        self.time = time
        self.lifetime = lifetime
    }

    var runs: Int { state.withLock { $0.runs } }

    var runner: ProgramRunner {
        ProgramRunner { (program) async throws(KubeError) in
            let (number, isStuck, fails) = self.state.withLock { state in
                state.runs += 1
                state.running += 1
                state.most = max(state.most, state.running)
                state.seen.append(program)
                return (state.runs, state.isStuck, state.failing)
            }
            defer { self.state.withLock { $0.running -= 1 } }
            try await self.time.sleep(for: isStuck ? .seconds(100_000) : .seconds(1))
            if fails { return .exited(3, output: [], errors: Array("first\nnot logged in\n".utf8)) }
            let until = (self.time.now() + self.lifetime).rfc3339(fractionDigits: 0)
            let answer: JSONValue = [
                "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                "status": ["token": .string("t\(number)"), "expirationTimestamp": .string(until)],
            ]
            return .exited(0, output: answer.serialized, errors: [])
        }
    }

    func session(limit: Duration = .seconds(60)) -> PluginSession {
        var plugin = ExecPlugin(.v1, command: "login")
        plugin.arguments = ["a"]
        plugin.environment = [ExecPlugin.Variable(name: "X", value: "1"), ExecPlugin.Variable(name: "X", value: "2")]
        plugin.installHint = "apt install login"
        return PluginSession(
            plugin, for: ClusterConfiguration(server: "https://s", origin: "test"), programs: runner, files: .fixed([:]), limit: limit,
            time: time, logger: silent)
    }
}

struct PluginSessionTests {
    @Test func `a credential is kept until it expires`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            let session = plugin.session()
            #expect(try await session.credential().token == "t1")
            try await time.sleep(for: .seconds(599))
            #expect(try await session.credential().token == "t1")
            #expect(plugin.runs == 1)
            try await time.sleep(for: .seconds(1))
            #expect(try await session.credential().token == "t2")
            let program = plugin.state.withLock { $0.seen[0] }
            #expect(program.command == "login" && program.arguments == ["a"])
            #expect(program.environment["X"] == "2")
            let question = try JSONValue(parsing: program.environment["KUBERNETES_EXEC_INFO"] ?? "")
            #expect(
                question == ["kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "spec": ["interactive": false]])
        }
    }

    @Test func `many that ask at a time share one run, for a first credential and for one that was refused`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            let session = plugin.session()
            let first = try await asking(session, times: 20)
            #expect(Set(first.map(\.token)) == ["t1"] && plugin.runs == 1)
            let second = try await asking(session, times: 20, insteadOf: first[0])
            #expect(Set(second.map(\.token)) == ["t2"] && plugin.runs == 2)
            #expect(plugin.state.withLock { $0.most } == 1)
            // Who comes late with the old one gets the new one without a run.
            #expect(try await session.credential(insteadOf: first[0]).token == "t2")
            #expect(plugin.runs == 2)
        }
    }

    @Test func `a run that fails fails for all who wait, and the next one who asks tries again`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            plugin.state.withLock { $0.failing = true }
            let session = plugin.session()
            let messages = await failures(session, times: 5)
            #expect(messages == Array(repeating: "the credential plugin login ended with code 3: not logged in", count: 5))
            #expect(plugin.runs == 1)
            plugin.state.withLock { $0.failing = false }
            let next = try await session.credential()
            #expect(next.token == "t2")
        }
    }

    @Test func `a program that hangs is ended in time`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            plugin.state.withLock { $0.isStuck = true }
            let session = plugin.session(limit: .seconds(30))
            #expect(await failures(session, times: 1) == ["the credential plugin login did not answer within 30.0 seconds"])
            #expect(time.uptime() == .seconds(30))
            #expect(plugin.state.withLock { $0.running } == 0)
        }
    }

    @Test func `when the one who started it gives up, the next in line starts it anew, and no one waits longer than he likes`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            plugin.state.withLock { $0.isStuck = true }
            let session = plugin.session()
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    try await time.run(for: .seconds(5)) { () async throws(KubeError) in try await session.credential() }?.token
                }
                try await time.sleep(for: .seconds(1))
                group.addTask {
                    try await time.run(for: .seconds(2)) { () async throws(KubeError) in try await session.credential() }?.token
                }
                group.addTask { try await session.credential().token }
                try await time.sleep(for: .seconds(3))
                #expect(plugin.runs == 1)
                plugin.state.withLock { $0.isStuck = false }
                var tokens: [String?] = []
                for try await token in group { tokens.append(token) }
                #expect(tokens == [nil, nil, "t2"])
                #expect(time.uptime() == .seconds(6))
            }
        }
    }

    private func asking(
        _ session: PluginSession, times: Int, insteadOf refused: ExecCredential? = nil
    ) async throws -> [ExecCredential] {
        try await withThrowingTaskGroup(of: ExecCredential.self) { group in
            for _ in 0..<times { group.addTask { try await session.credential(insteadOf: refused) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func failures(_ session: PluginSession, times: Int) async -> [String] {
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<times {
                group.addTask {
                    do throws(KubeError) { return try await session.credential().token ?? "" } catch { return error.message }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

struct ExecCredentialTests {
    private func answer(_ status: String, version: String = "client.authentication.k8s.io/v1beta1") throws(KubeError) -> ExecCredential {
        let text = "{\"kind\":\"ExecCredential\",\"apiVersion\":\"\(version)\",\"status\":\(status)}"
        return try ExecCredential(answer: Array(text.utf8), of: ExecPlugin(.v1beta1, command: "login"))
    }

    @Test func `a token, a certificate with its key, or both are read`() throws {
        let token = try answer("{\"token\":\"t\"}")
        #expect(token.token == "t" && token.identity == nil && token.expiry == nil)
        let both = try answer(
            "{\"token\":\"t\",\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\",\"expirationTimestamp\":\"2026-01-01T00:00:00Z\"}")
        #expect(both.identity == ClientIdentity(certificateChain: Array("C".utf8), privateKey: Array("K".utf8)))
        #expect(both.expiry == Timestamp(seconds: 1_767_225_600))
        #expect(try answer("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}").token == nil)
        #expect(both.isExpired(at: Timestamp(seconds: 1_767_225_600)) && !both.isExpired(at: Timestamp(seconds: 1_767_225_599)))
    }

    @Test(arguments: [
        ("null", "without a token"), ("{}", "without a token"), ("{\"token\":\"\"}", "without a token"),
        ("{\"token\":\"t\",\"clientKeyData\":\"K\"}", "half of a client certificate"),
        ("{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}", "no time"), ("{\"token\":\"secret\"", "not JSON"),
    ])
    func `an answer that is of no use is refused, and nothing of it is told`(status: String, message: String) {
        let error = #expect(throws: KubeError.self) { try answer(status) }
        #expect(error?.message.contains(message) == true && error?.message.contains("secret") == false)
        #expect(error?.code == .configuration)
    }

    @Test func `an answer in another version than was agreed on is refused`() {
        let error = #expect(throws: KubeError.self) { try answer("{\"token\":\"t\"}", version: "client.authentication.k8s.io/v1") }
        #expect(error?.message.contains("its entry in the kubeconfig says client.authentication.k8s.io/v1beta1") == true)
    }

    @Test func `a plugin that asks is told the cluster`() throws {
        var configuration = ClusterConfiguration(server: "https://s:6443", origin: "test")
        configuration.trust = .authorities(.file("/ca"))
        configuration.tlsServerName = "kubernetes"
        configuration.proxy = .fixed("http://p:3128")
        var plugin = ExecPlugin(.v1, command: "login")
        plugin.wantsClusterInfo = true
        plugin.clusterConfiguration = ["audience": "x"]
        let question = try JSONValue(parsing: plugin.question(about: configuration, .fixed(["/ca": "CA"])))
        #expect(
            question["spec"] == [
                "interactive": false,
                "cluster": [
                    "server": "https://s:6443", "tls-server-name": "kubernetes", "certificate-authority-data": "Q0E=",
                    "proxy-url": "http://p:3128", "config": ["audience": "x"],
                ],
            ])
        configuration.trust = .unverified
        let unverified = try JSONValue(parsing: plugin.question(about: configuration, .fixed([:])))
        #expect(unverified[["spec", "cluster", "insecure-skip-tls-verify"]] == true)
    }
}

struct SignerTests {
    private func signer(_ time: any TimeSource, _ disk: Disk, _ credential: ClusterConfiguration.Credential, _ runner: ProgramRunner) throws
        -> Signer
    {
        var configuration = ClusterConfiguration(server: "https://s", origin: "test")
        configuration.credential = credential
        return try Signer(configuration, files: disk.source, programs: runner, time: time, logger: silent)
    }

    /// A server that takes one token alone; returns what it was shown.
    private func send(_ signer: Signer, accepting token: String) async throws -> (status: Int, shown: [String]) {
        var shown: [String] = []
        let response = try await signer.send { (identification) async throws(KubeError) in
            shown.append(identification.authorization ?? "nobody")
            return identification.authorization == "Bearer \(token)"
                ? .json([:]) : .failure(401, reason: "Unauthorized")
        }
        return (response.status, shown)
    }

    private static let none = ProgramRunner { (_) async throws(KubeError) in .notFound }

    @Test func `after a 401 the token file is read again and the request is made once more`() async throws {
        let disk = Disk(["/t": "one"])
        let signer = try signer(ManualTime(), disk, .tokenFile("/t", fallback: nil), Self.none)
        #expect(try await send(signer, accepting: "one").shown == ["Bearer one"])
        disk["/t"] = "two"
        let renewed = try await send(signer, accepting: "two")
        #expect(renewed.status == 200 && renewed.shown == ["Bearer one", "Bearer two"])
        #expect(try await send(signer, accepting: "two").shown == ["Bearer two"])
    }

    @Test func `a token that is still the same is not tried twice, and a new one that is refused too is the end`() async throws {
        let disk = Disk(["/t": "one"])
        let signer = try signer(ManualTime(), disk, .tokenFile("/t", fallback: nil), Self.none)
        let same = try await send(signer, accepting: "two")
        #expect(same.status == 401 && same.shown == ["Bearer one"])
        disk["/t"] = "three"
        let other = try await send(signer, accepting: "two")
        #expect(other.status == 401 && other.shown == ["Bearer one", "Bearer three"])
    }

    @Test func `a credential plugin is asked again once after a 401`() throws {
        try withVirtualTime { time in
            let plugin = Plugin(time)
            let signer = try signer(time, Disk([:]), .exec(ExecPlugin(.v1, command: "login")), plugin.runner)
            #expect(plugin.runs == 0)
            #expect(try await send(signer, accepting: "t1").shown == ["Bearer t1"])
            let renewed = try await send(signer, accepting: "t2")
            #expect(renewed.status == 200 && renewed.shown == ["Bearer t1", "Bearer t2"])
            let refused = try await send(signer, accepting: "x")
            #expect(refused.status == 401 && refused.shown == ["Bearer t2", "Bearer t3"] && plugin.runs == 3)
        }
    }

    @Test func `a plugin that is not there is named with what to do`() async throws {
        var exec = ExecPlugin(.v1, command: "gke-gcloud-auth-plugin")
        exec.installHint = "see cloud.google.com"
        let signer = try signer(ManualTime(), Disk([:]), .exec(exec), Self.none)
        let error = await #expect(throws: KubeError.self) { try await send(signer, accepting: "t") }
        #expect(error?.message == "the credential plugin gke-gcloud-auth-plugin was not found: see cloud.google.com")
    }
}

/// Real programs in real time.
struct ProgramRunnerTests {
    private func run(_ script: String, _ environment: [String: String] = [:]) async throws -> ProgramRunner.Ending {
        try await ProgramRunner.system.run(
            ProgramRunner.Program(command: "sh", arguments: ["-c", script, "sh", "an argument"], environment: environment))
    }

    @Test func `arguments and variables arrive, both outputs and the code come back, and there is no input`() async throws {
        let ending = try await run(
            "cat; printf '%s %s' \"$1\" \"$KUBERNETES_EXEC_INFO\"; echo oh >&2; exit 7", ["KUBERNETES_EXEC_INFO": "x y"])
        #expect(ending == .exited(7, output: Array("an argument x y".utf8), errors: Array("oh\n".utf8)))
        #expect(try await run("kill -9 $$") == .killed(9))
    }

    @Test func `a program that is not there is not found, by name and by path`() async throws {
        for command in ["no-such-program-here", "/no/such/program"] {
            let program = ProgramRunner.Program(command: command, arguments: [], environment: [:])
            #expect(try await ProgramRunner.system.run(program) == .notFound)
        }
    }

    @Test func `a program that says more than a credential has is refused`() async throws {
        let error = await #expect(throws: KubeError.self) { try await run("head -c 3000000 /dev/zero") }
        #expect(error?.code == .configuration)
    }

    @Test func `a cancelled program ends with its children`() async throws {
        let start = ContinuousClock.now
        let ended = try await SystemTime().run(for: .milliseconds(300)) { () async throws(KubeError) in
            try await ProgramRunner.system.run(
                ProgramRunner.Program(command: "sh", arguments: ["-c", "sleep 900 & sleep 900; wait"], environment: [:]))
        }
        #expect(ended == nil)
        #expect(ContinuousClock.now - start < .seconds(600))
    }
}
