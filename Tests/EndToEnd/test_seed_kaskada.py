"""Following Kaskada's page on client authentication. Its steps in a notebook are in test_notebook.py."""

import json
import subprocess

from stubs import Kaskada
from test_kaskada import ENVIRONMENT, pair_and_platform
from world import client


def exchanged(stub):
    return [(json.loads(r["body"])["client_id"], json.loads(r["body"])["client_secret"]) for r in stub.received()]


def test_client_takes_the_pair_from_the_environment(world):
    """Two variables, set for one program only; listing tables proves them and is silent about it."""
    stub, tables, secret = pair_and_platform(world, "kaskada")
    outcome = world.python(
        "kaskada",
        ENVIRONMENT,
        """if True:
        import kaskada as kda
        kda.init()
        from kaskada import table
        table.list_tables()
        """,
        environment=world.trusting(),
    )
    assert outcome.status == 0 and outcome.out == "", outcome
    assert exchanged(stub) == [("client-1", secret)]
    assert tables.received()[0]["path"].endswith("ListTables")


def test_pair_as_explicit_arguments(world):
    stub, tables, secret = pair_and_platform(world, "explicit")
    outcome = world.python(
        "explicit",
        ENVIRONMENT,
        """if True:
        import os, kaskada as kda
        kda.init(client_id=os.environ["KASKADA_CLIENT_ID"], client_secret=os.environ["KASKADA_CLIENT_SECRET"])
        """,
        environment=world.trusting(),
    )
    assert outcome.status == 0, outcome
    assert exchanged(stub) == [("client-1", secret)]


def test_pair_in_the_environment_of_a_shell(world):
    """`export` lines for a whole shell, for whoever wants that; masked unless asked for plainly."""
    stub, tables, secret = pair_and_platform(world, "shell")
    script = 'eval "$(kist env shell --reveal)" && exec "$0" -c "import kaskada; kaskada.init()"'
    process = subprocess.run(
        ["sh", "-c", script, client(ENVIRONMENT)],
        env={**world.environment, **world.trusting()},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process
    assert exchanged(stub) == [("client-1", secret)]


def test_pair_comes_from_a_prompt_or_from_the_environment_it_is_in(world):
    """A machine that has the variables already: they move into the vault without being typed again."""
    secret = world.secret("moved")
    world.done(
        "add",
        "kaskada",
        "--name",
        "moved",
        "--from-env",
        "--no-check",
        environment={"KASKADA_CLIENT_ID": "client-2", "KASKADA_CLIENT_SECRET": secret},
    )
    assert world.done("get", "moved", "client_secret", may_print=True).out == secret
    assert world.done("get", "moved", "client_id").out.strip() == "client-2"


def test_check_proves_the_pair_without_a_client(world):
    stub = world.stub(Kaskada, tls=True, clients={})
    secret = world.secret("unproved")
    world.add(
        "kaskada",
        {"client_id": "client-3", "client_secret": secret, "auth_endpoint": stub.authority},
        "--name",
        "unproved",
    )
    world.fails(1, "check", "unproved", environment=world.trusting())
    stub.clients = {"client-3": secret}
    world.done("check", "unproved", environment=world.trusting())
