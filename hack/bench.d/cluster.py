"""An API server to measure against: the simulated one, or one that a kubeconfig names."""

import base64
import json
import os
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import yaml

POLICIES = "/apis/nodeaudit.dev/v1alpha1/auditpolicies"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/nodeaudit-system/leases"
AGENTS = "/api/v1/namespaces/nodeaudit-agents/pods"


class API:
    """As much of a client as the measurements need."""

    def __init__(self, kubeconfig):
        self.kubeconfig = kubeconfig
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)

        def named(kind, name):
            return next(entry[kind] or {} for entry in config[kind + "s"] if entry["name"] == name)

        context = named("context", config["current-context"])
        cluster, user = named("cluster", context["cluster"]), named("user", context["user"])
        self.server = cluster["server"].rstrip("/")
        self.headers = {"Authorization": "Bearer " + user["token"]} if user.get("token") else {}
        self.tls = None
        if self.server.startswith("https"):
            self.tls = ssl.create_default_context(cafile=self._file(cluster, "certificate-authority"))
            if user.get("client-certificate") or user.get("client-certificate-data"):
                self.tls.load_cert_chain(self._file(user, "client-certificate"), self._file(user, "client-key"))

    def _file(self, entry, name):
        if entry.get(name + "-data"):
            with tempfile.NamedTemporaryFile(delete=False) as file:
                file.write(base64.b64decode(entry[name + "-data"]))
            return file.name
        path = entry.get(name)
        return path and os.path.join(os.path.dirname(os.path.abspath(self.kubeconfig)), path)

    def request(self, method, path, body=None, content="application/json"):
        """The answer as JSON; None for 404."""
        data = None if body is None else json.dumps(body).encode()
        headers = self.headers | ({"Content-Type": content} if data else {})
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120, context=self.tls) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise RuntimeError(f"{method} {path}: {error.code} {error.read(500).decode(errors='replace')}") from error

    def count(self, path):
        """Without a selector: with one the server does not say how many remain."""
        page = self.request("GET", f"{path}?limit=1")
        return len(page["items"] or []) + page["metadata"].get("remainingItemCount", 0)

    def hold_lease(self, seconds):
        """Somebody else leads for so long: an operator then fills its caches and does nothing more."""
        self.free_lease()
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
        spec = {"holderIdentity": "hack/bench", "leaseDurationSeconds": seconds, "acquireTime": now, "renewTime": now, "leaseTransitions": 0}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}
        self.request("POST", LEASES, lease | {"metadata": {"name": "nodeaudit", "namespace": "nodeaudit-system"}})

    def free_lease(self):
        self.request("DELETE", LEASES + "/nodeaudit")

    def apply_policy(self, spec):
        policy = {"apiVersion": "nodeaudit.dev/v1alpha1", "kind": "AuditPolicy", "metadata": {"name": "bench"}, "spec": spec}
        return self.request("PATCH", POLICIES + "/bench?fieldManager=bench&force=true", policy, "application/apply-patch+yaml")

    def revision(self):
        """Grows with every write to the cluster."""
        return int(self.request("GET", "/api/v1/nodes?limit=1")["metadata"]["resourceVersion"])

    def policy(self):
        return self.request("GET", POLICIES + "/bench")


class Sandbox:
    """The simulated cluster, as a process whose cost is nobody's."""

    def __init__(self, binaries, nodes, directory, *flags):
        self.path = os.path.join(directory, "sandbox.yaml")
        command = [os.path.join(binaries, "nodeaudit-sandbox"), "--nodes", str(nodes), "--ballast", "--kubeconfig", self.path]
        self.process = subprocess.Popen(command + ["--speed", "10", *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not self.process.stdout.readline():
            raise RuntimeError("the sandbox did not start")

    def __enter__(self):
        return API(self.path)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
