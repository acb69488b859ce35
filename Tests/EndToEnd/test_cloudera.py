"""Cloudera ML. Its client comes from each workbench, not from a registry, so these calls are plain ones."""

import json

from stubs import Cloudera
from stubs.cloudera import NOT_A_COLLABORATOR

GET = """if True:
    import json, os, urllib.request
    request = urllib.request.Request(os.environ["CDSW_API_URL"].replace("/api/v1", "") + "/api/v2/projects")
    request.add_header("Authorization", "Bearer " + os.environ["CDSW_APIV2_KEY"])
    print(json.load(urllib.request.urlopen(request))["projects"][0]["name"])
    """


def workbench(world, **settings):
    stub = world.stub(Cloudera, tls=True, **settings)
    proxy = world.proxy({"ml.example.com": stub, "modelservice.ml.example.com": stub})
    return stub, {**proxy.variables(), **world.trusting()}


def test_v2_key(world):
    key = world.secret("v2")
    stub, environment = workbench(world, keys={key})
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": key, "key_id": "k-1"}, "--name", "cml")
    outcome = world.python("cml", "epigos-2.1.0", GET, environment=environment)
    assert outcome.status == 0 and outcome.out.strip() == "churn", outcome
    assert stub.received()[-1]["headers"]["authorization"] == f"Bearer {key}"
    check = world.kist("check", "cml", environment=environment)
    assert check.status == 0, check
    assert stub.received()[-1]["path"] == "/api/v2/projects"


def test_expiry_is_kept_and_shown(world):
    key = world.secret("expiring")
    world.add(
        "cloudera-ml", {"domain": "ml.example.com", "api_key": key, "expires": "2027-11-20"}, "--name", "cml-dated"
    )
    shown = json.loads(world.done("show", "cml-dated", "--json").out)
    assert shown["expires"].startswith("2027-11-20"), shown
    assert "2027" in world.done("show", "cml-dated").out


def test_model_call(world):
    key, access = world.secret("model"), "m-access-1"
    stub, environment = workbench(world, keys={key}, models={access: {key}})
    world.add(
        "cloudera-ml-model",
        {"model_url": "https://modelservice.ml.example.com/model", "access_key": access, "api_key": key},
        "--name",
        "churn-cml",
    )
    check = world.kist("check", "churn-cml", "--json", environment=environment)
    assert check.status == 0, check
    call = stub.received()[-1]
    assert call["method"] == "POST" and json.loads(call["body"])["accessKey"] == access, call
    assert call["headers"]["authorization"] == f"Bearer {key}"
    assert "churn-1-6d5f9c7b8-x2x7q" in check.out, f"the replica that answered is not named\n{check}"


def test_not_a_collaborator_is_not_a_bad_key(world):
    key, access = world.secret("outsider"), "m-access-2"
    stub, environment = workbench(world, keys={key}, models={access: set()})
    world.add(
        "cloudera-ml-model",
        {"model_url": "https://modelservice.ml.example.com/model", "access_key": access, "api_key": key},
        "--name",
        "outsider-cml",
    )
    check = world.kist("check", "outsider-cml", environment=environment)
    assert check.status == 1 and "not allowed" in check.out, check
    assert "collaborator" in check.out + check.err, check
    assert NOT_A_COLLABORATOR and stub.received(), "the stub was not asked"


def test_legacy_key(world):
    key = world.secret("legacy")
    stub, environment = workbench(world, legacy={"alice": key})
    world.add(
        "cloudera-ml-legacy",
        {"domain": "ml.example.com", "username": "alice", "legacy_key": key},
        "--name",
        "cml-legacy",
    )
    check = world.kist("check", "cml-legacy", environment=environment)
    assert check.status == 0, check
    stub.legacy = {"alice": "another"}
    assert world.kist("check", "cml-legacy", environment=environment).status == 1
