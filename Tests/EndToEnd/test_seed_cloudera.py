"""Following Cloudera's page on API keys for models, with Kist as the keeper of the keys."""

import json

from stubs import Cloudera

ACCESS = "maccess-1"  # says which model, not who asks; Kist keeps it as a secret all the same
MODEL = "https://modelservice.ml.example.com/model"
CALL = """if True:
    import json, os, urllib.request
    body = json.dumps({"accessKey": os.environ["CML_MODEL_ACCESS_KEY"], "request": {"tenure": 4}}).encode()
    request = urllib.request.Request(os.environ["CML_MODEL_URL"], body, {"Content-Type": "application/json"})
    request.add_header("Authorization", "Bearer " + os.environ["CDSW_APIV2_KEY"])
    print(json.load(urllib.request.urlopen(request))["response"]["prediction"]["churn"])
    """


def workbench(world, **settings):
    stub = world.stub(Cloudera, tls=True, **settings)
    proxy = world.proxy({"ml.example.com": stub, "modelservice.ml.example.com": stub})
    return stub, {**proxy.variables(), **world.trusting()}


def test_a_key_calls_a_model(world):
    """With authentication on, a model answers only to an API key of a collaborator."""
    key = world.secret("caller")
    stub, environment = workbench(world, keys={key}, models={ACCESS: {key}})
    world.add("cloudera-ml-model", {"model_url": MODEL, "access_key": ACCESS, "api_key": key}, "--name", "churn")
    outcome = world.python("churn", "epigos-2.1.0", CALL, environment=environment)
    assert outcome.status == 0 and outcome.out.strip() == "0.17", outcome
    assert stub.received()[0]["headers"]["authorization"] == f"Bearer {key}"


def test_key_and_key_id_are_kept_together(world):
    """The id is what the page lists and deletes by, so it is shown; the key is not."""
    key = world.secret("with id")
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": key, "key_id": "3f1c-77"}, "--name", "with-id")
    assert "3f1c-77" in world.done("show", "with-id").out
    assert world.done("get", "with-id", "key_id").out.strip() == "3f1c-77"


def test_two_types_of_key(world):
    """A key for models expires and can be deleted; a legacy one does neither, and no model takes it."""
    key, legacy = world.secret("new type"), world.secret("old type")
    stub, environment = workbench(world, keys={key}, legacy={"alice": legacy})
    world.add(
        "cloudera-ml", {"domain": "ml.example.com", "api_key": key, "expires": "2027-01-31"}, "--name", "new-type"
    )
    world.add(
        "cloudera-ml-legacy",
        {"domain": "ml.example.com", "username": "alice", "legacy_key": legacy},
        "--name",
        "old-type",
    )
    world.done("check", "new-type", "old-type", environment=environment)
    assert json.loads(world.done("show", "old-type", "--json").out).get("expires") is None
    assert json.loads(world.done("show", "new-type", "--json").out)["expires"].startswith("2027-01-31")


def test_several_keys_for_several_clients(world):
    first, second = world.secret("client one"), world.secret("client two")
    stub, environment = workbench(world, keys={first, second}, models={ACCESS: {first, second}})
    for name, key in (("web-shop", first), ("batch", second)):
        world.add("cloudera-ml-model", {"model_url": MODEL, "access_key": ACCESS, "api_key": key}, "--name", name)
        assert world.python(name, "epigos-2.1.0", CALL, environment=environment).status == 0
    assert [r["headers"]["authorization"] for r in stub.received()] == [f"Bearer {first}", f"Bearer {second}"]


def test_expiry_date_is_chosen_and_obeyed(world):
    key = world.secret("over")
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": key, "expires": "2024-05-01"}, "--name", "over")
    assert "over" in world.done("list").out
    outcome = world.fails(125, "run", "over", "--", "true")
    assert "2024" in outcome.err, outcome


def test_testing_a_key_shows_code_and_replica(world):
    key = world.secret("tested")
    stub, environment = workbench(world, keys={key}, models={ACCESS: {key}})
    world.add("cloudera-ml-model", {"model_url": MODEL, "access_key": ACCESS, "api_key": key}, "--name", "tested")
    shown = world.done("check", "tested", environment=environment).out
    assert "200" in shown and "churn-1-6d5f9c7b8-x2x7q" in shown, shown


def test_who_is_not_a_collaborator_is_told_what_to_do(world):
    key = world.secret("outside")
    stub, environment = workbench(world, keys={key}, models={ACCESS: set()})
    world.add("cloudera-ml-model", {"model_url": MODEL, "access_key": ACCESS, "api_key": key}, "--name", "outside")
    outcome = world.fails(1, "check", "outside", environment=environment)
    words = outcome.out + outcome.err
    assert "not allowed" in words and "collaborator" in words and "403" in words, outcome
