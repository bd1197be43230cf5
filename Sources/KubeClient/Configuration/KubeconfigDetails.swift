import FoundationEssentials
import KubeCore

/// The members of one cluster or user of a kubeconfig, read with messages that say where.
struct KubeconfigDetails {
    let value: JSONValue
    let file: String
    let who: String
    let origin: String

    init(_ entry: Kubeconfig.Entry, _ who: String, _ origin: String) {
        self.init(value: entry.value, file: entry.file, who: who, origin: origin)
    }

    private init(value: JSONValue, file: String, who: String, origin: String) {
        self.value = value
        self.file = file
        self.who = who
        self.origin = origin
    }

    /// A part of it, under a name of its own.
    func inside(_ part: JSONValue, _ name: String) -> KubeconfigDetails {
        KubeconfigDetails(value: part, file: file, who: name, origin: origin)
    }

    /// `what` goes on after the name of who has it.
    func problem(_ what: String) -> KubeError { KubeError(.configuration, "\(origin): \(who) \(what)") }

    /// The elements of an array; none when absent.
    func elements(_ key: String) throws(KubeError) -> [JSONValue] {
        guard let member = value[key], !member.isNull else { return [] }
        guard let elements = member.array else { throw KubeError(.configuration, "\(origin): \(key) of \(who) is no list") }
        return elements
    }

    /// nil when absent or empty.
    func text(_ key: String) throws(KubeError) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string else { throw KubeError(.configuration, "\(origin): \(key) of \(who) is no text") }
        return text.isEmpty ? nil : text
    }

    /// `key-data` in base64, else the file that `key` names.
    func material(_ key: String) throws(KubeError) -> ClusterConfiguration.Material? {
        if let encoded = try text(key + "-data") {
            guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw KubeError(.configuration, "\(origin): \(key)-data of \(who) is not base64")
            }
            return .data(Array(data))
        }
        return try text(key).map { .file(path($0)) }
    }

    /// Relative to the directory of the file in which it stands.
    func path(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }

    func impersonation() throws(KubeError) -> ClusterConfiguration.Impersonation? {
        guard let user = try text("as") else {
            guard value["as-groups"] == nil, value["as-uid"] == nil, value["as-user-extra"] == nil else {
                throw KubeError(.configuration, "\(origin): \(who) impersonates groups, a uid or extras, but no user: set `as`")
            }
            return nil
        }
        var impersonation = ClusterConfiguration.Impersonation(user: user)
        impersonation.uid = try text("as-uid")
        impersonation.groups = (value["as-groups"]?.array ?? []).compactMap(\.string)
        for (key, values) in value["as-user-extra"]?.object ?? [:] {
            impersonation.extra[key] = (values.array ?? []).compactMap(\.string)
        }
        return impersonation
    }
}
