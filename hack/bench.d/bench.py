#!/usr/bin/env python3
"""The workloads of docs/performance.md; hack/bench is the way in and says what the arguments mean."""

import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from cluster import AGENTS, API, Sandbox
from subject import Operator, Subject

SPEC = {"nodeSelector": {"matchLabels": {"cloud.google.com/gke-os-distribution": "cos"}}, "outputs": [{"name": "out", "type": "Stdout", "stdout": {}}]}
CHANGE = {**SPEC, "filters": [{"name": "quiet", "type": "DropRecordTypes", "dropRecordTypes": {"recordTypes": ["CWD"]}}]}
# Nodes and pods a second, as docs/performance.md has it.
HEARTBEATS = "1000,200"
HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.port = 26800 + os.getpid() % 1000
        self.rows = []

    def operator(self, api, *flags):
        self.port += 1
        log = os.path.join(self.directory, f"operator-{self.port}.log")
        return Operator(self.options.bin, api.kubeconfig, log, self.port, *flags)

    def repeat(self, name, size, measure):
        """Medians of what `measure` gives, figure by figure."""
        runs = []
        for number in range(self.options.runs):
            tell(f"{name}, {size} nodes, run {number + 1} of {self.options.runs}")
            runs.append(measure())
        self.add(name, size, {figure: round(statistics.median(run[figure] for run in runs), 3) for figure in runs[0]}, runs)

    def add(self, name, size, figures, runs=()):
        self.rows.append({"workload": name, "nodes": size, "figures": figures, "runs": list(runs)})
        tell(f"   {figures}")

    # --- workloads: each leaves the cluster as it found it

    def cold_sync(self, api, size):
        def sync():
            # As a standby, which fills its caches and does nothing more.
            api.hold_lease(3600)
            with self.operator(api) as operator:
                operator.wait("caches are filled", lambda: operator.is_ready)
                cpu, wall, peak = operator.cpu, operator.age, operator.memory("VmHWM")
                operator.wait_for_rest()
                return {"cpu_s": cpu, "peak_mb": peak, "settled_mb": operator.memory("VmRSS"), "wall_s": wall}

        self.repeat("cold-sync", size, sync)
        nodes, pods = api.count("/api/v1/nodes"), api.count(AGENTS)
        self.rows[-1]["objects"] = {"nodes": nodes, "pods": pods, "nodeaudits": api.count("/apis/nodeaudit.dev/v1alpha1/nodeaudits")}
        for peer in ("kubernetes", "kopf") if self.options.peers else ():
            self.repeat(f"cold-sync by {peer}", size, lambda peer=peer: self.peer(peer, api, nodes, pods))
        api.free_lease()

    def peer(self, name, api, nodes, pods):
        log = os.path.join(self.directory, f"{name}.log")
        command = [self.options.peers, os.path.join(HERE, "peers.py"), name, api.kubeconfig, str(nodes), str(pods)]
        open(log, "w", encoding="utf-8").close()
        with Subject(command, log) as peer:
            peer.wait("all objects are held", lambda: "ready" in open(log, encoding="utf-8", errors="replace").read())
            cpu, wall = peer.cpu, peer.age
            time.sleep(5)
            return {"cpu_s": cpu, "peak_mb": peer.memory("VmHWM"), "settled_mb": peer.memory("VmRSS"), "wall_s": wall}

    def start(self, api, size):
        def first_look():
            with self.operator(api) as operator:
                operator.wait("a first look", lambda: operator.looks > 0, pause=0.01)
                return {"wall_s": operator.age, "cpu_s": operator.cpu, "peak_mb": operator.memory("VmHWM")}

        self.repeat("start", size, first_look)

    def restart(self, api, size):
        def again():
            with self.operator(api) as operator:
                operator.wait("leadership", lambda: operator.leads and operator.is_ready)
                operator.wait_for_rest()
                writes = operator.writes()
                return {
                    "cpu_s": operator.cpu, "peak_mb": operator.memory("VmHWM"), "settled_mb": operator.memory("VmRSS"),
                    "patches": writes["PATCH"], "creates": writes["POST"], "deletes": writes["DELETE"],
                }

        self.repeat("restart", size, again)

    def at_rest(self, api, size):
        def rest():
            with self.operator(api) as operator:
                operator.wait("leadership", lambda: operator.leads and operator.is_ready)
                operator.wait_for_rest()
                before, cpu, start = operator.writes(), operator.cpu, time.monotonic()
                time.sleep(60)
                share = (operator.cpu - cpu) / (time.monotonic() - start) * 100
                after = operator.writes()
                other = sum(after[method] - before[method] for method in ("POST", "PATCH", "DELETE"))
                return {"cpu_percent": share, "settled_mb": operator.memory("VmRSS"), "writes_but_lease": other}

        self.repeat("at-rest", size, rest)

    def policy_change(self, api, size):
        specs = [CHANGE, SPEC]

        def change():
            with self.operator(api) as operator:
                operator.wait("leadership", lambda: operator.leads and operator.is_ready)
                operator.wait_for_rest()
                before, cpu, start = operator.writes(), operator.cpu, time.monotonic()
                # Each run changes it to what it is not.
                specs.append(specs.pop(0))
                generation = api.apply_policy(specs[-1])["metadata"]["generation"]
                operator.wait("the change is everywhere", lambda: self.is_applied(api, generation), pause=1)
                wall = time.monotonic() - start
                operator.wait_for_rest()
                after = operator.writes()
                return {
                    "cpu_s": operator.cpu - cpu, "wall_s": wall, "patches_per_node": (after["PATCH"] - before["PATCH"]) / size,
                    "status_writes": after["PUT"] - before["PUT"] - wall / 2, "peak_mb": operator.memory("VmHWM"),
                }

        self.repeat("policy-change", size, change)

    @staticmethod
    def is_applied(api, generation):
        status = (api.policy() or {}).get("status") or {}
        counts = status.get("nodes") or {}
        return status.get("observedGeneration") == generation and counts.get("owned", 0) > 0 and counts.get("applied") == counts["owned"]

    def leader_lost(self, api, size):
        for word, how in (("killed", signal.SIGKILL), ("stopped", signal.SIGTERM)):
            def lose(how=how):
                with self.operator(api) as leader:
                    leader.wait("leadership", lambda: leader.leads)
                    with self.operator(api) as standby:
                        standby.wait("warm caches", lambda: standby.is_ready)
                        start = time.monotonic()
                        leader.process.send_signal(how)
                        standby.wait("leadership", lambda: standby.leads)
                        return {"wall_s": time.monotonic() - start}

            self.repeat(f"leader-lost, {word}", size, lose)

    def churn(self, api, size):
        """While nodes and pods are updated all the time: what it costs, and how long until the status says what did change."""
        def churned():
            with self.operator(api) as operator:
                operator.wait("leadership", lambda: operator.leads and operator.is_ready)
                time.sleep(20)
                revision, cpu, start = api.revision(), operator.cpu, time.monotonic()
                waits = [wait for _ in range(15) for wait in self.reselect(api)]
                time.sleep(max(0, 60 - (time.monotonic() - start)))
                wall = time.monotonic() - start
                return {
                    "cpu_percent": (operator.cpu - cpu) / wall * 100, "events_per_s": (api.revision() - revision) / wall,
                    "visible_p50_s": statistics.median(waits), "visible_max_s": max(waits), "peak_mb": operator.memory("VmHWM"),
                }

        self.repeat("churn", size, churned)

    @staticmethod
    def reselect(api):
        """Takes a node out of the policy's selection and puts it back; gives how long each took to be seen in the policy's status."""
        label = "cloud.google.com/gke-os-distribution"
        selected = f"/api/v1/nodes?limit=1&labelSelector={label}%3Dcos"
        node = api.request("GET", selected)["items"][0]["metadata"]["name"]

        def set_label(value):
            api.request("PATCH", f"/api/v1/nodes/{node}", {"metadata": {"labels": {label: value}}}, "application/merge-patch+json")

        def owned():
            return ((api.policy() or {}).get("status") or {}).get("nodes", {}).get("owned", 0)

        try:
            for value in (None, "cos"):
                before, start = owned(), time.monotonic()
                set_label(value)
                while owned() == before:
                    time.sleep(0.02)
                    if time.monotonic() - start > 60:
                        raise RuntimeError("the status did not follow a node's label within 60 s")
                yield time.monotonic() - start
        finally:
            set_label("cos")

    # --- clusters

    def prime(self, api, size, workloads):
        """Rolls the agents out, which is no measurement. The cold sync needs their pods alone, which is sooner."""
        tell(f"rolling out over {size} nodes")
        generation = api.apply_policy(SPEC)["metadata"]["generation"]
        # The simulated server may be busy with its own controllers for longer than a lease lasts.
        with self.operator(api, "--no-leader-elect") as operator:
            if set(workloads) == {"cold-sync"}:
                operator.wait("every node has its agent", lambda: api.count(AGENTS) >= size, limit=7200, pause=2)
                return time.sleep(15)
            operator.wait("the roll-out is done", lambda: self.is_applied(api, generation), limit=7200, pause=1)
            # Under churn it never rests.
            if "churn" not in workloads:
                operator.wait_for_rest()

    WORKLOADS = ("start", "cold-sync", "restart", "at-rest", "policy-change", "leader-lost", "churn")

    def run(self):
        wanted = self.options.workloads
        if self.options.kubeconfig:
            api = API(self.options.kubeconfig)
            for workload in [name for name in wanted or self.WORKLOADS if name != "start" and (wanted or name not in ("policy-change", "churn"))]:
                getattr(self, workload.replace("-", "_"))(api, api.count("/api/v1/nodes"))
            return
        wanted = wanted or self.WORKLOADS
        if "start" in wanted:
            with Sandbox(self.options.bin, 0, self.directory) as api:
                api.apply_policy(SPEC)
                self.start(api, 0)
        if "churn" in wanted:
            for size in self.options.nodes:
                with Sandbox(self.options.bin, size, self.directory, "--heartbeats", HEARTBEATS) as api:
                    self.prime(api, size, ["churn"])
                    self.churn(api, size)
        rest = [name for name in wanted if name not in ("start", "churn")]
        for size in self.options.nodes if rest else ():
            with Sandbox(self.options.bin, size, self.directory) as api:
                self.prime(api, size, rest)
                for workload in rest:
                    getattr(self, workload.replace("-", "_"))(api, size)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(file.readline().split()[1]) // 1000
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "cpu": model, "cores": os.cpu_count(), "memory_mb": memory, "kernel": platform.release(), "commit": commit,
        "load_average": os.getloadavg()[0], "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def table(rows):
    lines = [("workload", "nodes", "figures (median)")]
    for row in rows:
        figures = ", ".join(f"{name} {value:g}" for name, value in row["figures"].items())
        lines.append((row["workload"], str(row["nodes"]), figures))
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--nodes", default="15000", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--runs", default=5, type=int)
    parser.add_argument("--workloads", type=lambda text: text.split(","))
    parser.add_argument("--peers")
    parser.add_argument("--kubeconfig")
    parser.add_argument("--json", default=".build-bench/bench.json")
    options = parser.parse_args()
    unknown = set(options.workloads or ()) - set(Bench.WORKLOADS)
    if unknown or options.runs < 1:
        parser.error(f"no such workload: {', '.join(unknown)}" if unknown else "--runs is at least 1")
    directory = tempfile.mkdtemp(prefix="nodeaudit-bench.")
    bench = Bench(options, directory)
    before = machine()
    try:
        bench.run()
    finally:
        report = {"machine": before, "load_average_after": os.getloadavg()[0], "runs": options.runs, "workloads": bench.rows}
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
        table(bench.rows)
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
