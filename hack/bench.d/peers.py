"""The same cold sync by one of PyPI's packages: every Node and every agent pod, listed, watched and kept whole.

Usage: peers.py kubernetes|kopf KUBECONFIG NODES PODS; prints "ready" when as many are held, then keeps watching.
"""

import logging
import sys
import threading
import time

LABEL = {"nodeaudit.dev/component": "agent"}
NAMESPACE = "nodeaudit-agents"


def with_kubernetes(path, wanted):
    """A reflector as its documentation has it: a list, then a watch from there."""
    from kubernetes import client, config, watch

    config.load_kube_config(path)
    core = client.CoreV1Api()
    selector = ",".join(f"{key}={value}" for key, value in LABEL.items())
    calls = {"nodes": (core.list_node, {}), "pods": (core.list_namespaced_pod, {"namespace": NAMESPACE, "label_selector": selector})}
    held = {"nodes": {}, "pods": {}}

    def follow(kind):
        call, arguments = calls[kind]
        page = call(**arguments)
        held[kind] = {item.metadata.name: item for item in page.items}
        for event in watch.Watch().stream(call, resource_version=page.metadata.resource_version, **arguments):
            held[kind][event["object"].metadata.name] = event["object"]

    for kind in calls:
        threading.Thread(target=follow, args=(kind,), daemon=True).start()
    while any(len(held[kind]) < wanted[kind] for kind in held):
        time.sleep(0.05)
    print("ready", flush=True)
    time.sleep(3600)


def with_kopf(path, wanted):
    """Indexes, which are kopf's caches."""
    import kopf
    from kubernetes import client, config

    config.load_kube_config(path)
    logging.disable(logging.CRITICAL)
    held = {"nodes": set(), "pods": set()}

    def take(kind, name):
        held[kind].add(name)
        if all(len(held[kind]) >= wanted[kind] for kind in held) and not told:
            told.append(True)
            print("ready", flush=True)

    told = []

    @kopf.on.login()
    def login(**_):
        known = client.Configuration.get_default_copy()
        token = known.api_key.get("authorization", "").removeprefix("Bearer ") or None
        return kopf.ConnectionInfo(
            server=known.host, ca_path=known.ssl_ca_cert, insecure=not known.verify_ssl, token=token,
            certificate_path=known.cert_file, private_key_path=known.key_file,
        )

    @kopf.index("", "v1", "nodes")
    def nodes(name, body, **_):
        take("nodes", name)
        return {name: dict(body)}

    @kopf.index("", "v1", "pods", labels=LABEL)
    def pods(name, body, **_):
        take("pods", name)
        return {name: dict(body)}

    @kopf.on.startup()
    def settings(settings, **_):
        settings.posting.enabled = False
        settings.scanning.disabled = True
        settings.peering.standalone = True

    kopf.run(clusterwide=True, standalone=True)


if __name__ == "__main__":
    _, peer, kubeconfig, node_count, pod_count = sys.argv
    {"kubernetes": with_kubernetes, "kopf": with_kopf}[peer](kubeconfig, {"nodes": int(node_count), "pods": int(pod_count)})
