"""Following a workspace's API Keys page, with Kist as the keeper of the keys."""

import json

from stubs import Epigos

PREDICT = """if True:
    import os, epigos, PIL.Image
    PIL.Image.new("RGB", (8, 8)).save("part.png")
    model = epigos.Epigos(os.environ["EPIGOS_API_KEY"]).classification("m7")
    print(model.predict("part.png").category)
    """


def workspace(world, keys):
    stub = world.stub(Epigos, tls=True, keys=keys)
    proxy = world.proxy({"api.epigos.ai": stub})
    return stub, {**proxy.variables(), **world.trusting()}


def test_a_key_has_a_name_and_a_scope(world):
    """The name says what it is for; the scope says what it may do. Both are seen without revealing the key."""
    key = world.secret("named")
    world.add("epigos", {"api_key": key, "scope": "project", "project_id": "p9"}, "--name", "label-tool")
    shown = json.loads(world.done("show", "label-tool", "--json").out)
    assert (shown["name"], shown["plain"]["scope"]) == ("label-tool", "project"), shown
    assert "label-tool" in world.done("list").out


def test_a_scope_is_one_of_two(world):
    key = world.secret("odd scope")
    outcome = world.kist(
        "add", "epigos", "--name", "odd", "--stdin", "--no-check", given={"api_key": key, "scope": "everything"}
    )
    assert outcome.status not in (0, 1, 2) and "inference" in outcome.err, outcome
    world.fails(3, "show", "odd")


def test_the_key_authenticates_calls(world):
    key = world.secret("used")
    stub, environment = workspace(world, keys={key: "inference"})
    world.add("epigos", {"api_key": key, "scope": "inference"}, "--name", "public-demo")
    outcome = world.python("public-demo", "epigos-2.1.0", PREDICT, environment=environment)
    assert outcome.status == 0 and outcome.out.strip() == "good", outcome
    assert stub.received()[-1]["headers"]["x-api-key"] == key


def test_scope_decides_what_a_key_may_do(world):
    """A key for predictions only is a good key that may not manage projects."""
    key = world.secret("narrow")
    stub, environment = workspace(world, keys={key: "inference"})
    world.add("epigos", {"api_key": key, "scope": "project", "project_id": "p9"}, "--name", "narrow")
    outcome = world.fails(1, "check", "narrow", environment=environment)
    assert "not allowed" in outcome.out + outcome.err and "403" in outcome.out, outcome


def test_scope_of_an_existing_key_is_edited(world):
    """The page edits scopes in place; the record follows without the key being typed again."""
    key = world.secret("rescoped")
    world.add("epigos", {"api_key": key, "scope": "project", "project_id": "p9"}, "--name", "rescoped")
    world.done("edit", "rescoped", "scope=inference", "--no-check")
    assert json.loads(world.done("show", "rescoped", "--json").out)["plain"]["scope"] == "inference"
    assert world.done("get", "rescoped", may_print=True).out == key


def test_key_is_deleted_when_no_longer_needed(world):
    key = world.secret("deleted")
    world.add("epigos", {"api_key": key, "scope": "inference"}, "--name", "deleted")
    world.done("remove", "deleted", "--yes")
    world.fails(3, "get", "deleted")
    assert "deleted" not in world.done("list").out
