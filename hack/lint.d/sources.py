#!/usr/bin/env python3
"""Checks Swift sources: words that are banned, imports, names, sizes. Prints `file:line: [rule] message`, exits 1 on any.

Usage: sources.py [ROOT]
"""

import re
import sys
from pathlib import PurePath

from findings import Findings, Tree, root_argument
from swift_text import code_only

LONGEST_FILE = 350

# rule: (pattern, what to do instead)
EVERYWHERE = {
    "try?": (r"\btry\?", "an error is a value or is thrown on; never dropped"),
    "try!": (r"\btry!", "throw on, or make the failure impossible"),
    "fatalError": (r"\bfatalError\s*\(", "expected states are values, errors are thrown"),
    "bare-task": (r"\bTask\s*(?:<[^>{}]*>)?\s*[({]|\bTask\.(?:detached|immediate)\b", "use a task group that is joined"),
    "sleep": (r"\bTask\.sleep\b", "time comes in as `any TimeSource`"),
    "dispatch": (r"\bDispatchQueue\b|^\s*(?:\w+\s+)?import\s+Dispatch\b", "no Dispatch: structured concurrency"),
    "public": (r"^\s*(?:@\w+\s+)*(?:public|open)\b", "`internal` and `package` only"),
    "unchecked": (r"@unchecked\b|\bnonisolated\(unsafe\)", "let the compiler prove it: a struct in a Mutex"),
    "name": (
        r"\b(?:struct|class|enum|actor|protocol|typealias)\s+\w*(?:Manager|Helper|Utils?|Utilit(?:y|ies)|Impl)\b",
        "name it for what it is; no Manager, Helper, Util, Impl",
    ),
}

# The executables read flags and environment and print; nothing else does.
BELOW_EXECUTABLES = {
    "environment": (r"\bProcessInfo\b|\bgetenv\s*\(", "configuration comes in as values from the executable"),
    "print": (r"(?<![\w.])print\s*\(", "log with the logger that came in, or return a value"),
}

AUDIT_CORE = {
    "pure": (
        r"\basync\b|\bTask\b|\bDate\s*\(|\bimport\s+(?:Logging|Metrics|Synchronization)\b|\b(?:Continuous|Suspending)Clock\b|\.random\(|\bSystemRandomNumberGenerator\b",
        "AuditCore is pure: no async, clock, logger, lock or randomness",
    ),
}

OWNERS = {"CLibcurl": "CurlHTTP", "COpenSSL": "Digests"}
EXECUTABLES = ("nodeaudit", "nodeaudit-sandbox")
IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|internal|private|fileprivate|public)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_words(findings, name, code, rules):
    for rule, (pattern, remedy) in rules.items():
        for match in re.finditer(pattern, code, re.M):
            word = " ".join(match.group().split())
            findings.add(rule, name, line_of(code, match.end() - 1), f"`{word}`: {remedy}")


def check_imports(findings, name, code, target):
    for match in IMPORT.finditer(code):
        module, line = match.group(1), line_of(code, match.start(1))
        owner = OWNERS.get(module)
        if owner and target not in (owner, f"{owner}Tests"):
            findings.add("c-module", name, line, f"{module} is imported by {owner} only")
        if module == "Foundation" and name.startswith("Sources/"):
            findings.add("foundation", name, line, "import FoundationEssentials, or say in hack/lint.d/allowed.txt why that is not enough")


def check_types_against_modules(findings, name, code, modules):
    for match in re.finditer(r"\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)", code):
        if match.group(1) in modules:
            findings.add("name", name, line_of(code, match.start(1)), f"{match.group(1)} is a module's name too")


def main():
    tree = Tree(root_argument())
    findings = Findings(tree)
    modules = {PurePath(name).parts[1] for name in tree.ending(".swift", under="Sources/")}
    for name in tree.ending(".swift"):
        parts = PurePath(name).parts
        if parts[0] not in ("Sources", "Tests") or len(parts) < 3:
            continue
        text = tree.read(name)
        code = code_only(text)
        target = parts[1]
        if text.count("\n") > LONGEST_FILE:
            findings.add("length", name, 1, f"{text.count(chr(10))} lines, at most {LONGEST_FILE}: split it by question")
        check_imports(findings, name, code, target)
        if parts[0] == "Tests":
            continue
        check_words(findings, name, code, EVERYWHERE)
        check_types_against_modules(findings, name, code, modules)
        if target not in EXECUTABLES:
            check_words(findings, name, code, BELOW_EXECUTABLES)
        if target == "AuditCore":
            check_words(findings, name, code, AUDIT_CORE)
    rules = {*EVERYWHERE, *BELOW_EXECUTABLES, *AUDIT_CORE, "c-module", "foundation", "length"}
    return findings.report(rules)


if __name__ == "__main__":
    sys.exit(main())
