"""The main job, shown step by step in a temporary home: store once, prove it, hand it to a real program.

Every step asserts on what arrived at the stand-ins, so the end is only reached when all of it truly worked.
"""

import json
import os
import sys
import textwrap
import time

sys.dont_write_bytecode = True

from stubs import Kaskada, Kumo, Snowflake  # noqa: E402
from test_kaskada import Tables  # noqa: E402
from world import World, client  # noqa: E402

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
BOLD, DIM, GREEN, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[0m") if COLOUR else ("", "", "", "")


def say(text=""):
    print(text, flush=True)


def step(title):
    say(f"\n{BOLD}{title}{PLAIN}")


def proved(text):
    say(f"  {GREEN}✓{PLAIN} {text}")


def require(condition, what):
    if not condition:
        raise AssertionError(f"not so: {what}")


def printed(command, outcome, note=""):
    """A command as a person would type it, and what it printed."""
    say(f"  $ {command}{DIM}{'   # ' + note if note else ''}{PLAIN}")
    for line in (outcome.out + outcome.err).rstrip().splitlines():
        say(f"    {DIM}{line}{PLAIN}")


def show(world, *arguments, note="", typed=None, **settings):
    """Runs kist and prints it; it must succeed."""
    outcome = world.kist(*arguments, **settings)
    printed(typed or "kist " + " ".join(arguments), outcome, note)
    require(outcome.status == 0, f"that command ends with 0\n{outcome}")
    return outcome


def program(world, name, text):
    """A small Python program in the temporary home, shown before it runs."""
    path = world.at("work", name)
    with open(path, "w") as file:
        file.write(textwrap.dedent(text))
    for line in textwrap.dedent(text).strip().splitlines():
        say(f"    {DIM}{name} │{PLAIN} {line}")
    return path


def main():
    say("Everything here happens in a temporary home and on this machine: stand-ins answer for the platforms, under")
    say("the platforms' own names and over TLS. The clients are the real ones, unmodified, from PyPI.")

    step("1  A vault")
    world = World(initialise=False)
    try:
        run(world)
        world.check_canaries()
        proved("looked for all four secrets in every form, in all files and all process arguments: not there")
    finally:
        world.close()


def run(world):
    printed(
        "kist init", world.initialise(), note="the passphrase comes from a private file here; you will be asked for it")
    key, secret, password = world.secret("kumo", "demo:{}"), world.secret("kaskada"), world.secret("snowflake")
    kumo = world.stub(Kumo, tls=True, accepted={key})
    kaskada = world.stub(Kaskada, tls=True, clients={"client-1": secret})
    tables = world.keep(Tables(world))
    snowflake = world.stub(Snowflake, tls=True, users={"ALICE": password})
    proxy = world.proxy({"demo.kumoai.cloud": kumo, "acme.snowflakecomputing.com": snowflake})
    world.environment.update(
        {**proxy.variables(), **world.trusting(), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    )

    step("2  Stored once, proved at the platform while being stored")
    show(
        world, "add", "kumo", "--stdin", given=key, note="an API key on standard input; without --stdin it is asked for"
    )
    show(
        world,
        "add",
        "kaskada",
        "--stdin",
        note="client id and secret as JSON",
        given={
            "client_id": "client-1",
            "client_secret": secret,
            "auth_endpoint": kaskada.authority,
            "endpoint": f"127.0.0.1:{tables.port}",
            "is_secure": "false",
        },
    )
    show(
        world,
        "add",
        "snowflake",
        "--variant",
        "password",
        "--stdin",
        note="account, user and password as JSON",
        given={"account": "acme", "user": "ALICE", "password": password},
    )
    require([r["headers"]["x-api-key"] for r in kumo.received()] == [key], "Kumo was asked once, with the key")
    sent = [json.loads(r["body"])["client_secret"] for r in kaskada.received()]
    require(sent == [secret], "Kaskada was asked once, with the pair")
    require([login["PASSWORD"] for login in snowflake.logins()] == [password], "Snowflake was asked once")
    proved("the platforms were asked with exactly these secrets, inside TLS")

    step("3  What there is, and whether it still works")
    show(world, "list")
    show(world, "check")

    step("4  Handed to the real kumoai")
    path = program(
        world,
        "train.py",
        """
        import os, kumoai
        kumoai.init(url=os.environ["KUMO_URL"])
        """,
    )
    before = len(kumo.received())
    show(world, "run", "kumo", "--", client("kumoai-2.22.0"), path, typed="kist run kumo -- python3 train.py")
    arrived = [r["headers"].get("x-api-key") for r in kumo.received()[before:]]
    require(arrived and set(arrived) == {key}, "the key arrived at Kumo, in every request")
    proved(f"kumoai 2.22.0 logged in at https://demo.kumoai.cloud/api with the key, in {len(arrived)} requests")

    step("5  Handed to the real kaskada")
    path = program(
        world,
        "tables.py",
        """
        import kaskada as kda
        from kaskada import table
        kda.init()
        table.list_tables()
        """,
    )
    before = len(kaskada.received())
    show(world, "run", "kaskada", "--", client("kaskada-0.0.22"), path, typed="kist run kaskada -- python3 tables.py")
    (exchange,) = kaskada.received()[before:]
    require(json.loads(exchange["body"])["client_secret"] == secret, "the pair arrived at Kaskada")
    (call,) = tables.received()
    require(call["headers"]["authorization"] == "kaskada-access-token", "the token arrived at the table service")
    proved("kaskada 0.0.22 exchanged the pair for a token and listed its tables with it")

    step("6  Handed to the real Snowflake connector")
    path = program(
        world,
        "query.py",
        """
        import snowflake.connector
        with snowflake.connector.connect() as connection:
            print(connection.cursor().execute("select current_user()").fetchone())
        """,
    )
    before = len(snowflake.logins())
    outcome = show(
        world, "run", "snowflake", "--", client("snowflake-5.2.0"), path, typed="kist run snowflake -- python3 query.py"
    )
    require("ALICE" in outcome.out, "the query was answered")
    login = snowflake.logins()[before:][-1]
    require((login["LOGIN_NAME"], login["PASSWORD"]) == ("ALICE", password), "the login arrived at Snowflake")
    left = lambda: [f for _, _, files in os.walk(world.at("run")) for f in files if f == "connections.toml"]  # noqa: E731
    deadline = time.monotonic() + 120
    while left() and time.monotonic() < deadline:
        time.sleep(0.02)
    require(not left(), "the private folder went away with the program")
    proved("the connector found its credentials in a private file, which went away with the program")

    step("7  What was left behind")
    require(not world.canaries.found_in(proxy.everything()), "no secret passed the proxy in clear")
    proved(f"a proxy kept every byte of {len(proxy.requests)} requests: no secret was in clear")
    show(world, "lock")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        say(f"\n✗ {error}")
        sys.exit(1)
