#!/usr/bin/env python3
"""Compares the package with the table of arrows in docs/architecture.md, both ways. Exits 1 on any difference.

Usage: swift package dump-package | arrows.py [ROOT]
"""

import json
import sys

from findings import Findings, Tree, root_argument

DOCUMENT = "docs/architecture.md"
MANIFEST = "Package.swift"
FEATURES = {"ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault"}


def table(text):
    """target → (line, ours, others), from the table whose header begins with `target | ours | others`."""
    rows, inside = {}, False
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if cells[:3] == ["target", "ours", "others"]:
            inside = True
        elif inside and not line.lstrip().startswith("|"):
            inside = False
        elif inside and not set(cells[0]) <= set("-: "):
            names = [{name.strip() for name in cell.split(",") if name.strip() not in ("", "–")} for cell in cells[1:3]]
            rows[cells[0]] = (number, *names)
    return rows


def dependencies(target):
    """The names a target depends on: targets of this package, and products of others."""
    ours, others = set(), set()
    for dependency in target["dependencies"]:
        for kind, value in dependency.items():
            (others if kind == "product" and value[1] else ours).add(value[0])
    return ours, others


def check_arrows(findings, targets, rows):
    for target in targets:
        name = target["name"]
        # Tests, and what they share, may know everybody; nobody outside may know them, since no row names them.
        if target["type"] == "test" or (target.get("path") or "").startswith("Tests/"):
            continue
        if name not in rows:
            findings.add("arrows", DOCUMENT, 1, f"the target {name} has no row in the table of arrows")
            continue
        line, *allowed = rows[name]
        for declared, documented in zip(dependencies(target), allowed):
            for surplus in sorted(declared - documented):
                findings.add("arrows", DOCUMENT, line, f"{name} depends on {surplus} in Package.swift, and may not by the table")
            for missing in sorted(documented - declared):
                findings.add("arrows", DOCUMENT, line, f"{name} may depend on {missing} by the table, and does not in Package.swift")
    names = {target["name"] for target in targets}
    for name, (line, *_) in rows.items():
        if name not in names:
            findings.add("arrows", DOCUMENT, line, f"there is no target {name}")


def check_settings(findings, targets):
    for target in targets:
        if target["type"] in ("system", "plugin", "binary"):
            continue
        kinds = [setting["kind"] for setting in target.get("settings", [])]
        features = {kind["enableUpcomingFeature"]["_0"] for kind in kinds if "enableUpcomingFeature" in kind}
        wanted = [({"swiftLanguageMode": {"_0": "6"}}, "Swift 6 mode"), ({"treatAllWarnings": {"_0": "error"}}, "warnings as errors")]
        lacks = [words for kind, words in wanted if kind not in kinds] + sorted(FEATURES - features)
        if lacks:
            findings.add("settings", MANIFEST, 1, f"{target['name']} lacks {', '.join(lacks)}")


def check_orphans(findings, tree, targets):
    """Code in no target is compiled by nobody, and a test there cannot fail."""
    paths = [target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{target['name']}" for target in targets]
    for directory in sorted({"/".join(name.split("/")[:2]) for name in tree.ending(".swift") if name.startswith(("Sources/", "Tests/"))}):
        if directory not in paths:
            findings.add("orphan", MANIFEST, 1, f"{directory} belongs to no target: nothing compiles it")


def check_versions(findings, dependencies_):
    for dependency in dependencies_:
        for source in dependency.get("sourceControl", []):
            if "exact" not in source["requirement"]:
                findings.add("versions", MANIFEST, 1, f"{source['identity']} needs `exact:`, since Package.resolved is not committed")


def main():
    tree = Tree(root_argument())
    findings = Findings(tree)
    package = json.load(sys.stdin)
    rows = table(tree.read(DOCUMENT))
    if not rows:
        findings.add("arrows", DOCUMENT, 1, "no table with the header `| target | ours | others | …`")
    check_arrows(findings, package["targets"], rows)
    check_settings(findings, package["targets"])
    check_orphans(findings, tree, package["targets"])
    check_versions(findings, package["dependencies"])
    return findings.report({"arrows", "settings", "versions", "orphan"})


if __name__ == "__main__":
    sys.exit(main())
