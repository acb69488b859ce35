"""What `kist how` prints is followed to the letter: its programs are run by the real clients, its lines by a shell."""

import os
import shutil
import subprocess

from stubs import Cloudera, Epigos, Kumo, Snowflake
from test_kaskada import ENVIRONMENT, pair_and_platform
from test_snowflake import key_pair, plant_key
from world import client


def program(world, name, environment_name, environment, more=""):
    """Runs the Python program that Kist prints for this credential, exactly as printed, and `more` behind it."""
    text = world.done("how", name, "python").out
    outcome = world.python(name, environment_name, text + more, environment=environment)
    assert outcome.status == 0, f"{text}\n{outcome}"
    return outcome


def shell(world, name, environment=None):
    """Runs the lines that Kist prints for curl, in a shell."""
    text = world.done("how", name, "curl").out
    process = subprocess.run(
        ["sh", "-c", text],
        env={**world.environment, **(environment or {})},
        cwd=world.at("work"),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, f"{text}\n{process}"
    return process.stdout


def played(world, **stubs):
    """The environment in which these stubs are the platforms, by host name."""
    proxy = world.proxy({host.replace("_", "."): stub for host, stub in stubs.items()})
    return {**proxy.variables(), **world.trusting()}


def test_kumo(world):
    key = world.secret("kumo", "demo:{}")
    stub = world.stub(Kumo, tls=True, accepted={key})
    environment = played(world, demo_kumoai_cloud=stub)
    world.add("kumo", {"api_key": key})
    program(world, "kumo", "kumoai-2.22.0", environment)
    shell(world, "kumo", environment)
    assert {r["headers"]["x-api-key"] for r in stub.received()} == {key} and len(stub.received()) == 3


def test_kumo_rfm(world):
    key = world.secret("rfm")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo-rfm", {"api_key": key, "url": stub.url})
    program(world, "kumo-rfm", "kumoai-2.22.0", {})
    shell(world, "kumo-rfm")
    assert {r["headers"]["x-api-key"] for r in stub.received()} == {key} and len(stub.received()) == 3


def test_kumo_snowpark(world):
    password = world.secret("snowpark")
    pem, public = key_pair(world)
    snowflake = world.stub(Snowflake, tls=True, users={"ALICE": password}, public_keys={"BOB": public})
    kumo = world.stub(Kumo, tls=True, session_tokens=snowflake.issued)
    environment = played(world, acme_snowflakecomputing_com=snowflake, demo_kumoai_cloud=kumo)
    common = {"url": "https://demo.kumoai.cloud/api", "account": "acme"}
    world.add(
        "kumo-snowpark",
        {**common, "user": "ALICE", "password": password},
        "--variant",
        "password",
        "--name",
        "with-password",
    )
    world.add(
        "kumo-snowpark",
        {**common, "user": "BOB", "private_key": plant_key(world, pem)},
        "--variant",
        "key-pair",
        "--name",
        "with-key",
    )
    issued = set()
    for name in ("with-password", "with-key"):
        program(world, name, "kumoai-snowpark", environment)
        issued.add(snowflake.header())
    assert [login["LOGIN_NAME"] for login in snowflake.logins()] == ["ALICE", "BOB"]
    assert len(issued) == 2 and {r["headers"]["authorization"] for r in kumo.received()} == issued


def test_kaskada(world):
    stub, tables, secret = pair_and_platform(world, "kaskada")
    program(world, "kaskada", ENVIRONMENT, world.trusting())
    assert secret in stub.received()[0]["body"]
    assert tables.received()[0]["path"].endswith("ListTables")


def test_snowflake(world):
    password, token = world.secret("password"), world.secret("token")
    pem, public = key_pair(world)
    stub = world.stub(Snowflake, tls=True, users={"ALICE": password}, public_keys={"BOB": public}, tokens={token})
    environment = played(world, acme_snowflakecomputing_com=stub)
    for variant, secret in (
        ("password", {"user": "ALICE", "password": password}),
        ("key-pair", {"user": "BOB", "private_key": plant_key(world, pem)}),
        ("token", {"user": "ALICE", "token": token}),
        ("oauth", {"user": "ALICE", "token": token}),
    ):
        world.add("snowflake", {"account": "acme", **secret}, "--variant", variant, "--name", f"sf-{variant}")
        program(world, f"sf-{variant}", "snowflake-5.2.0", environment)
    assert [login.get("AUTHENTICATOR") for login in stub.logins()][1:] == [
        "SNOWFLAKE_JWT",
        "PROGRAMMATIC_ACCESS_TOKEN",
        "OAUTH",
    ]
    assert '"1"' in shell(world, "sf-token", environment)


def test_cloudera_ml(world):
    """The Python program needs cmlapi, which only a workbench serves; the lines for curl need nothing."""
    key, legacy = world.secret("v2"), world.secret("legacy")
    stub = world.stub(Cloudera, tls=True, keys={key}, legacy={"alice": legacy})
    environment = played(world, ml_example_com=stub)
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": key})
    world.add("cloudera-ml-legacy", {"domain": "ml.example.com", "username": "alice", "legacy_key": legacy})
    assert "churn" in shell(world, "cloudera-ml", environment)
    assert "alice" in shell(world, "cloudera-ml-legacy", environment)
    program(world, "cloudera-ml-legacy", "kumoai-2.22.0", environment)  # an environment that has requests


def test_cloudera_ml_model(world):
    key, access = world.secret("model key"), world.secret("access key")
    stub = world.stub(Cloudera, tls=True, keys={key}, models={access: {key}})
    environment = played(world, modelservice_ml_example_com=stub)
    world.add(
        "cloudera-ml-model",
        {"model_url": "https://modelservice.ml.example.com/model", "access_key": access, "api_key": key},
    )
    assert "0.17" in program(world, "cloudera-ml-model", "kumoai-2.22.0", environment).out
    assert "0.17" in shell(world, "cloudera-ml-model", environment)


def test_epigos(world):
    key = world.secret("epigos")
    stub = world.stub(Epigos, tls=True, keys={key: "project"})
    environment = played(world, api_epigos_ai=stub)
    world.add("epigos", {"api_key": key, "scope": "project"})
    program(world, "epigos", "epigos-2.1.0", environment, more="print(client.project('p9'))\n")
    shell(world, "epigos", environment)
    assert {r["headers"]["x-api-key"] for r in stub.received()} == {key} and len(stub.received()) == 2


def test_scheduled_job(world):
    """The line for cron, in cron's own bare environment; only the program at its end is another one."""
    key = world.secret("nightly", "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo-rfm", {"api_key": key, "url": stub.url}, "--name", "nightly")
    lines = world.done("how", "nightly", "cron").out.splitlines()
    (line,) = [line.removeprefix("0 2 * * *") for line in lines if line.startswith("0 2 * * *")]
    job = world.at("work", "predict.py")
    with open(job, "w") as file:
        file.write("import os, kumoai; kumoai.init(url=os.environ['RFM_API_URL'])")
    passphrase = world.at("home", ".config", "kist", "passphrase")
    os.makedirs(os.path.dirname(passphrase), mode=0o700, exist_ok=True)
    shutil.copy(world.passphrase_file, passphrase)
    world.done("lock")
    try:
        process = subprocess.run(
            ["/bin/sh", "-c", line.replace("python3 predict.py", f"{client('kumoai-2.22.0')} {job}")
             .replace("$HOME/.local/bin/kist ", "kist ")],
            env={"HOME": world.at("home"), "PATH": world.environment["PATH"], "SHELL": "/bin/sh"},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    finally:
        os.remove(passphrase)
        world.unlock()
    assert process.returncode == 0, process
    assert stub.received()[0]["headers"]["x-api-key"] == key
