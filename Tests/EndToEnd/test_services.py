"""Eighteen platforms behind one key each: the check tells good, bad and not allowed apart, and what `kist how` prints is run
by the platform's own client and by a shell."""

import json

from stubs import Service
from test_check import row
from test_how import program, shell

ENVIRONMENT = "services"

# Platform, variant, field of the secret, form of the secret, other fields, the field that leads to the stub, how it is written.
CASES = [
    ("gitlab", None, "token", "glpat-{}", {}, "url", "{}"),
    ("huggingface", None, "token", "hf_{}", {}, "url", "{}"),
    ("databricks", "pat", "token", "dapi{}", {}, "host", "{}"),
    ("databricks", "m2m", "client_secret", "dose{}", {"client_id": "client-9"}, "host", "{}"),
    ("openai", None, "api_key", "sk-proj-{}", {"organization": "org-1", "project": "proj-1"}, "url", "{}/v1"),
    ("anthropic", None, "api_key", "sk-ant-api03-{}", {}, "url", "{}"),
    ("gemini", None, "api_key", "AIza{}", {}, "url", "{}"),
    ("mistral", None, "api_key", "{}", {}, "url", "{}"),
    ("cohere", None, "api_key", "{}", {}, "url", "{}"),
    ("wandb", None, "api_key", "{0}{0}", {}, "url", "{}"),
    ("mlflow", "token", "token", "{}", {}, "uri", "{}"),
    ("mlflow", "basic", "password", "{}", {"username": "ada"}, "uri", "{}"),
    ("langsmith", None, "api_key", "lsv2_pt_{}", {}, "url", "{}"),
    ("azure", None, "client_secret", "{}", {"tenant_id": "a-tenant", "client_id": "an-app"}, "authority", "{}"),
    ("azure-openai", None, "api_key", "{}", {}, "endpoint", "{}"),
    ("npm", None, "token", "npm_{}", {}, "registry", "{}"),
]
# Those whose address is no field: the client and the check go there by name.
NAMED = [
    ("github", None, "token", "ghp_{}", {}, "api_github_com"),
    ("kaggle", "token", "token", "KGAT_{}", {}, "www_kaggle_com"),
    ("kaggle", "legacy", "key", "{}", {"username": "ada"}, "www_kaggle_com"),
]
# How the stub sees the secret, where it comes with something.
CARRIED = {"client_secret": "client-9:{}", "password": "ada:{}", "key": "ada:{}"}


def carried(platform, field, secret):
    return secret if platform == "azure" else CARRIED.get(field, "{}").format(secret)


def stored(world, case, name, tls=False):
    """The stub, and the secret that it takes, stored under `name`."""
    platform, variant, field, form, others, place, written = case
    secret = world.secret(name, form)
    stub = world.stub(Service, service=platform, tls=tls, values={carried(platform, field, secret)})
    fields = {field: secret, **others, place: written.format(stub.origin)}
    world.add(platform, fields, *(["--variant", variant] if variant else []), "--name", name)
    return stub, secret


def test_each_check_tells_good_from_bad(world):
    for number, case in enumerate(CASES):
        name = f"case-{number}"
        stub, secret = stored(world, case, name)
        found = row(world, 0, name)
        assert found["status"] == "accepted" and found["http"] == 200, (case, found)
        stub.values = set()
        assert (found := row(world, 1, name))["status"] == "refused", (case, found)
        stub.forbidden = {carried(case[0], case[2], secret)}
        found = row(world, 1, name)
        assert found["http"] == 403 and "allowed" in found["status"], (case, found)
        stub.fail = 503
        assert row(world, 2, name)["status"] == "unknown", case


def test_those_that_are_found_by_name(world):
    for number, (platform, variant, field, form, others, host) in enumerate(NAMED):
        name = f"named-{number}"
        secret = world.secret(name, form)
        stub = world.stub(Service, service=platform, tls=True, values={carried(platform, field, secret)})
        proxy = world.proxy({host.replace("_", "."): stub})
        environment = {**proxy.variables(), **world.trusting()}
        world.add(platform, {field: secret, **others}, *(["--variant", variant] if variant else []), "--name", name)
        found = row(world, 0, name, environment=environment)
        assert found["status"] == "accepted", (platform, found)
        stub.values = set()
        assert row(world, 1, name, environment=environment)["status"] == "refused", platform


def asks(world, platform, more="", variant=None):
    """What `kist how` says for Python and for curl, followed to the letter against a stub of this platform."""
    case = next(c for c in CASES if c[0] == platform and c[1] == variant)
    name = platform if variant is None else f"{platform}-{variant}"
    stub, _ = stored(world, case, name)
    before = len(stub.received())
    outcome = program(world, name, ENVIRONMENT, {"NO_PROXY": "*"}, more=more)
    assert len(stub.received()) > before, f"the client asked nobody\n{outcome}"
    before = len(stub.received())
    shell(world, name)
    assert len(stub.received()) > before, "curl asked nobody"
    return stub


def test_gitlab(world):
    asks(world, "gitlab")


def test_huggingface(world):
    asks(world, "huggingface")


def test_databricks(world):
    for variant in ("pat", "m2m"):
        stub = asks(world, "databricks", variant=variant)
        assert all(r["headers"].get("authorization") for r in stub.received()[-1:])


def test_openai(world):
    stub = asks(world, "openai")
    assert stub.received()[0]["headers"]["openai-project"] == "proj-1"


def test_anthropic(world):
    asks(world, "anthropic")


def test_gemini(world):
    case = next(c for c in CASES if c[0] == "gemini")
    stub, _ = stored(world, case, "gemini")
    program(world, "gemini", ENVIRONMENT, {"NO_PROXY": "*"})
    assert stub.received()


def test_mistral(world):
    key = world.secret("mistral")
    stub = world.stub(Service, service="mistral", tls=True, values={key})
    environment = {**world.proxy({"api.mistral.ai": stub}).variables(), **world.trusting()}
    world.add("mistral", {"api_key": key})
    program(world, "mistral", ENVIRONMENT, environment)
    shell(world, "mistral", environment)
    assert len(stub.received()) == 2


def test_cohere(world):
    case = next(c for c in CASES if c[0] == "cohere")
    stub, _ = stored(world, case, "cohere")
    program(world, "cohere", ENVIRONMENT, {"NO_PROXY": "*"})
    assert stub.received()


def test_wandb(world):
    asks(world, "wandb")


def test_mlflow(world):
    for variant in ("token", "basic"):
        asks(world, "mlflow", variant=variant)


def test_mlflow_prefers_no_forgotten_login(world):
    """A user name that is around already would win over the token; it must not reach the client."""
    case = next(c for c in CASES if c[:2] == ("mlflow", "token"))
    stub, secret = stored(world, case, "mlflow-clean")
    forgotten = {"MLFLOW_TRACKING_USERNAME": "old", "MLFLOW_TRACKING_PASSWORD": "old", "NO_PROXY": "*"}
    program(world, "mlflow-clean", ENVIRONMENT, forgotten)
    assert stub.received()[-1]["headers"]["authorization"] == f"Bearer {secret}"


def test_langsmith(world):
    asks(world, "langsmith")


def test_azure(world):
    """azure-identity insists on https and asks the authority about itself first; the form of the question is what counts."""
    secret = world.secret("azure")
    stub = world.stub(Service, service="azure", tls=True, values={secret})
    world.add("azure", {"tenant_id": "a-tenant", "client_id": "an-app", "client_secret": secret})
    environment = {**world.proxy({"login.microsoftonline.com": stub}).variables(), **world.trusting()}
    assert "an-access-token" in shell(world, "azure", environment)
    names = world.done("run", "azure", "--", "env", may_print=True).out
    assert "AZURE_CLIENT_SECRET=" in names and "AZURE_TENANT_ID=a-tenant" in names


def test_azure_openai(world):
    stub = asks(world, "azure-openai")
    assert "api-version=2024-10-21" in stub.received()[0]["query"]


def test_github(world):
    token = world.secret("github", "ghp_{}")
    stub = world.stub(Service, service="github", tls=True, values={token})
    environment = {**world.proxy({"api.github.com": stub}).variables(), **world.trusting()}
    world.add("github", {"token": token})
    assert "ada" in program(world, "github", ENVIRONMENT, environment).out
    assert "ada" in shell(world, "github", environment)


def test_npm(world):
    """npm itself, with the line for .npmrc that Kist prints."""
    case = next(c for c in CASES if c[0] == "npm")
    stub, _ = stored(world, case, "npm")
    assert "ada" in shell(world, "npm")
    with open(world.at("work", ".npmrc"), "w") as file:
        file.write(f"registry={stub.origin}/\n//{stub.authority}/:_authToken=${{NPM_TOKEN}}\n")
    outcome = world.done("run", "npm", "--", "npm", "whoami", environment={"NO_UPDATE_NOTIFIER": "1"})
    assert outcome.out.strip() == "ada", outcome


def test_postgres(world):
    """Every variable that psql reads, and an address whose password survives being read back."""
    password = "p@ss/w:rd%" + world.secret("postgres")
    world.add("postgres", {"host": "db.example.com", "database": "churn data", "user": "ada", "password": password})
    read = (
        "import os, urllib.parse as u; a = u.urlsplit(os.environ['DATABASE_URL']);"
        "assert u.unquote(a.password) == os.environ['PGPASSWORD'] and u.unquote(a.path) == '/churn data';"
        "print(a.hostname, a.port, os.environ['PGUSER'], os.environ['PGPORT'])"
    )
    outcome = world.done("run", "postgres", "--", "python3", "-c", read)
    assert outcome.out.split() == ["db.example.com", "5432", "ada", "5432"], outcome


def test_every_platform_says_how_in_json(world):
    """Each platform's page is there, and none of its texts holds a brace that was meant to be filled in."""
    listed = json.loads(world.done("platform", "list", "--json").out)
    names = [p["name"] for p in (listed["items"] if isinstance(listed, dict) else listed)]
    assert len(names) >= 30, names
    for name in names:
        world.done("platform", "show", name)


def test_nothing_of_ours_is_inherited(world):
    """Variables that would win over, or clash with, what is handed over are gone in the child."""
    token = world.secret("db", "dapi{}")
    world.add("databricks", {"host": "https://x.cloud.databricks.com", "token": token}, "--variant", "pat", "--name", "db")
    outcome = world.done(
        "run", "db", "--", "env", environment={"DATABRICKS_CLIENT_ID": "stale", "DATABRICKS_CONFIG_PROFILE": "x"}, may_print=True
    )
    assert "DATABRICKS_CLIENT_ID" not in outcome.out and "DATABRICKS_CONFIG_PROFILE" not in outcome.out
