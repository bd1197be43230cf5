import AuditCore
import Foundation
import KubeCore
import Synchronization

/// A host's root directory with its own shell, libraries and programs, entered by a real `chroot`: the script runs on it as
/// it runs in the set-up container, with stand-ins for what only a COS node has (`systemctl`, `auditctl`, `iptables`).
///
/// The stand-ins answer from files below `/state` and note every call there; what starting the unit does to the kernel is a
/// snippet of shell that a test writes.
final class HostFixture {
    let directory: URL
    let bootID = "5d58bfe7-6aee-4651-857b-5b413ec41536"

    static let rulesOfTheUnit = """
        -a always,exit -F arch=b64 -S execve
        -a always,exit -F arch=b32 -S execve
        -a always,exit -F arch=b64 -S socket -F a0!=1 -F key=funky_socket

        """

    /// A COS node at boot: auditing is on, no rules, the unit waits to be started and locks the kernel with its rules.
    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "nodeaudit-host-\(UUID().uuidString)")
        for path in ["usr/bin", "usr/sbin", "dev", "etc", "run/systemd/system", "var/lib", "state", "sys/kernel/security/ima"] {
            try FileManager.default.createDirectory(at: url(path), withIntermediateDirectories: true)
        }
        for name in ["bin", "sbin"] {
            try FileManager.default.createSymbolicLink(atPath: url(name).path, withDestinationPath: "usr/\(name)")
        }
        for program in ["sh", "cat", "rm"] { try copy(program) }
        write("etc/os-release", "NAME=\"Container-Optimized OS\"\nID=cos\nVERSION_ID=125\n")
        // The shell opens it for what it runs in the background.
        write("dev/null", "")
        write("boot_id", bootID + "\n")
        setUnit(load: "loaded", active: "inactive")
        setKernel(enabled: 1)
        setRules("No rules\n")
        write("state/unit-rules", Self.rulesOfTheUnit)
        onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit; lock")
        onStop("printf 'LoadState=loaded\\nActiveState=inactive\\n' >/state/unit")
        install("systemctl", Self.systemctl)
        install("auditctl", Self.auditctl)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: directory)
        } catch {
            print("left behind: \(directory.path)")
        }
    }

    private static let systemctl = """
        #!/bin/sh
        echo "systemctl $*" >>/state/calls
        lock() { printf 'enabled 2\\nfailure 0\\npid 1\\nbacklog_limit 8192\\nlost 3\\nbacklog 0\\n' >/state/status; }
        [ ! -f /state/systemctl-broken ] || { cat /state/systemctl-broken >&2; exit 1; }
        for unit in "$@"; do :; done
        case "$*" in
            show*audit-rules.service) printf 'LoadState=%s\\nActiveState=inactive\\n' "$(cat /state/audit-rules)" ;;
            show*) cat /state/unit ;;
            'start cloud-audit-setup.service' | 'restart cloud-audit-setup.service') . /state/on-start ;;
            'stop cloud-audit-setup.service') . /state/on-stop ;;
            'disable cloud-audit-setup.service') ;;
            'restart audit-rules.service') cat /state/default-rules >/state/rules ;;
            '--no-block reboot') [ ! -f /state/reboot-refused ] || { echo 'Access denied' >&2; exit 1; } ;;
            *) echo "stand-in: unexpected call" >&2; exit 9 ;;
        esac
        """

    /// Loads a file as auditctl does: up to the first line that is refused, which are those in `/state/refused`.
    private static let auditctl = """
        #!/bin/sh
        echo "auditctl $*" >>/state/calls
        [ ! -f /state/auditctl-broken ] || { cat /state/auditctl-broken >&2; exit 1; }
        change() {
            read -r _ enabled </state/status
            [ "$enabled" != 2 ] || { echo 'Error: Operation not permitted' >&2; exit 1; }
            new=''
            while read -r name value; do
                [ "$name" != "$1" ] || value=$2
                new="$new$name $value
        "
            done </state/status
            printf '%s' "$new" >/state/status
        }
        perform() {
            case $1 in
                -D) change rules 0; echo 'No rules' >/state/rules ;;
                -b) change backlog_limit "$2" ;;
                -r) change rate_limit "$2" ;;
                -f) change failure "$2" ;;
                -e) change enabled "$2" ;;
                --backlog_wait_time) change backlog_wait_time "$2" ;;
                -a | -w)
                    change rules 0
                    if [ -f /state/refused ]; then
                        while IFS= read -r bad; do
                            [ "$*" != "$bad" ] || { echo 'Error sending add rule data request (Invalid argument)' >&2; return 1; }
                        done </state/refused
                    fi
                    read -r first </state/rules
                    [ "$first" != 'No rules' ] || : >/state/rules
                    [ -f /state/forgets ] || echo "$*" >>/state/rules ;;
                *) echo "stand-in: unexpected $*" >&2; exit 9 ;;
            esac
        }
        case "$1" in
            -s) cat /state/status ;;
            -l) cat /state/rules ;;
            -R)
                number=0
                while IFS= read -r line; do
                    number=$((number + 1))
                    case $line in '' | '#'*) continue ;; esac
                    perform $line || { echo "There was an error in line $number of $2" >&2; exit 1; }
                done <"$2" ;;
            *) perform "$@" || exit 1 ;;
        esac
        """
}

// MARK: - What the host is like

extension HostFixture {
    func url(_ path: String) -> URL { directory.appending(path: path) }

    func write(_ path: String, _ bytes: [UInt8]) {
        if !FileManager.default.createFile(atPath: url(path).path, contents: Data(bytes)) { fatalError("cannot write \(path)") }
    }

    func write(_ path: String, _ text: String) { write(path, Array(text.utf8)) }

    func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: url(path).path).map { String(decoding: $0, as: UTF8.self) }
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

    func setUnit(load: String, active: String) { write("state/unit", "LoadState=\(load)\nActiveState=\(active)\n") }

    func setKernel(enabled: Int, failure: Int = 0, lost: Int = 0, backlogLimit: Int = 8192) {
        write(
            "state/status",
            "enabled \(enabled)\nfailure \(failure)\npid 212\nrate_limit 0\nbacklog_limit \(backlogLimit)\nlost \(lost)\nbacklog 0\n"
                + "backlog_wait_time 0\nbacklog_wait_time_actual 0\nloginuid_immutable 0 unlocked\n")
    }

    func setRules(_ text: String) { write("state/rules", text) }
    func onStart(_ shell: String) { write("state/on-start", shell + "\n") }
    func onStop(_ shell: String) { write("state/on-stop", shell + "\n") }

    func install(_ program: String, _ text: String) {
        write("usr/sbin/\(program)", text)
        chmod(url("usr/sbin/\(program)").path, 0o755)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: url(path)) }

    /// The calls of the stand-ins that change something, in order.
    var changes: [String] {
        let calls = (read("state/calls") ?? "").split(separator: "\n").map(String.init)
        return calls.filter { !$0.hasPrefix("systemctl show") && $0 != "auditctl -s" && $0 != "auditctl -l" }
    }

    /// A program as it is on this machine, and the libraries it needs.
    func copy(_ program: String) throws {
        for source in try HostPrograms.files(of: program) {
            let target = url(try source == HostPrograms.path(of: program) ? "usr/bin/\(program)" : source)
            guard !FileManager.default.fileExists(atPath: target.path) else { continue }
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: URL(filePath: source).resolvingSymlinksInPath(), to: target)
        }
    }
}

/// Where this machine has programs and their libraries; asked once a program.
private enum HostPrograms {
    private static let known = Mutex<[String: [String]]>([:])

    static func path(of program: String) throws -> String? { try files(of: program).first }

    /// The program first, then its libraries, by the paths under which it looks for them.
    static func files(of program: String) throws -> [String] {
        if let files = known.withLock({ $0[program] }) { return files }
        let path = try Command("/bin/sh", "-c", "readlink -f \"$(command -v \(program))\"").run().output.trimmed
        let libraries = try Command("/bin/sh", "-c", "ldd '\(path)' | sed -n 's/^[^/]*\\(\\/[^ ]*\\).*/\\1/p'").run().output
        let files = [path] + libraries.split(separator: "\n").map(String.init)
        known.withLock { $0[program] = files }
        return files
    }
}

// MARK: - Running the script

extension HostFixture {
    struct Run {
        /// The termination message, byte by byte.
        var message: [UInt8]
        var report: Result<NodeReport, NodeReport.Unreadable>
        var exitCode: Int32
        var output: String
        var errors: String
        /// What is left of the script's scratch in the container.
        var leftovers: [String]
    }

    /// Runs the script that the binary carries, as the container would; with rules, with the backend AuditRules and their files.
    func run(
        _ task: String = "setup", rules: AuditRules? = nil, environment: [String: String] = [:], shell: String = "/bin/sh"
    ) throws -> Run {
        let container = directory.appending(path: "container-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: container.appending(path: "tmp"), withIntermediateDirectories: true)
        let script = container.appending(path: "audit-setup.sh")
        let message = container.appending(path: "termination-log")
        try Data(AuditSetupScript.text.utf8).write(to: script)
        try Data().write(to: message)
        var variables = [
            "NODEAUDIT_TASK": task, "NODEAUDIT_HOST_ROOT": directory.path, "NODEAUDIT_BOOT_ID_FILE": url("boot_id").path,
            "NODEAUDIT_SETTLE_SECONDS": "0", "TERMINATION_LOG": message.path, "TMPDIR": container.appending(path: "tmp").path,
            // The image's PATH must not matter.
            "PATH": "/nonexistent:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        if let rules {
            variables["NODEAUDIT_BACKEND"] = "AuditRules"
            variables["NODEAUDIT_RULES_DIR"] = container.path
            for (name, text) in try rules.files { try Data(text.utf8).write(to: container.appending(path: name)) }
        }
        variables.merge(environment) { $1 }
        // busybox is many programs; the shell is one of them.
        let shell = shell.hasSuffix("busybox") ? [shell, "sh"] : [shell]
        var command = Command(shell[0])
        command.arguments = shell.dropFirst() + [script.path]
        // Where the tests do not run as root, a user namespace lets them call chroot.
        if geteuid() != 0 {
            command = Command("/usr/bin/unshare", "--user", "--map-root-user")
            command.arguments += shell + [script.path]
        }
        command.environment = variables
        let result = try command.run()
        let bytes = [UInt8](FileManager.default.contents(atPath: message.path) ?? Data())
        return Run(
            message: bytes, report: NodeReport.parse(String(decoding: bytes, as: UTF8.self)), exitCode: result.exitCode,
            output: result.output, errors: result.errors,
            leftovers: try FileManager.default.contentsOfDirectory(atPath: container.appending(path: "tmp").path))
    }
}

extension AuditRules {
    /// The files as they stand in an agent's ConfigMap.
    var files: [String: String] {
        get throws {
            var policy = AuditPolicy(metadata: ObjectMeta(name: "rules"))
            policy.spec.audit.backend = .auditRules
            policy.spec.audit.auditRules = self
            let data = try AgentManifests(for: policy, options: .fixture).configMap.data ?? [:]
            return data.filter { $0.key.hasPrefix("audit.rules.") }
        }
    }
}

/// A program run to its end. Its output goes through files, so that no amount of it can block.
struct Command {
    var program: String
    var arguments: [String]
    var environment: [String: String]?

    init(_ program: String, _ arguments: String...) {
        self.program = program
        self.arguments = arguments
    }

    struct Result {
        var output: String
        var errors: String
        var exitCode: Int32
    }

    func run() throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nodeaudit-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: directory) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        let paths = ["out", "err"].map { directory.appending(path: $0) }
        for path in paths { try Data().write(to: path) }
        process.standardOutput = try FileHandle(forWritingTo: paths[0])
        process.standardError = try FileHandle(forWritingTo: paths[1])
        try process.run()
        process.waitUntilExit()
        return Result(
            output: String(decoding: try Data(contentsOf: paths[0]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self), exitCode: process.terminationStatus)
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
