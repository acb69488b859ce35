"""`kist check`: what each answer of a platform means, and its exit status."""

import json
import socket

from stubs import Generic, Kumo


def kumo(world, name, **settings):
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, **settings)
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


def row(world, status, name, **settings):
    """Checks one credential; returns its row of the JSON answer after requiring the exit status."""
    outcome = world.fails(status, "check", name, "--json", **settings)
    answer = json.loads(outcome.out)
    return (answer["items"] if isinstance(answer, dict) else answer)[0]


def test_accepted(world):
    stub, key = kumo(world, "good")
    stub.accepted = {key}
    assert row(world, 0, "good")["status"] == "accepted"
    text = world.done("check", "good").out
    assert "accepted" in text and "200" in text, text
    assert [r["headers"]["x-api-key"] for r in stub.received()] == [key, key]


def test_401_is_a_bad_key(world):
    kumo(world, "bad")
    assert row(world, 1, "bad")["http"] == 401


def test_403_is_valid_but_not_allowed(world):
    stub, key = kumo(world, "barred")
    stub.forbidden = {key}
    found = row(world, 1, "barred")
    assert found["http"] == 403 and "allowed" in found["status"], found


def test_404_is_a_wrong_address(world):
    stub, _ = kumo(world, "lost")
    stub.fail = 404
    found = row(world, 2, "lost")
    assert found["http"] == 404 and "address" in found["status"].lower(), found


def test_429_and_5xx_say_nothing_about_the_key(world):
    stub, _ = kumo(world, "down")
    for status in (429, 500, 503):
        stub.fail = status
        found = row(world, 2, "down")
        assert found["http"] == status and found["status"] == "unknown", found


def test_nobody_listening_is_unknown(world):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    key = world.secret("nobody", "demo:{}")
    world.add("kumo", {"api_key": key, "url": f"http://127.0.0.1:{port}/api"}, "--name", "nobody")
    assert row(world, 2, "nobody")["status"] == "unknown"


def test_time_out_is_unknown(world):
    stub, key = kumo(world, "slow")
    stub.accepted, stub.delay = {key}, 600
    # The courier's own deadline, long before the platform's answer.
    assert row(world, 2, "slow", timeout=300)["status"] == "unknown"


def test_redirect_never_takes_the_key_along(world):
    stub, key = kumo(world, "moved")
    elsewhere = world.stub(Generic, header="x-api-key", values={key})
    stub.redirect = elsewhere.origin + "/api/v1/connectors"
    assert row(world, 2, "moved")["http"] == 307
    assert elsewhere.received() == []


def test_worst_of_several_decides(world):
    stub, key = kumo(world, "first")
    stub.accepted = {key}
    kumo(world, "second")
    world.fails(1, "check", "first", "second")


def test_unknown_name_is_3(world):
    world.fails(3, "check", "never-stored")


def test_add_tells_a_bad_key_before_it_is_stored(world):
    stub = world.stub(Kumo)
    key = world.secret("refused", "demo:{}")
    outcome = world.kist("add", "kumo", "--name", "refused", "--stdin", given={"api_key": key, "url": stub.url})
    assert outcome.status != 0, outcome
    assert len(stub.received()) == 1
    world.fails(3, "show", "refused")


def test_key_in_a_header_of_any_api(world):
    value = world.secret("any")
    stub = world.stub(Generic, header="x-token", values={value})
    world.add("http-api-key", {"url": stub.origin + "/me", "key": value, "header": "X-Token"}, "--name", "any")
    assert row(world, 0, "any")["http"] == 200
    assert stub.received()[-1]["headers"]["x-token"] == value


def test_client_credentials_of_any_provider(world):
    secret = world.secret("oauth")
    stub = world.stub(Generic, clients={"client-9": secret})
    for style in ("basic", "body", "json"):
        world.add(
            "oauth2-client-credentials",
            {"token_url": stub.origin + "/token", "client_id": "client-9", "client_secret": secret, "style": style},
            "--name",
            f"oauth-{style}",
        )
        assert row(world, 0, f"oauth-{style}")["http"] == 200
    stub.clients = {}
    row(world, 1, "oauth-basic")
