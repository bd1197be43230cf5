#!/usr/bin/env python3
"""Plants each violation that hack/lint promises to catch into a small project and checks that it is named, and nothing else.

Usage: selftest.py
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent

CLEAN_SWIFT = '''/// No `try?` and no Task { } here: a comment may name fatalError( freely. /* nor /* nested */ DispatchQueue */
struct Plan {
    let words = "try! Task { } \\(label("import CLibcurl")) fatalError("
    let raw = #"a "quoted" try? and \\#(words) "#
    let lines = """
        DispatchQueue.main "try!" Task.detached {
        """
    func taskTask(_ subTask: Int) -> Int { subTask }
}
'''

TABLE = "| target | ours | others | must never |\n|---|---|---|---|\n| `AuditCore` | KubeCore | – | log |\n| KubeCore | – | Yams | – |\n"

CLEAN = {
    "Sources/AuditCore/Plan.swift": CLEAN_SWIFT,
    "Sources/CurlHTTP/Loop.swift": "package import CLibcurl\n\nfinal class Loop {}\n",
    "Sources/KubeCore/Values.swift": "import FoundationEssentials\n\npackage struct Values {}\n",
    "Sources/nodeaudit/Main.swift": 'import FoundationEssentials\n\nlet home = ProcessInfo.processInfo.environment\nprint("x")\n',
    "Tests/KubeCoreTests/ValuesTests.swift": "import Foundation\n\nstruct ValuesTests {}\n",
    "docs/architecture.md": "# One\n\n[two](#one) [three](../crds/a.yaml) [web](https://example.com/x)\n\n" + TABLE,
    "crds/a.yaml": "a: &a {x: 1}\n---\nb: [1, 2]\nc: =\nd: &d {x: 1}\ne: {<<: *d, y: 2}\n",
}


def manifest(**changes):
    flags = [{"kind": {"swiftLanguageMode": {"_0": "6"}}}, {"kind": {"treatAllWarnings": {"_0": "error"}}}]
    flags += [{"kind": {"enableUpcomingFeature": {"_0": name}}} for name in ("ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault")]
    core = {"name": "KubeCore", "type": "regular", "settings": flags, "dependencies": [{"product": ["Yams", "Yams", None, None]}]}
    audit = {"name": "AuditCore", "type": "regular", "settings": flags, "dependencies": [{"byName": ["KubeCore", None]}]}
    tests = {"name": "KubeCoreTests", "type": "test", "settings": flags, "dependencies": [{"byName": ["AuditCore", None]}]}
    shared = {"name": "TestSupport", "type": "regular", "path": "Tests/Support", "settings": flags, "dependencies": [{"byName": ["KubeCore", None]}]}
    package = {"targets": [core, audit, shared, tests], "dependencies": [{"sourceControl": [{"identity": "yams", "requirement": {"exact": ["6.2.2"]}}]}]}
    for change in changes.values():
        change(package)
    return package


def run(script, files, package=None):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        given = json.dumps(package) if package else None
        answer = subprocess.run([sys.executable, HERE / script, root], input=given, capture_output=True, text=True, check=False)
    if answer.stderr:
        raise SystemExit(f"{script} broke:\n{answer.stderr}")
    return answer.returncode, answer.stdout.splitlines()


PLANTED = [
    # script, file, text, expected `file:line: [rule]`
    ("sources.py", "Sources/KubeCore/A.swift", "let a = try? b()\n", "Sources/KubeCore/A.swift:1: [try?]"),
    ("sources.py", "Sources/KubeCore/A.swift", "\nlet a = try! b()\n", "Sources/KubeCore/A.swift:2: [try!]"),
    ("sources.py", "Sources/KubeCore/A.swift", 'func f() { fatalError("x") }\n', "Sources/KubeCore/A.swift:1: [fatalError]"),
    ("sources.py", "Sources/KubeCore/A.swift", 'let a = "\\("x")"; func f() { Task { } }\n', "Sources/KubeCore/A.swift:1: [bare-task]"),
    ("sources.py", "Sources/KubeCore/A.swift", "let t = Task<Int, Never>(priority: .low) { 1 }\n", "Sources/KubeCore/A.swift:1: [bare-task]"),
    ("sources.py", "Sources/KubeCore/A.swift", "let t = Task.detached { 1 }\n", "Sources/KubeCore/A.swift:1: [bare-task]"),
    ("sources.py", "Sources/KubeCore/A.swift", "let q = DispatchQueue(label: name)\n", "Sources/KubeCore/A.swift:1: [dispatch]"),
    ("sources.py", "Sources/KubeCore/A.swift", "internal import Dispatch\n", "Sources/KubeCore/A.swift:1: [dispatch]"),
    ("sources.py", "Sources/KubeCore/A.swift", "\n\npublic struct A {}\n", "Sources/KubeCore/A.swift:3: [public]"),
    ("sources.py", "Sources/KubeCore/A.swift", "final class A: @unchecked Sendable {}\n", "Sources/KubeCore/A.swift:1: [unchecked]"),
    ("sources.py", "Sources/KubeCore/A.swift", "struct NodeManager {}\n", "Sources/KubeCore/A.swift:1: [name]"),
    ("sources.py", "Sources/KubeCore/A.swift", "struct AuditCore {}\n", "Sources/KubeCore/A.swift:1: [name]"),
    ("sources.py", "Sources/KubeCore/A.swift", "@preconcurrency import Foundation\n", "Sources/KubeCore/A.swift:1: [foundation]"),
    ("sources.py", "Sources/KubeCore/A.swift", "let e = ProcessInfo.processInfo\n", "Sources/KubeCore/A.swift:1: [environment]"),
    ("sources.py", "Sources/KubeCore/A.swift", "func f() { print(1) }\n", "Sources/KubeCore/A.swift:1: [print]"),
    ("sources.py", "Sources/KubeCore/A.swift", "// x\n" * 351, "Sources/KubeCore/A.swift:1: [length]"),
    ("sources.py", "Tests/KubeCoreTests/A.swift", "// x\n" * 351, "Tests/KubeCoreTests/A.swift:1: [length]"),
    ("sources.py", "Sources/KubeClient/A.swift", "private import CLibcurl\n", "Sources/KubeClient/A.swift:1: [c-module]"),
    ("sources.py", "Tests/CurlHTTPTests/A.swift", "import COpenSSL\n", "Tests/CurlHTTPTests/A.swift:1: [c-module]"),
    ("sources.py", "Sources/AuditCore/A.swift", "func a() async {}\n", "Sources/AuditCore/A.swift:1: [pure]"),
    ("sources.py", "Sources/AuditCore/A.swift", "let now = Date()\n", "Sources/AuditCore/A.swift:1: [pure]"),
    ("sources.py", "Sources/AuditCore/A.swift", "import Logging\n", "Sources/AuditCore/A.swift:1: [pure]"),
    ("sources.py", "hack/lint.d/allowed.txt", "try? Sources/KubeCore/Values.swift why not\n", "hack/lint.d/allowed.txt:1: [allowed]"),
    ("documents.py", "deploy/a.yaml", "a: [1\n", "deploy/a.yaml:2: [yaml]"),
    ("documents.py", "deploy/a.yaml", "a: 1\nb: 2\na: 3\n", "deploy/a.yaml:3: [yaml]"),
    ("documents.py", "crds/Kustomization", "a: {\n", "crds/Kustomization:2: [yaml]"),
    ("documents.py", "README.md", "see\n[it](docs/gone.md)\n", "README.md:2: [link]"),
    ("documents.py", "README.md", "[it](docs/architecture.md#gone)\n", "README.md:1: [link]"),
    ("documents.py", "README.md", "[it][x]\n\n[x]: gone.md\n", "README.md:3: [link]"),
]


def target(name, package):
    return next(entry for entry in package["targets"] if entry["name"] == name)


def changed(what, expected):
    return (manifest(change=what), expected)


MANIFESTS = [
    changed(lambda p: target("KubeCore", p)["dependencies"].append({"product": ["Logging", "swift-log", None, None]}), "KubeCore depends on Logging"),
    changed(lambda p: target("KubeCore", p)["dependencies"].append({"byName": ["AuditCore", None]}), "KubeCore depends on AuditCore"),
    changed(lambda p: target("KubeCore", p)["dependencies"].append({"byName": ["TestSupport", None]}), "KubeCore depends on TestSupport"),
    changed(lambda p: target("AuditCore", p)["dependencies"].clear(), "AuditCore may depend on KubeCore"),
    changed(lambda p: p["targets"].append({**target("KubeCore", p), "name": "Extra"}), "the target Extra has no row"),
    changed(lambda p: p["targets"].remove(target("AuditCore", p)), "there is no target AuditCore"),
    changed(lambda p: target("KubeCoreTests", p).update(settings=[]), "KubeCoreTests lacks Swift 6 mode"),
    changed(lambda p: p["dependencies"][0]["sourceControl"][0].update(requirement={"range": []}), "yams needs `exact:`"),
]


def main():
    failures = []
    for script in ("sources.py", "documents.py"):
        status, found = run(script, CLEAN)
        if status or found:
            failures.append(f"{script} finds fault with a clean project: {found}")
    status, found = run("arrows.py", CLEAN, manifest())
    if status or found:
        failures.append(f"arrows.py finds fault with a clean project: {found}")

    for script, name, text, expected in PLANTED:
        status, found = run(script, {**CLEAN, name: text})
        if status != 1 or len(found) != 1 or not found[0].startswith(expected):
            failures.append(f"{script}, {name} with {text[:40]!r}: expected {expected}, got exit {status} and {found}")
        excused = {**CLEAN, name: text, "hack/lint.d/allowed.txt": f"{expected.split('[')[1][:-1]} {name} for the test\n"}
        if name != "hack/lint.d/allowed.txt" and run(script, excused) != (0, []):
            failures.append(f"{script}, {name}: an exception with a reason does not excuse {expected}")

    for package, expected in MANIFESTS:
        status, found = run("arrows.py", CLEAN, package)
        if status != 1 or len(found) != 1 or expected not in found[0]:
            failures.append(f"arrows.py: expected {expected!r}, got exit {status} and {found}")

    for failure in failures:
        print(f"lint self-test: {failure}")
    if not failures:
        print(f"lint self-test: {len(PLANTED) + len(MANIFESTS)} planted violations were caught")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
