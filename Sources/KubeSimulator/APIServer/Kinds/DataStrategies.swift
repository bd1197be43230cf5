import KubeCore

/// What ConfigMaps and Secrets share: keys that are file names, and content that may be for good.
enum KeyedData {
    static func problems(_ object: JSONValue, replacing old: JSONValue?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for member in ["data", "binaryData"] {
            for key in (object[member]?.object ?? [:]).keys.sorted() {
                problems += keyProblems(key).map { .invalid("\(member)[\(key)]", .string(key), $0) }
            }
        }
        for key in (object["data"]?.object ?? [:]).keys.sorted() where object["binaryData"]?[key] != nil {
            problems.append(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData"))
        }
        guard let old, old["immutable"] == true else { return problems }
        for member in ["data", "binaryData"] where object[member] != old[member] {
            problems.append(.forbidden(member, "field is immutable when `immutable` is set"))
        }
        if object["immutable"] != true { problems.append(.forbidden("immutable", "field is immutable when `immutable` is set")) }
        return problems
    }

    private static func keyProblems(_ key: String) -> [String] {
        var problems: [String] = []
        if key.utf8.count > 253 { problems.append("must be no more than 253 bytes") }
        if key.isEmpty || !key.utf8.allSatisfy(isKeyByte) {
            problems.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
                    + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if key == "." || key == ".." { problems.append("must not be '\(key)'") }
        if key.hasPrefix(".."), key != ".." { problems.append("must not start with '..'") }
        return problems
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

struct ConfigMapStrategy: ResourceStrategy {
    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        KeyedData.problems(object, replacing: old)
    }
}

struct SecretStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        if object["type"]?.string?.isEmpty ?? true { object["type"] = "Opaque" }
        guard let texts = object["stringData"]?.object else { return }
        object.updateMember("data") { data in
            for (key, text) in texts { data[key] = .string(Base64.encode(Array((text.string ?? "").utf8))) }
        }
        object["stringData"] = nil
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems = KeyedData.problems(object, replacing: old)
        if let old, old["type"] != object["type"] { problems.append(.invalid("type", object["type"] ?? "", "field is immutable")) }
        return problems
    }
}
