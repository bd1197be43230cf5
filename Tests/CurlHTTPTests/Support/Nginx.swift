import CurlHTTP
import Foundation

/// An nginx in the foreground, with a directory of its own, that requires client certificates of the test authority.
struct Nginx {
    fileprivate let port: Int

    func url(_ path: String) -> String { "https://localhost:\(port)\(path)" }

    fileprivate static func configuration(port: Int, in directory: URL, _ certificates: TestCertificates) -> String {
        """
        daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr;
        events { worker_connections 64; }
        http {
            access_log off; keepalive_requests 10; default_type text/plain;
            client_body_temp_path tmp1; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
            server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(certificates.file("server.pem").path);
                ssl_certificate_key \(certificates.file("server.key").path);
                ssl_client_certificate \(certificates.file("ca.pem").path);
                ssl_verify_client on;
                location /whoami { return 200 "$ssl_client_s_dn\\n"; }
                location /big { root \(directory.path); }
            }
        }
        """
    }

    /// A port that is free now. Somebody may take it before nginx does: then nginx ends at once, and another is tried.
    fileprivate static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Runs `body` beside an nginx, which is ended afterwards.
func withNginx(_ body: (Nginx) async throws -> Void) async throws {
    let directory = try makeTemporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(repeating: 0x2A, count: 5 << 20).write(to: directory.appendingPathComponent("big"))
    for attempt in 1... {
        let nginx = Nginx(port: Nginx.freePort())
        let configuration = Nginx.configuration(port: nginx.port, in: directory, try TestCertificates.shared.get())
        let file = directory.appendingPathComponent("nginx.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.environment = ProcessInfo.processInfo.environment.merging(["PATH": "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"]) { $1 }
        process.arguments = ["nginx", "-p", directory.path + "/", "-c", file.path]
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let pid = directory.appendingPathComponent("nginx.pid").path
        try await eventually("nginx's start") { FileManager.default.fileExists(atPath: pid) || !process.isRunning }
        guard process.isRunning else {
            guard attempt < 5 else { throw CommandFailed(description: "nginx does not run: is it installed?") }
            continue
        }
        defer {
            // Not SIGTERM: a child inherits the blocked signals of the Dispatch thread that started it.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try await body(nginx)
        return
    }
}
