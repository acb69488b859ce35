"""`kist curl` and `kist get --header`: the header by a pipe, to the credential's own hosts, along no redirect."""

import os
import subprocess

from stubs import Kumo
from stubs.generic import Generic
from world import binaries


def stored(world, name, **settings):
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, accepted={key}, **settings)
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


def test_the_platform_gets_the_header_and_nothing_else_does(world):
    """A path goes behind the credential's url; arguments of processes are watched while curl runs."""
    stub, key = stored(world, "kumo")
    outcome = world.done("curl", "kumo", "/v1/connectors", "-sS", "--fail-with-body")
    assert outcome.out == "[]", outcome
    world.done("curl", "kumo", stub.url + "/v1/connectors?limit=1&a=%20b", "-s", "-H", "Accept: text/plain")
    first, second = stub.received()
    assert first["headers"]["x-api-key"] == second["headers"]["x-api-key"] == key
    assert second["headers"]["accept"] == "text/plain" and second["query"] == "limit=1&a=%20b"


def test_a_body_goes_along(world):
    stub, key = stored(world, "body")
    world.kist("curl", "body", "/v1/training_jobs", "-s", "-X", "POST", "-H", "Content-Type: application/json", "-d@-",
               given='{"pquery_id":"churn"}')
    (request,) = stub.received()
    assert request["method"] == "POST" and request["body"] == '{"pquery_id":"churn"}', request


def test_every_other_host_is_refused(world):
    """Other hosts, ports and schemes, and addresses that two readers could understand in two ways."""
    stub, key = stored(world, "hosts")
    other, _ = stored(world, "other")
    host = stub.origin.removeprefix("http://")
    for address in (
        other.url,
        stub.origin.replace("127.0.0.1", "localhost"),
        stub.origin.replace("http", "https", 1),
        "https://demo.kumoai.cloud.evil.example/",
        "https://evil.example/?demo.kumoai.cloud",
        f"http://user@{host}/",
        f"http://{host}@evil.example/",
        f"http://{host}\\@evil.example/",
        f"http://{host}#@evil.example/",
        f"http://evil.example#{host}",
        f"http://{host} http://evil.example/",
        f"http://{host}/\r\nHost: evil.example",
        "http://127.1/",
        "http://[::1]/",
        "file:///etc/passwd",
        f"{host}/api",
        "//evil.example/",
    ):
        outcome = world.fails(125, "curl", "hosts", address, "-s")
        assert key not in outcome.err
    assert not stub.received() and not other.received()


def test_no_redirect_is_followed_and_nothing_may_say_otherwise(world):
    """Neither curl's settings in the home folder, nor options, nor variables."""
    target, _ = stored(world, "target")
    key = world.secret("moved")
    stub = world.stub(Generic, header="X-Key", values={key})
    stub.redirect = target.url + "/v1/connectors"
    world.add("http-api-key", {"key": key, "header": "X-Key", "url": stub.origin + "/moved"}, "--name", "moved")
    with open(world.at("home", ".curlrc"), "w") as file:
        file.write("location\nverbose\nproxy = http://127.0.0.1:9\n")
    try:
        outcome = world.done("curl", "moved", stub.origin + "/moved", "-s", "-w", "%{http_code}",
                             environment={"http_proxy": "http://127.0.0.1:9", "CURL_HOME": world.at("home")})
    finally:
        os.remove(world.at("home", ".curlrc"))
    assert outcome.out.endswith("307") and "x-key" not in outcome.err.lower(), outcome
    assert len(stub.received()) == 1 and not target.received()
    for option in (
        ["-L"], ["--location"], ["--location-trusted"], ["-v"], ["--trace", "x"], ["--trace-ascii", "-"], ["-k"],
        ["--insecure"], ["-K", "x"], ["--config", "x"], ["-x", "http://127.0.0.1:9"], ["--proxy", "x"], ["--next"],
        ["--resolve", "a:1:127.0.0.1"], ["--connect-to", "::127.0.0.1:9"], ["-u", "a:b"], ["-n"], ["--netrc"],
        ["--unix-socket", "x"], ["--url", target.url], ["-sL"], ["-svo", "x"], ["--loc"], ["-q"], ["--dump-header", "x"],
        ["-H", "X-Key: mine"], ["-H", "x-key;"], ["-H", "Host: evil.example"], ["-H", "@/etc/hostname"],
        ["-H", "A: b\r\nX-Key: c"], ["--proto", "=file"], ["--socks5", "x"], ["--interface", "lo"], ["--libcurl", "x"],
    ):  # fmt: skip
        world.fails(125, "curl", "moved", stub.origin + "/moved", *option)
    assert len(stub.received()) == 1 and not target.received() and not os.listdir(world.at("work"))


def test_curls_own_code_and_no_curl(world):
    stub, key = stored(world, "code")
    stub.accepted = set()
    assert world.kist("curl", "code", "/v1/connectors", "-sf").status == 22
    assert world.kist("curl", "absent", "/").status == 125
    process = subprocess.run([os.path.join(binaries(), "kist"), "curl", "code", "/"], capture_output=True,
                             env={**world.environment, "PATH": "/nonexistent"})
    assert process.returncode == 127, process


def test_what_is_run_only_may_be_sent_and_not_shown(world):
    stub, key = stored(world, "only")
    world.done("policy", "only", "run-only")
    world.done("curl", "only", "/v1/connectors", "-s")
    outcome = world.kist("get", "only", "--header")
    assert outcome.status != 0 and "kist run" in outcome.err, outcome
    assert stub.received()[0]["headers"]["x-api-key"] == key


def test_header_is_a_whole_line_for_curl(world):
    """`kist get NAME --header`, and what the platforms make of it."""
    stub, key = stored(world, "header")
    outcome = world.done("get", "header", "--header", may_print=True)
    assert outcome.out == f"X-API-Key: {key}\n", outcome
    password = world.secret("login")
    world.add("login", {"username": "alice", "password": password, "url": "https://a.example"}, "--name", "alice")
    outcome = world.done("get", "alice", "--header", may_print=True)
    seen = subprocess.run(["base64", "-d"], input=outcome.out.removeprefix("Authorization: Basic "), text=True,
                          capture_output=True).stdout
    assert seen == f"alice:{password}", outcome
    token = world.secret("token")
    world.add("snowflake", {"account": "acme", "token": token}, "--variant", "token", "--name", "sf")
    outcome = world.done("get", "sf", "--header", may_print=True)
    assert outcome.out.splitlines() == [f"Authorization: Bearer {token}",
                                        "X-Snowflake-Authorization-Token-Type: PROGRAMMATIC_ACCESS_TOKEN"], outcome
    world.add("kaskada", {"client_id": "id", "client_secret": world.secret("pair")}, "--name", "pair")
    assert "header" in world.kist("get", "pair", "--header").err
