"""kubectl itself, with an API server on this machine behind TLS."""

import json
import os
import subprocess

from stubs import Cluster
from stubs.certificate import make_certificate


def kubectl(world, *arguments, environment=None):
    process = subprocess.run(
        ["kubectl", *arguments],
        cwd=world.at("work"),
        env={**world.environment, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not found, f"printed by kubectl: {found}"
    return process


def configuration(world, cluster, user):
    """A kubeconfig as kubectl itself writes it, with a cluster and a context, and a user that is to come from Kist."""
    path = world.at("home", ".kube", "config")
    if os.path.exists(path):
        os.remove(path)
    for command in (
        ["set-cluster", "here", f"--server={cluster.origin}", f"--certificate-authority={world.certificate.authority}"],
        ["set-credentials", "somebody", "--username=somebody"],
        ["set-context", "here", "--cluster=here", f"--user={user}"],
        ["use-context", "here"],
    ):
        outcome = kubectl(world, "config", *command)
        assert outcome.returncode == 0, outcome
    return path


def test_kubectl_asks_kist(world):
    token = world.secret("cluster token")
    cluster = world.stub(Cluster, tls=True, tokens={token})
    world.add("kubernetes", {"server": cluster.origin, "token": token}, "--variant", "token", "--name", "cluster")
    path = configuration(world, cluster, "cluster")
    before = open(path).read()
    world.done("setup", "kubectl", "cluster")
    pods = kubectl(world, "get", "pods", "-o", "name")
    assert pods.returncode == 0 and pods.stdout == "pod/kist-pod\n", pods
    assert {r["headers"].get("authorization") for r in cluster.received() if r["path"] != "/version"} == {f"Bearer {token}"}
    # kubectl reads and writes the file as its own, and setting it up twice changes nothing.
    assert kubectl(world, "config", "set-context", "here", "--namespace=default").returncode == 0
    assert kubectl(world, "get", "pods", "-o", "name").stdout == "pod/kist-pod\n"
    os.remove(path)
    with open(path, "w") as file:
        file.write(before)
    world.done("setup", "kubectl", "cluster")
    once = open(path).read()
    world.done("setup", "kubectl", "cluster")
    assert open(path).read() == once
    world.done("setup", "kubectl", "cluster", "--undo")
    assert open(path).read() == before


def test_another_cluster_gets_nothing(world):
    token = world.secret("for one cluster")
    own, other = world.stub(Cluster, tls=True, tokens={token}), world.stub(Cluster, tls=True, tokens={token})
    world.add("kubernetes", {"server": own.origin, "token": token}, "--variant", "token", "--name", "own")
    path = configuration(world, other, "own")
    world.done("setup", "kubectl", "own")
    refused = kubectl(world, "get", "--raw", "/api")
    assert refused.returncode != 0 and "another cluster" in refused.stderr, refused
    assert all("authorization" not in r["headers"] for r in other.received())
    # A configuration that does not say which cluster asks gets nothing either.
    with open(path) as file:
        text = file.read().replace("provideClusterInfo: true", "provideClusterInfo: false")
    with open(path, "w") as file:
        file.write(text.replace(other.origin, own.origin))
    refused = kubectl(world, "get", "--raw", "/api")
    assert refused.returncode != 0 and "provideClusterInfo" in refused.stderr, refused


def test_a_certificate_and_a_private_configuration(world):
    client = make_certificate(world.at("private", "client"), ["ada"], use="clientAuth")
    read = lambda path: open(path).read()
    cluster = world.stub(Cluster, tls=True, authority=client.authority)
    world.add(
        "kubernetes",
        {
            "server": cluster.origin,
            "client_certificate": read(client.chain),
            "client_key": world.canaries.plant("client key", read(client.key).strip()),
            "certificate_authority": read(world.certificate.authority),
        },
        "--variant",
        "certificate",
        "--name",
        "by-certificate",
    )
    outcome = world.done("run", "by-certificate", "--", "kubectl", "get", "pods", "-o", "name")
    assert outcome.out == "pod/kist-pod\n", outcome
    path = configuration(world, cluster, "by-certificate")
    world.done("setup", "kubectl", "by-certificate")
    assert kubectl(world, "get", "pods", "-o", "name").stdout == "pod/kist-pod\n"
    assert path and world.done("check", "by-certificate").status == 0


def test_a_locked_vault_is_said_at_once(world):
    token = world.secret("locked cluster")
    cluster = world.stub(Cluster, tls=True, tokens={token})
    world.add("kubernetes", {"server": cluster.origin, "token": token}, "--variant", "token", "--name", "locked")
    configuration(world, cluster, "locked")
    world.done("setup", "kubectl", "locked")
    world.done("lock")
    try:
        info = {
            "kind": "ExecCredential",
            "apiVersion": "client.authentication.k8s.io/v1",
            "spec": {"interactive": False, "cluster": {"server": cluster.origin}},
        }
        outcome = world.fails(4, "provider", "kubectl", "locked", environment={"KUBERNETES_EXEC_INFO": json.dumps(info)})
        assert outcome.out == "" and "kist unlock" in outcome.err, outcome
        asked = kubectl(world, "get", "--raw", "/api")
        assert asked.returncode != 0 and "locked" in asked.stderr, asked
    finally:
        world.unlock()
