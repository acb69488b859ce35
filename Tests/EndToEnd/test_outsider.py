"""Programs of somebody else that use KistClient and KistClientHTTP: `Tests/Outsider`, built as a stranger would."""

import http.client
import os
import pathlib
import socket
import subprocess
import time

from stubs import Generic, Kumo

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_folder = []


def programs(world):
    """The folder of the outsider's programs; built when this is first asked."""
    if not _folder:
        build = subprocess.run([ROOT / "Tests/Outsider/run"], capture_output=True, text=True)
        assert build.returncode == 0, build.stderr[-4000:]
        _folder.append(pathlib.Path(build.stdout.strip().split("\n")[-1]))
        # Nobody used the vault meanwhile, and it locks itself after a quarter of an hour.
        world.unlock()
    return _folder[0]


def outsider(world, name, *arguments, environment=None):
    """Runs one of them; its output must hold no secret, which `check_canaries` cannot see."""
    process = subprocess.run(
        [programs(world) / name, *map(str, arguments)],
        env={**world.environment, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    leaked = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not leaked, f"{name} printed {leaked}"
    return process


def kumo(world, name):
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


def test_a_request_carries_the_vaults_credential(world):
    stub, key = kumo(world, "kumo-fetch")
    process = outsider(world, "Fetch", "kumo-fetch", stub.url + "/v1/connectors")
    assert (process.returncode, process.stdout) == (0, "200\n"), process
    assert [r["headers"].get("x-api-key") for r in stub.received()] == [key]
    audit = world.done("audit", "kumo-fetch", "--json")
    assert '"provider"' in audit.out and "Fetch" in audit.out, audit


def test_no_header_goes_to_another_host(world):
    stub, _ = kumo(world, "kumo-other")
    other = world.stub(Kumo, accepted=set())
    process = outsider(world, "Fetch", "kumo-other", other.url + "/v1/connectors")
    assert process.returncode == 1 and "it is not for" in process.stdout, process
    assert other.received() == [] and stub.received() == []


def test_no_header_follows_a_redirect(world):
    stub, _ = kumo(world, "kumo-redirect")
    other = world.stub(Kumo, accepted=set())
    stub.redirect = other.url + "/v1/connectors"
    process = outsider(world, "Fetch", "kumo-redirect", stub.url + "/v1/connectors")
    assert process.stdout == "307\n", process
    assert other.received() == []


def test_client_credentials_become_a_token(world):
    secret = world.secret("client secret")
    stub = world.stub(Generic, values={"Bearer generic-access-token"}, clients={"ada": secret})
    for style in ("basic", "body", "json"):
        name = f"idp-{style}"
        world.add(
            "oauth2-client-credentials",
            {"token_url": stub.origin + "/token", "client_id": "ada", "client_secret": secret, "style": style},
            "--name",
            name,
        )
        process = outsider(world, "Fetch", "--token", name, stub.origin + "/v1/tables")
        assert (process.returncode, process.stdout) == (0, "200\n"), process
        plain = outsider(world, "Fetch", name, stub.origin + "/v1/tables")
        assert plain.returncode == 1 and "not sent" in plain.stdout, plain
    called = [r["path"] for r in stub.received()]
    assert called == ["/token", "/v1/tables"] * 3, called


def test_the_same_program_inside_kist_run_needs_no_agent_of_its_own(world):
    stub, key = kumo(world, "kumo")
    outcome = world.kist("run", "kumo", "--", programs(world) / "Fetch", "kumo", stub.url + "/v1/connectors")
    assert outcome.status == 0 and outcome.out == "200\n", outcome
    # From the environment: the vault was asked once, by kist run.
    audit = world.done("audit", "kumo", "--json")
    assert audit.out.count('"purpose":"provider"') == 0 and '"run"' in audit.out, audit
    assert [r["headers"].get("x-api-key") for r in stub.received()] == [key]


def test_a_service_asks_once_and_serves_many(world):
    stub, key = kumo(world, "kumo-2")
    world.done("remove", "kumo", "--yes")
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", "kumo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(world.at("work", "service.log"), "wb")
    service = subprocess.Popen(
        [programs(world) / "Service", str(port), stub.url], env=world.environment, stdout=log, stderr=log
    )
    try:
        def get(path):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

        deadline = time.monotonic() + 120
        while True:
            try:
                health = get("/health")
                break
            except OSError:
                assert time.monotonic() < deadline, "the service did not start"
                time.sleep(0.05)
        assert health == (200, b"kumo, without an end\n"), health
        assert [get("/connectors")[0] for _ in range(20)] == [200] * 20
        assert [r["headers"].get("x-api-key") for r in stub.received()] == [key] * 20
        audit = world.done("audit", "kumo", "--json")
        assert audit.out.count('"provider"') == 1, audit
    finally:
        service.terminate()
        service.wait(timeout=120)
        log.close()
    with open(world.at("work", "service.log"), "rb") as log:
        leaked = world.canaries.found_in(log.read())
    assert not leaked, leaked


def test_a_job_says_with_its_status_why_it_cannot(world):
    _, _ = kumo(world, "kumo-job")
    good = outsider(world, "Nightly", "kumo-job")
    assert good.returncode == 0 and "for header X-API-Key" in good.stdout, good
    none = outsider(world, "Nightly", "kumo-job", "nobody")
    assert none.returncode == 1 and "there is no credential nobody" in none.stdout, none
    world.add("http-api-key", {"key": world.secret("old"), "expires": "2020-01-01"}, "--name", "old")
    old = outsider(world, "Nightly", "old")
    assert old.returncode == 4, old

    # A mounted folder goes before the vault.
    folder = world.at("private", "mounted")
    os.mkdir(folder, 0o700)
    with open(os.path.join(folder, "kumo-job"), "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write(world.secret("mounted") + "\n")
    mounted = outsider(world, "Nightly", "--secrets", folder, "kumo-job")
    assert mounted.returncode == 0 and "a key of 24 bytes" in mounted.stdout, mounted

    world.done("lock")
    locked = outsider(world, "Nightly", "kumo-job")
    assert locked.returncode == 3 and "kist unlock" in locked.stdout, locked
    world.unlock()


def test_a_job_with_a_bundle_needs_neither_agent_nor_vault(world):
    kumo(world, "kumo-sealed")
    identity, bundle = world.at("private", "ci.identity"), world.at("private", "ci.kist")
    made = world.done("identity", "create", "-o", identity, may_print=True)
    recipient = next(word for word in (made.out + made.err).split() if word.startswith("kist-recipient-"))
    world.done("seal", "kumo-sealed", "--to", recipient, "-o", bundle)
    alone = {
        "HOME": world.at("private"), "XDG_RUNTIME_DIR": world.at("private"), "KIST_BUNDLE": bundle,
        "KIST_IDENTITY_FILE": identity,
    }
    good = outsider(world, "Nightly", "kumo-sealed", environment=alone)
    assert good.returncode == 0 and "for header X-API-Key" in good.stdout, good
    none = outsider(world, "Nightly", "kumo-job", environment=alone)
    assert none.returncode == 1 and "there is no credential" in none.stdout, none
