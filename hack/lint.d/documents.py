#!/usr/bin/env python3
"""Checks that YAML parses without repeated keys, and that local links in Markdown lead somewhere. Exits 1 on any finding.

Usage: documents.py [ROOT]
"""

import posixpath
import re
import sys
from urllib.parse import unquote

import yaml

from findings import Findings, Tree, root_argument

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.M)
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)


class StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Refuses a mapping that has a key twice, where YAML libraries silently take the last."""


def mapping(loader, node):
    seen = []
    for name, _ in node.value:
        if name.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(name, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", name.start_mark)
        seen.append(key)
    return loader.construct_mapping(node, deep=True)


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
# `=` alone is a plain string in Kubernetes' YAML; PyYAML knows a type for it and no way to make one.
StrictLoader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


def check_yaml(findings, tree):
    for name in tree.ending(".yaml", ".yml") + [name for name in tree.files if posixpath.basename(name) == "Kustomization"]:
        try:
            for _ in yaml.load_all(tree.read(name), Loader=StrictLoader):
                pass
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            mark = getattr(problem, "problem_mark", None)
            reason = getattr(problem, "problem", None) or str(problem)
            findings.add("yaml", name, mark.line + 1 if mark else 1, " ".join(str(reason).split()))


def anchors(text):
    """The anchors that GitHub gives to headings."""
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCE.sub("", text), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = 0
        while (candidate := slug if not count else f"{slug}-{count}") in found:
            count += 1
        found.add(candidate)
    return found


def check_links(findings, tree):
    for name in tree.ending(".md"):
        text = tree.read(name)
        prose = FENCE.sub(lambda block: re.sub(r"[^\n]", " ", block.group()), text)
        prose = re.sub(r"`[^`\n]*`", lambda span: " " * len(span.group()), prose)
        for match in LINK.finditer(prose):
            target = unquote(match.group(1) or match.group(2))
            if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
                continue
            line = text.count("\n", 0, match.start()) + 1
            path, _, anchor = target.partition("#")
            resolved = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if not (tree.root / resolved).exists() or resolved.startswith(".."):
                findings.add("link", name, line, f"{target} does not exist")
            elif anchor and resolved.endswith(".md") and anchor not in anchors(tree.read(resolved)):
                findings.add("link", name, line, f"{resolved} has no heading for #{anchor}")


def main():
    tree = Tree(root_argument())
    findings = Findings(tree)
    check_yaml(findings, tree)
    check_links(findings, tree)
    return findings.report({"yaml", "link"})


if __name__ == "__main__":
    sys.exit(main())
