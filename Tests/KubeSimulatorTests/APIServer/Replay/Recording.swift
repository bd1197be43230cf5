import Foundation
import KubeCore

/// One file of `Tests/Recordings`: what a real API server answered, exchange by exchange.
struct Recording {
    struct Exchange {
        var method: String
        var path: String
        var accept: String
        var contentType: String?
        var body: JSONValue?
        var status: Int
        var headers: [String: String]
        var answer: JSONValue?
        var stream: [JSONValue]?
    }

    var name: String
    var exchanges: [Exchange]

    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recordings")

    init(_ name: String) throws {
        let data = try Data(contentsOf: Self.directory.appending(path: "\(name).json"))
        let file = try JSONValue(parsing: Array(data))
        self.name = String(name.prefix(2))
        exchanges = (file["exchanges"]?.array ?? []).map { exchange in
            let request = exchange["request"] ?? [:]
            let response = exchange["response"] ?? [:]
            return Exchange(
                method: request["method"]?.string ?? "", path: request["path"]?.string ?? "",
                accept: request["headers"]?["accept"]?.string ?? "application/json",
                contentType: request["headers"]?["content-type"]?.string, body: request["body"],
                status: Int(response["status"]?.integer ?? 0),
                headers: (response["headers"]?.object ?? [:]).compactMapValues(\.string), answer: response["body"],
                stream: response["stream"]?.array)
        }
    }

    static let names = [
        "01-crd-install", "02-kubectl-1.32-discovery-and-get", "03-kubectl-1.32-apply-client-side", "04-kubectl-1.32-apply-server-side",
        "05-kubectl-1.32-describe-explain-patch-label-wait-delete", "06-validation", "07-status-subresource-and-conflicts",
        "08-finalizers-and-deletion", "09-list-paging-and-selectors", "10-watch", "11-server-side-apply-daemonset",
        "12-nodes-pods-eviction", "13-lease", "14-errors", "15-events", "16-openapi",
    ]
}
