import FoundationEssentials
package import KubeCore

/// What a real API server answered, exchange by exchange; see `Tests/Recordings/README.md`.
package struct Recording: Sendable {
    package struct Exchange: Sendable, CustomStringConvertible {
        package var method: String
        /// Path and query.
        package var target: String
        package var requestHeaders: [String: String]
        package var requestBody: JSONValue?
        package var status: Int
        package var headers: [String: String]
        /// A string where the answer was no JSON.
        package var body: JSONValue?
        /// The frames of a watch.
        package var stream: [JSONValue]

        package var description: String { "\(method) \(target) → \(status)" }

        /// The answer as a transport would bring it.
        package var response: KubeResponse {
            let bytes: [UInt8]
            if !stream.isEmpty {
                bytes = stream.flatMap { $0.serialized + [UInt8(ascii: "\n")] }
            } else if case .string(let text) = body {
                bytes = Array(text.utf8)
            } else {
                bytes = body?.serialized ?? []
            }
            return KubeResponse(
                status: status, headers: headers.sorted { $0.key < $1.key }.map { HeaderField($0.key, $0.value) }, body: KubeBody(bytes))
        }
    }

    package var name: String
    package var exchanges: [Exchange]

    package static let names = [
        "01-crd-install", "02-kubectl-1.32-discovery-and-get", "03-kubectl-1.32-apply-client-side", "04-kubectl-1.32-apply-server-side",
        "05-kubectl-1.32-describe-explain-patch-label-wait-delete", "06-validation", "07-status-subresource-and-conflicts",
        "08-finalizers-and-deletion", "09-list-paging-and-selectors", "10-watch", "11-server-side-apply-daemonset",
        "12-nodes-pods-eviction", "13-lease", "14-errors", "15-events", "16-openapi",
    ]

    /// The file as it stands.
    package static func bytes(_ name: String) throws -> [UInt8] {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recordings")
        return Array(try Data(contentsOf: directory.appending(path: "\(name).json")))
    }

    package init(_ name: String) throws {
        let document = try JSONValue(parsing: Self.bytes(name))
        self.name = name
        exchanges = (document["exchanges"]?.array ?? []).map { exchange in
            let request = exchange["request"] ?? [:]
            let response = exchange["response"] ?? [:]
            return Exchange(
                method: request["method"]?.string ?? "", target: request["path"]?.string ?? "",
                requestHeaders: Self.texts(request["headers"]), requestBody: request["body"],
                status: response["status"]?.integer.map { Int($0) } ?? 0, headers: Self.texts(response["headers"]),
                body: response["body"], stream: response["stream"]?.array ?? [])
        }
    }

    private static func texts(_ value: JSONValue?) -> [String: String] { (value?.object ?? [:]).compactMapValues(\.string) }
}
