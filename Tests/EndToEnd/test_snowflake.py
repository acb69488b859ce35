"""Snowflake: a private connections.toml for both generations of the connector, gone when the program ends."""

import os
import subprocess
import time

from stubs import Snowflake

CONNECT = """if True:
    import os, snowflake.connector
    home = os.environ["SNOWFLAKE_HOME"]
    print("modes", oct(os.stat(home).st_mode & 0o777), oct(os.stat(home + "/connections.toml").st_mode & 0o777))
    print("home", home)
    with snowflake.connector.connect() as connection:
        print("user", connection.cursor().execute("select current_user()").fetchone()[0])
    """
CONNECTORS = ("snowflake-4.8.1", "snowflake-5.2.0")


def said(outcome, word):
    lines = [line.split(" ", 1)[1] for line in outcome.out.splitlines() if line.startswith(word + " ")]
    assert lines, f"no line '{word}'\n{outcome}"
    return lines[0]


def is_gone(path, seconds=120):
    """Whether the path disappears within that time: the agent removes it when the process ends."""
    deadline = time.monotonic() + seconds
    while os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not os.path.exists(path)


def behind_proxy(world, stub):
    proxy = world.proxy({"acme.snowflakecomputing.com": stub})
    return proxy, {**proxy.variables(), **world.trusting()}


def connect_with_both(world, name, stub, user):
    proxy, environment = behind_proxy(world, stub)
    for connector in CONNECTORS:
        outcome = world.python(name, connector, CONNECT, environment=environment)
        assert outcome.status == 0, outcome
        assert said(outcome, "user") == user, outcome
        assert said(outcome, "modes") == "0o700 0o600", outcome
        home = said(outcome, "home")
        assert home.startswith(world.at("run")), outcome
        assert is_gone(home), f"{home} is still there"
    assert not world.canaries.found_in(proxy.everything())
    assert len(stub.logins()) == len(CONNECTORS)
    return stub.logins()


def test_password(world):
    password = world.secret("password")
    stub = world.stub(Snowflake, tls=True, users={"ALICE": password})
    world.add(
        "snowflake",
        {"account": "acme", "user": "ALICE", "password": password},
        "--variant",
        "password",
        "--name",
        "sf-password",
    )
    for login in connect_with_both(world, "sf-password", stub, "ALICE"):
        assert (login["LOGIN_NAME"], login["PASSWORD"]) == ("ALICE", password), login


def key_pair(world, passphrase=None):
    """A PKCS#8 key (encrypted when there is a passphrase) as text, and the path of its public half."""
    private, public = world.at("private", "key.p8"), world.at("private", "key.pub")

    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout.decode()

    openssl("genpkey", "-algorithm", "RSA", "-out", private)
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    if not passphrase:
        return open(private).read(), public
    return openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", private, "-passout", f"pass:{passphrase}"), public


def plant_key(world, pem):
    """The middle of a key is as secret as the whole."""
    world.canaries.plant("private key", pem.splitlines()[5])
    return pem


def test_key_pair(world):
    pem, public = key_pair(world)
    stub = world.stub(Snowflake, tls=True, public_keys={"BOB": public})
    world.add(
        "snowflake",
        {"account": "acme", "user": "BOB", "private_key": plant_key(world, pem)},
        "--variant",
        "key-pair",
        "--name",
        "sf-key",
    )
    for login in connect_with_both(world, "sf-key", stub, "BOB"):
        assert login["AUTHENTICATOR"] == "SNOWFLAKE_JWT" and login["TOKEN"].count(".") == 2, login


def test_key_pair_with_passphrase(world):
    passphrase = world.secret("key passphrase")
    pem, public = key_pair(world, passphrase)
    stub = world.stub(Snowflake, tls=True, public_keys={"BOB": public})
    world.add(
        "snowflake",
        {"account": "acme", "user": "BOB", "private_key": plant_key(world, pem), "private_key_passphrase": passphrase},
        "--variant",
        "key-pair",
        "--name",
        "sf-sealed-key",
    )
    connect_with_both(world, "sf-sealed-key", stub, "BOB")


def test_programmatic_access_token(world):
    token = world.secret("token")
    stub = world.stub(Snowflake, tls=True, tokens={token})
    world.add(
        "snowflake", {"account": "acme", "user": "ALICE", "token": token}, "--variant", "token", "--name", "sf-token"
    )
    for login in connect_with_both(world, "sf-token", stub, "ALICE"):
        assert login["TOKEN"] == token, login


def test_own_connections_stay_usable(world):
    """The private folder holds the user's own other connections too; the user's own file is left alone."""
    own = world.at("home", ".snowflake")
    os.mkdir(own, 0o700)
    mine = '[mine]\naccount = "acme"\nuser = "CAROL"\npassword = "carols-own"\n'
    with open(os.path.join(own, "connections.toml"), "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write(mine)
    password = world.secret("beside")
    stub = world.stub(Snowflake, tls=True, users={"ALICE": password, "CAROL": "carols-own"})
    _, environment = behind_proxy(world, stub)
    world.add(
        "snowflake",
        {"account": "acme", "user": "ALICE", "password": password},
        "--variant",
        "password",
        "--name",
        "sf-beside",
    )
    code = CONNECT.replace("connect()", "connect(connection_name='mine')")
    for connector in CONNECTORS:
        outcome = world.python("sf-beside", connector, code, environment=environment)
        assert outcome.status == 0 and said(outcome, "user") == "CAROL", outcome
    assert open(os.path.join(own, "connections.toml")).read() == mine


def test_folder_goes_when_the_program_is_killed(world):
    password = world.secret("killed")
    world.add(
        "snowflake",
        {"account": "acme", "user": "ALICE", "password": password},
        "--variant",
        "password",
        "--name",
        "sf-killed",
    )
    outcome = world.kist(
        "run", "sf-killed", "--", "sh", "-c", 'ls "$SNOWFLAKE_HOME"; echo "home $SNOWFLAKE_HOME"; kill -9 $$'
    )
    assert "connections.toml" in outcome.out, outcome
    assert outcome.status in (-9, 137), outcome
    assert is_gone(said(outcome, "home"))


def test_private_agent_removes_the_folder_too(world):
    world.done("lock")
    outcome = world.kist(
        "run",
        "--isolated",
        "sf-killed",
        "--",
        "sh",
        "-c",
        'ls "$SNOWFLAKE_HOME"; echo "home $SNOWFLAKE_HOME"; exit 7',
        environment={"KIST_PASSPHRASE_FILE": world.passphrase_file},
    )
    world.unlock()
    assert outcome.status == 7 and "connections.toml" in outcome.out, outcome
    assert is_gone(said(outcome, "home"))


def test_check_proves_every_kind(world):
    """Password by a login, key pair by a token that openssl finds well signed, programmatic and OAuth tokens as such."""
    password, token = world.secret("checked password"), world.secret("checked token")
    pem, public = key_pair(world)
    stub = world.stub(Snowflake, tls=True, users={"ALICE": password}, public_keys={"BOB": public}, tokens={token})
    _, environment = behind_proxy(world, stub)
    kinds = {
        "password": {"user": "ALICE", "password": password},
        "key-pair": {"user": "BOB", "private_key": plant_key(world, pem)},
        "token": {"token": token},
        "oauth": {"token": token},
    }
    for variant, fields in kinds.items():
        world.add("snowflake", {"account": "acme", **fields}, "--variant", variant, "--name", f"check-{variant}")
        world.done("check", f"check-{variant}", environment=environment)
    stub.users, stub.public_keys, stub.tokens = {}, {}, set()
    for variant in kinds:
        outcome = world.fails(1, "check", f"check-{variant}", environment=environment)
        assert "refused" in outcome.out, outcome
