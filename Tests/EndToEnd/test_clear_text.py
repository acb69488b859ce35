"""No key ever travels in clear: every byte that leaves goes through a proxy that keeps it."""

from stubs import Kumo

INIT_WITH_URL = "import os, kumoai; kumoai.init(url=os.environ['KUMO_URL'])"
INIT_WITHOUT_URL = "import kumoai; kumoai.init()"


def played(world, name):
    """The platform under its own name, over TLS, behind the proxy; a key stored with nothing but itself."""
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, tls=True, accepted={key})
    proxy = world.proxy({"demo.kumoai.cloud": stub})
    world.add("kumo", {"api_key": key}, "--name", name)
    return stub, key, proxy, {**proxy.variables(), **world.trusting()}


def test_derived_url_keeps_the_key_inside_tls(world):
    for version in ("kumoai-2.22.0", "kumoai-2.16.3", "kumoai-1.4.1"):
        stub, key, proxy, environment = played(world, "tls-" + version.replace(".", "-"))
        outcome = world.python(f"tls-{version.replace('.', '-')}", version, INIT_WITH_URL, environment=environment)
        assert outcome.status == 0, outcome
        assert stub.received()[0]["headers"]["x-api-key"] == key and stub.received()[0]["tls"]
        assert ("CONNECT", "demo.kumoai.cloud:443") in proxy.requests, proxy.requests
        assert world.canaries.found_in(proxy.everything()) == []


def test_check_keeps_the_key_inside_tls(world):
    stub, key, proxy, environment = played(world, "tls-check")
    outcome = world.kist("check", "tls-check", environment=environment)
    assert outcome.status == 0, outcome
    assert stub.received()[0]["headers"]["x-api-key"] == key and stub.received()[0]["tls"]
    assert world.canaries.found_in(proxy.everything()) == []


def test_add_keeps_the_key_inside_tls(world):
    key = world.secret("tls-add", "demo:{}")
    stub = world.stub(Kumo, tls=True, accepted={key})
    proxy = world.proxy({"demo.kumoai.cloud": stub})
    outcome = world.done(
        "add",
        "kumo",
        "--name",
        "tls-add",
        "--stdin",
        given={"api_key": key},
        environment={**proxy.variables(), **world.trusting()},
    )
    assert "accepted" in outcome.out + outcome.err, outcome
    assert [r["headers"]["x-api-key"] for r in stub.received()] == [key]
    assert world.canaries.found_in(proxy.everything()) == []


def test_control_the_same_client_left_alone_does_leak(world):
    """kumoai without a URL makes up one with plain http: the proxy sees the key, so it would see any other leak."""
    stub, key, proxy, environment = played(world, "leak")
    world.python("leak", "kumoai-2.22.0", INIT_WITHOUT_URL, environment=environment)
    assert any(target.startswith("http://demo.kumoai.cloud/") for _, target in proxy.requests), proxy.requests
    assert key.encode() in proxy.everything()


def test_plain_http_is_refused_by_check(world):
    key = world.secret("http", "demo:{}")
    proxy = world.proxy({})
    stored = world.kist(
        "add",
        "kumo",
        "--name",
        "http",
        "--stdin",
        "--no-check",
        given={"api_key": key, "url": "http://demo.kumoai.cloud/api"},
    )
    if stored.status == 0:
        outcome = world.kist("check", "http", environment=proxy.variables())
        assert outcome.status == 2, outcome
    assert proxy.requests == [] and proxy.everything() == b""
