"""The ready-made clients of the Python package, with the real client libraries and the platforms' stand-ins."""

import json
import subprocess

from stubs import Kumo, Snowflake
from test_kaskada import ENVIRONMENT as KASKADA
from test_kaskada import pair_and_platform
from world import ROOT, Outcome, client


def python(world, environment_name, code, status=0, **environment):
    """Runs `code` in a client's environment with the package beside it, not through `kist run`. It may print nothing secret."""
    process = subprocess.run(
        [client(environment_name), "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={
            **world.environment,
            "PYTHONPATH": str(ROOT / "Sources/Python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        cwd=world.at("work"),
        timeout=120,
    )
    outcome = Outcome(["python", "-c", code], process)
    assert outcome.status == status, f"expected exit {status}\n{outcome}"
    assert not world.canaries.found_in(process.stdout + process.stderr), outcome
    return outcome


def test_kumo_logs_in_whatever_stands_in_the_environment(world):
    """With both variables inherited kumoai 2.11 to 2.22 cannot be imported, and 1.4 logs in as somebody else."""
    world.unlock()
    for version in ("kumoai-1.4.1", "kumoai-2.16.3", "kumoai-2.22.0"):
        key = world.secret(version, "demo:{}")
        stub = world.stub(Kumo, accepted={key})
        world.add("kumo", {"api_key": key, "url": stub.url}, "--name", version)
        code = f"import kist, os; print(kist.kumo({version!r})); print(os.environ['KUMO_API_KEY'])"
        outcome = python(world, version, code, KUMO_API_KEY="demo:other", KUMO_API_ENDPOINT="http://127.0.0.1:9/api")
        assert f"kumoai {version[7:]} at {stub.url} as demo" in outcome.out, outcome
        assert "demo:other" in outcome.out, "the environment was not given back"
        assert {r["headers"].get("x-api-key") for r in stub.received()} == {key}


def test_kumo_takes_a_rotated_key_without_a_new_interpreter(world):
    world.unlock()
    old, new = world.secret("old", "demo:{}"), world.secret("new", "demo:{}")
    stub = world.stub(Kumo, accepted={old, new})
    world.add("kumo", {"api_key": old, "url": stub.url}, "--name", "rotating")
    code = f"""if True:
        import kist, subprocess
        kumo = kist.kumo("rotating")
        subprocess.run(["kist", "edit", "rotating", "api_key", "--no-check", "--stdin"], input=open({world.at("private", "new")!r}).read(),
                       text=True, check=True, capture_output=True)
        kumo = kist.kumo("rotating")
        print(kumo.global_state.initialized)
    """
    with open(world.at("private", "new"), "w") as file:
        file.write(new)
    assert python(world, "kumoai-2.22.0", code).out.strip().endswith("True")
    keys = [r["headers"].get("x-api-key") for r in stub.received() if r["path"].endswith("/connectors")]
    assert keys == [old, new], keys


def test_kumo_rfm_is_given_its_url_and_a_rotated_key(world):
    world.unlock()
    old, new = world.secret("rfm-old"), world.secret("rfm-new")
    stub = world.stub(Kumo, accepted={old, new})
    world.add("kumo-rfm", {"api_key": old, "url": stub.url}, "--name", "rfm")
    code = f"""if True:
        import kist, subprocess
        print(kist.kumo("rfm"))
        secret = open({world.at("private", "rfm")!r}).read()
        subprocess.run(["kist", "edit", "rfm", "api_key", "--stdin"], input=secret, text=True, check=True, capture_output=True)
        kist.kumo("rfm")
    """
    with open(world.at("private", "rfm"), "w") as file:
        file.write(new)
    assert stub.url in python(world, "kumoai-2.22.0", code, RFM_API_URL="http://127.0.0.1:9/api").out
    keys = [r["headers"].get("x-api-key") for r in stub.received() if r["path"].endswith("/connectors")]
    assert keys[0] == old and keys[-1] == new, keys


def test_kumo_on_snowpark_gets_exactly_what_it_takes(world):
    world.unlock()
    password = world.secret("snowpark")
    snowflake = world.stub(Snowflake, users={"ADA": password})
    kumo = world.stub(Kumo)
    world.add(
        "kumo-snowpark",
        {"url": kumo.url, "account": "acme", "user": "ADA", "password": password, "snowflake_url": snowflake.origin},
        "--variant",
        "password",
    )
    # The connector of this kumoai cannot be pointed at a stand-in; what it is called with is what counts here.
    code = """if True:
        import kist, kumoai, os
        seen = {}
        kumoai.init = lambda **given: seen.update(given, environment=os.environ.get("KUMO_API_KEY"))
        print(kist.kumo("kumo-snowpark"))
        assert sorted(seen["snowflake_credentials"]) == ["account", "password", "user"], sorted(seen)
        assert "api_key" not in seen and seen["environment"] is None
        print("exactly")
    """
    assert "exactly" in python(world, "kumoai-snowpark", code, KUMO_API_KEY="demo:other").out
    refused = "import kist; kist.kumo('kumo-snowpark')"
    with_new_connector = """if True:
        import kist, kist._clients as clients
        clients._version = lambda name: "5.2.0"
        kist.kumo("kumo-snowpark")
    """
    assert "snowflake-connector-python" in python(world, "kumoai-snowpark", with_new_connector, status=1).err, refused


CONNECT = """if True:
    import kist, os
    with kist.snowflake("{name}"{more}) as connection:
        print("user", connection.cursor().execute("select current_user()").fetchone()[0])
    assert "SNOWFLAKE_HOME" not in os.environ
"""


def test_snowflake_connects_with_both_generations_of_the_connector(world):
    world.unlock()
    password = world.secret("snowflake")
    stub = world.stub(Snowflake, users={"ADA": password})
    world.add(
        "snowflake",
        {"account": "acme", "user": "ADA", "password": password, "url": stub.origin, "role": "ANALYST"},
        "--variant",
        "password",
        "--name",
        "snow",
    )
    for connector in ("snowflake-4.8.1", "snowflake-5.2.0"):
        outcome = python(world, connector, CONNECT.format(name="snow", more=""), SNOWFLAKE_PASSWORD="other")
        assert "user ADA" in outcome.out, outcome
    assert len(stub.logins()) == 2


def test_snowflake_gets_a_key_as_a_file_that_goes_with_the_process(world):
    world.unlock()
    key = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], capture_output=True, check=True
    ).stdout.decode()
    world.canaries.plant("private key", key.splitlines()[3])
    world.add(
        "snowflake",
        {"account": "acme", "user": "ADA", "private_key": key, "url": "https://acme.snowflakecomputing.com"},
        "--variant",
        "key-pair",
        "--name",
        "pair",
    )
    code = """if True:
        import kist, os, snowflake.connector
        def connect(**given):
            path = given["private_key_file"]
            status = os.stat(path), os.stat(os.path.dirname(path))
            print(oct(status[0].st_mode & 0o777), oct(status[1].st_mode & 0o777), path)
            assert open(path).read().startswith("-----BEGIN PRIVATE KEY-----")
            assert given["authenticator"] == "SNOWFLAKE_JWT" and "password" not in given
            assert (given["host"], given["port"], given["protocol"]) == ("acme.snowflakecomputing.com", 443, "https")
        snowflake.connector.connect = connect
        kist.snowflake("pair")
    """
    from test_snowflake import is_gone

    printed = python(world, "snowflake-5.2.0", code).out.split()
    assert printed[:2] == ["0o600", "0o700"] and is_gone(printed[2]), printed


def test_kaskada_logs_in_whatever_stands_in_the_environment(world):
    world.unlock()
    stub, tables, secret = pair_and_platform(world, "kaskada-python")
    code = """if True:
        import kist
        kaskada = kist.kaskada("kaskada-python")
        print(kaskada)
        from kaskada import table
        table.list_tables()
    """
    outcome = python(world, KASKADA, code, KASKADA_TRIAL_CLIENT_ID="somebody", **world.trusting())
    assert "as client-1" in outcome.out, outcome
    (call,) = tables.received()
    assert call["headers"]["authorization"] == "kaskada-access-token", call
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret


CMLAPI = """
def default_client(url, cml_api_key):
    assert url == "https://ml.example.com" and cml_api_key, url
    return "a client of " + url
"""


def test_cml_and_openai_are_given_their_own_key_only(world):
    """cmlapi is served by a workbench and cannot be had here: a module with its one function stands in for it."""
    world.unlock()
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": world.secret("cml"), "username": "ada"})
    world.add("openai", {"api_key": world.secret("openai", "sk-{}"), "organization": "org-1"})
    with open(world.at("work", "cmlapi.py"), "w") as file:
        file.write(CMLAPI)
    outcome = python(world, "services", "import sys; sys.path.insert(0, '.'); import kist; print(kist.cml())")
    assert "a client of https://ml.example.com" in outcome.out
    code = """if True:
        import kist
        client = kist.openai()
        assert client.api_key == kist.get("openai") and client.organization == "org-1" and client.project is None
        assert str(client.base_url).startswith("https://api.openai.com"), client.base_url
        print("its own")
    """
    inherited = {"OPENAI_PROJECT_ID": "other", "OPENAI_BASE_URL": "https://evil.example.com", "OPENAI_API_KEY": "sk-x"}
    assert "its own" in python(world, "services", code, **inherited).out


def test_a_client_that_is_not_installed_and_a_credential_of_another_platform_are_said(world):
    world.unlock()
    world.add("login", {"username": "ada", "password": world.secret("login")}, "--name", "somewhere")
    said = python(world, "epigos-2.1.0", "import kist; kist.kumo('somewhere')", status=1)
    assert "a credential of login, not of kumo" in said.err, said
    world.add("kumo", {"api_key": world.secret("nowhere", "demo:{}")}, "--name", "nowhere")
    said = python(world, "epigos-2.1.0", "import kist; kist.kumo('nowhere')", status=1)
    assert "pip install kumoai" in said.err, said
