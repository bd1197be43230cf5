"""A process that is measured: CPU time, memory and, for the operator, its own counts."""

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

TICK = 1 / os.sysconf("SC_CLK_TCK")


class Subject:
    def __init__(self, command, log):
        self.started = time.monotonic()
        with open(log, "ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(signal.SIGTERM)

    def end(self, how):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def age(self):
        return time.monotonic() - self.started

    @property
    def cpu(self):
        """Seconds in user and kernel mode, children and other processes not counted."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def memory(self, which):
        """VmHWM, the most so far, or VmRSS, now; in MB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            kilobytes = re.search(which + r":\s+(\d+) kB", file.read())
        return int(kilobytes[1]) / 1000

    def wait(self, what, condition, limit=1800, pause=0.05):
        end = time.monotonic() + limit
        while not condition():
            if self.process.poll() is not None:
                raise RuntimeError(f"the process ended while waiting for: {what}; see {self.log}")
            if time.monotonic() > end:
                raise RuntimeError(f"not seen within {limit} s: {what}; see {self.log}")
            time.sleep(pause)

    def wait_for_rest(self, seconds=3, limit=1800):
        """Until less than 2 % of a core are used for so long."""
        end = time.monotonic() + limit
        while True:
            before = self.cpu
            time.sleep(seconds)
            if self.cpu - before < 0.02 * seconds:
                return
            if time.monotonic() > end:
                raise RuntimeError("the process does not come to rest")


class Operator(Subject):
    def __init__(self, binaries, kubeconfig, log, port, *flags):
        self.port = port
        command = [os.path.join(binaries, "nodeaudit"), "operator", "--kubeconfig", kubeconfig]
        super().__init__(command + ["--health-address", f"127.0.0.1:{port}", *flags], log)

    def _get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            return None
        except OSError:
            return None

    @property
    def is_ready(self):
        """All caches are filled."""
        return self._get("/readyz") is not None

    def metric(self, name, **labels):
        """The sum of the series with these labels."""
        total = 0.0
        for line in (self._get("/metrics") or "").splitlines():
            match = re.fullmatch(name + r"(\{.*\})? (\S+)", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total

    @property
    def leads(self):
        return self.metric("leader_election_master_status") == 1

    @property
    def looks(self):
        return self.metric("controller_runtime_reconcile_total")

    def writes(self):
        """Requests that write, by method, whatever the answer; the Lease's PUTs among them."""
        return {method: self.metric("rest_client_requests_total", method=method) for method in ("POST", "PUT", "PATCH", "DELETE")}
