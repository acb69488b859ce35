"""Kaskada: the hosted client exchanges the pair over TLS while it starts, then calls the table service."""

import json
import os
import subprocess

from stubs import Kaskada
from world import client

# Scripts/clients-kaskada sets this to an environment with exactly the dependencies that the client asks for.
ENVIRONMENT = os.environ.get("KIST_KASKADA", "kaskada-0.0.22")


class Tables:
    """The table service, in the client's own environment because that has gRPC."""

    def __init__(self, world):
        self.log = world.at("private", "tables.jsonl")
        script = os.path.join(os.path.dirname(__file__), "stubs", "kaskada_tables.py")
        self.process = subprocess.Popen([client(ENVIRONMENT), script, self.log], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def received(self):
        with open(self.log) as lines:
            return [json.loads(line) for line in lines]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def pair_and_platform(world, name):
    """A Kaskada that accepts one new pair, stored under `name`, and the environment that trusts it."""
    secret = world.secret(name)
    stub = world.stub(Kaskada, tls=True, clients={"client-1": secret})
    tables = world.keep(Tables(world))
    world.add(
        "kaskada",
        {
            "client_id": "client-1",
            "client_secret": secret,
            "auth_endpoint": stub.authority,
            "endpoint": f"127.0.0.1:{tables.port}",
            "is_secure": "false",
        },
        "--name",
        name,
    )
    return stub, tables, secret


def test_pair_is_exchanged_and_tables_are_listed(world):
    stub, tables, secret = pair_and_platform(world, "kaskada")
    outcome = world.python(
        "kaskada",
        ENVIRONMENT,
        """if True:
        import kaskada as kda
        kda.init()
        from kaskada import table
        print("tables", repr(str(table.list_tables())))
        """,
        environment=world.trusting(),
    )
    assert outcome.status == 0 and "tables ''" in outcome.out, outcome
    (exchange,) = stub.received()
    sent = json.loads(exchange["body"])
    assert (sent["client_id"], sent["client_secret"]) == ("client-1", secret), sent
    (call,) = tables.received()
    assert call["path"].endswith("/ListTables") and call["headers"]["authorization"] == "kaskada-access-token", call


def test_magic_for_notebooks_loads(world):
    stub, tables, secret = pair_and_platform(world, "kaskada-magic")
    outcome = world.python(
        "kaskada-magic",
        ENVIRONMENT,
        """if True:
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell.instance()
        shell.run_line_magic("load_ext", "fenlmagic")
        print("fenl" in shell.magics_manager.magics["cell"])
        """,
        environment=world.trusting(),
    )
    assert outcome.status == 0 and "True" in outcome.out, outcome
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret


def test_other_modes_cannot_win(world):
    """An inherited demo or trial id would silently beat the pair."""
    stub, tables, secret = pair_and_platform(world, "kaskada-alone")
    inherited = {**world.trusting(), "KASKADA_DEMO_CLIENT_ID": "demo", "KASKADA_TRIAL_CLIENT_ID": "trial"}
    outcome = world.python("kaskada-alone", ENVIRONMENT, "import kaskada; kaskada.init()", environment=inherited)
    assert outcome.status == 0, outcome
    assert json.loads(stub.received()[0]["body"])["client_secret"] == secret


def test_wrong_secret_is_told_by_check_and_by_the_client(world):
    stub, tables, secret = pair_and_platform(world, "kaskada-wrong")
    good = world.kist("check", "kaskada-wrong", environment=world.trusting())
    assert good.status == 0, good
    stub.clients = {}
    bad = world.kist("check", "kaskada-wrong", environment=world.trusting())
    assert bad.status == 1, bad
    outcome = world.python("kaskada-wrong", ENVIRONMENT, "import kaskada; kaskada.init()", environment=world.trusting())
    assert outcome.status == 1 and "PermissionError" in outcome.err, outcome
