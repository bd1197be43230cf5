import KubeCore
import TestSupport
import Testing

@testable import KubeSimulator

@Suite struct PureValueTests {
    @Test(arguments: [
        ("0", "0"), ("0.5", "500m"), ("1000m", "1"), ("1500m", "1500m"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("1000", "1k"),
        ("0.5Ki", "512"), ("100Mi", "100Mi"), ("1e3", "1e3"), ("16393220Ki", "16393220Ki"), ("3920m", "3920m"), ("-1", "-1"),
        ("0.0000000001", "1n"), ("128974848", "128974848"), ("129M", "129M"), ("1Ei", "1Ei"),
    ])
    func `a quantity is written in its one canonical form`(_ text: String, _ canonical: String) throws {
        let quantity = try #require(ResourceQuantity(text))
        #expect(quantity.canonical == canonical)
        #expect(ResourceQuantity(canonical) == quantity)
    }

    @Test(arguments: ["", "abc", "1x", "1.2.3", ".", "1 Gi", "--1", "Mi", "1GiB"])
    func `what is no quantity is refused`(_ text: String) {
        #expect(ResourceQuantity(text) == nil)
    }

    @Test func `quantities compare by amount`() throws {
        let ordered = try ["100m", "0.2", "1", "1k", "1Ki", "1M", "1Mi", "1Gi"].map { try #require(ResourceQuantity($0)) }
        #expect(ordered == ordered.sorted())
        #expect(ResourceQuantity("1") == ResourceQuantity("1000m"))
    }

    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"),
        (11_000, "3h3m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (180_000, "2d2h"), (691_200, "8d"), (86_400 * 800, "2y70d"),
    ])
    func `ages are written as kubectl writes them`(_ seconds: Int, _ text: String) {
        let now = Timestamp(seconds: 2_000_000_000)
        #expect(Age.text(since: (now + .seconds(-seconds)).description, now) == text)
    }

    @Test(arguments: [
        (".a.b", "[1]"), (".list[0].name", #"["x"]"#), (".list[*].name", #"["x","y"]"#), (".list[?(@.name==\"y\")].on", "[true]"),
        (".list[?(@.on==false)].name", #"["x"]"#), (".labels['a.dev/k']", #"["v"]"#), (".labels.a\\.dev/k", #"["v"]"#), (".none", "[]"),
        (".list[-1].name", #"["y"]"#), (".list[9]", "[]"),
    ])
    func `printer columns find their values`(_ path: String, _ values: String) throws {
        let object: JSONValue = [
            "a": ["b": 1], "list": [["name": "x", "on": false], ["name": "y", "on": true]], "labels": ["a.dev/k": "v"],
        ]
        let expected = try JSONValue(parsing: values)
        #expect(JSONValue.array(JSONPath(path).values(in: object)) == expected)
    }

    @Test func `field sets survive their JSON form, and union, difference and intersection are what they say`() throws {
        let json = try JSONValue(
            parsing: #"{"f:spec":{".":{},"f:a":{},"f:list":{"k:{\"name\":\"c\"}":{".":{},"f:image":{}},"v:\"x\"":{}}}}"#)
        let set = FieldSet(json: json)
        #expect(set.json == json)
        #expect(set.paths.count == 5)
        #expect(set.paths.map(FieldSet.text).contains(".spec.list[name=\"c\"].image"))
        var part = FieldSet()
        part.insert(["f:spec", "f:a"])
        part.insert(["f:other"])
        #expect(set.intersection(part).paths == [["f:spec", "f:a"]])
        #expect(set.subtracting(part).union(set.intersection(part)) == set)
        #expect(set.subtracting(set).isEmpty)
        #expect(set.removing([["f:spec"]]).isEmpty)
        #expect(set.removingMembers([["f:spec"]]).paths.count == 4)
    }

    @Test func `every built-in kind's table of fields is complete: normalising what it always writes changes nothing`() {
        for definition in BuiltinKinds.all {
            let empty = definition.emptyObject
            var again = empty
            definition.normalize(&again)
            #expect(again == empty, "\(definition.type.kind)")
            #expect(definition.fields.unknownMembers(of: empty).isEmpty)
            #expect(definition.fields.decodingProblem(of: empty) == nil)
        }
    }

    @Test func `continue tokens survive their text`() throws {
        let token = ContinueToken(revision: 335, start: "default/a\0")
        let read = try ContinueToken(token.text)
        #expect(read.revision == 335 && read.start == "default/a\0")
        for bad in ["%%%", "e30", "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ"] {
            #expect(throws: KubeError.self) { _ = try ContinueToken(bad) }
        }
    }

    @Test(arguments: ["v1", "v1beta1", "v2", "v1alpha1", "v10", "foo", "v2beta1", "v1beta2"].indices)
    func `API versions sort by stability, then by number`(_ rotation: Int) {
        let versions = ["v1", "v1beta1", "v2", "v1alpha1", "v10", "foo", "v2beta1", "v1beta2"]
        let rotated = Array(versions[rotation...] + versions[..<rotation])
        let expected = ["v10", "v2", "v1", "v2beta1", "v1beta2", "v1beta1", "v1alpha1", "foo"]
        #expect(rotated.sorted(by: KubernetesVersion.precedes) == expected)
    }
}
