"""Epigos: the client reads no variable itself, so the program passes it on; a scope is not a wrong key."""

from stubs import Epigos

PROJECT = """if True:
    import os, epigos
    client = epigos.Epigos(os.environ["EPIGOS_API_KEY"])
    print(type(client.project("p9")).__name__)
    """


def epigos(world, name, scope):
    key = world.secret(name)
    stub = world.stub(Epigos, tls=True, keys={key: scope})
    proxy = world.proxy({"api.epigos.ai": stub})
    world.add("epigos", {"api_key": key, "scope": scope, "project_id": "p9"}, "--name", name)
    return stub, key, {**proxy.variables(), **world.trusting()}


def test_project_key(world):
    stub, key, environment = epigos(world, "epigos", "project")
    outcome = world.python("epigos", "epigos-2.1.0", PROJECT, environment=environment)
    assert outcome.status == 0 and outcome.out.strip() == "Project", outcome
    assert stub.received()[-1]["headers"]["x-api-key"] == key
    check = world.kist("check", "epigos", environment=environment)
    assert check.status == 0, check
    assert stub.received()[-1]["path"] == "/projects/p9/"


def test_unknown_key_is_refused(world):
    stub, key, environment = epigos(world, "epigos-dead", "project")
    stub.keys = {}
    check = world.kist("check", "epigos-dead", environment=environment)
    assert check.status == 1, check
    outcome = world.python("epigos-dead", "epigos-2.1.0", PROJECT, environment=environment)
    assert outcome.status == 1 and "EpigosException" in outcome.err, outcome
