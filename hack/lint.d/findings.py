"""What every check of hack/lint shares: the tree it looks at, exceptions, and how a finding reads."""

import os
import subprocess
import sys
from pathlib import Path

ALLOWED = "hack/lint.d/allowed.txt"


class Tree:
    """The project's files as a clone would have them: under version control, or new and not ignored."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = sorted(self._listed() or self._found())

    def _listed(self):
        command = ["git", "-c", f"safe.directory={self.root.resolve()}", "-C", str(self.root), "ls-files", "-z"]
        try:
            answer = subprocess.run(command + ["--cached", "--others", "--exclude-standard"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return []
        names = answer.stdout.decode().split("\0")
        return [name for name in names if name and (self.root / name).is_file()]

    def _found(self):
        names = []
        for directory, children, files in os.walk(self.root):
            children[:] = [child for child in children if child not in (".git", "__pycache__") and not child.startswith(".build")]
            names += [str((Path(directory) / file).relative_to(self.root)) for file in files]
        return names

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def ending(self, *suffixes, under=""):
        return [name for name in self.files if name.endswith(suffixes) and name.startswith(under)]


class Findings:
    """Collects what is wrong, minus what allowed.txt excuses with a reason: `rule path reason…`."""

    def __init__(self, tree):
        self.found = []
        self.exceptions = {}
        if ALLOWED not in tree.files:
            return
        for number, line in enumerate(tree.read(ALLOWED).splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.split(None, 2)
            if len(fields) < 3:
                self.found.append(f"{ALLOWED}:{number}: [allowed] an exception needs a rule, a path and a reason")
            elif fields[1] not in tree.files:
                self.found.append(f"{ALLOWED}:{number}: [allowed] {fields[1]} does not exist; remove the line")
            else:
                self.exceptions[fields[0], fields[1]] = [number, False]

    def add(self, rule, name, line, message):
        exception = self.exceptions.get((rule, name))
        if exception:
            exception[1] = True
        else:
            self.found.append(f"{name}:{line}: [{rule}] {message}")

    def report(self, rules):
        """Prints the findings; `rules` are those that were checked, so that an excuse nobody needs is one more."""
        for (rule, name), (number, used) in self.exceptions.items():
            if rule in rules and not used:
                self.found.append(f"{ALLOWED}:{number}: [allowed] {name} no longer breaks `{rule}`; remove the line")
        for line in self.found:
            print(line)
        return 1 if self.found else 0


def root_argument():
    return sys.argv[1] if len(sys.argv) > 1 else "."
