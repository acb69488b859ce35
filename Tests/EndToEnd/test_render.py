"""`kist render`: files that the programs themselves read back, to the byte, or none at all."""

import configparser
import json
import netrc
import os
import stat
import subprocess
import tomllib

from stubs import Generic, Postgres, Snowflake
from test_snowflake import key_pair, plant_key
from world import client


def place(world, *parts):
    """A path for files with secrets in clear: the only folder that is not searched for them."""
    folder = world.at("private", "rendered")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, *parts)


def is_private(path):
    return stat.S_IMODE(os.stat(path).st_mode) == 0o600


def imported(world, name, platform="fields", plain=None, **secrets):
    """A credential with values of any kind, as an import brings them."""
    for field, value in secrets.items():
        if len(value) >= 8:
            world.canaries.plant(f"{name}.{field}", value)
    credential = {"name": name, "platform": platform, "secrets": secrets, "plain": plain or {}}
    world.done("import", "-", "--from", "kist", "--yes", given={"kist": 1, "credentials": [credential]})


def test_a_template_is_filled_in(world):
    key, password = world.secret("kumo", "demo:{}"), world.secret("db") + "\"'\\\n\tü"
    world.add("kumo", {"api_key": key})
    imported(world, "db", password=password)
    world.done("profile", "create", "prod")
    other = world.secret("prod", "demo:{}")
    world.add("kumo", {"api_key": other}, "-p", "prod")
    template, out = world.at("work", "app.tpl"), place(world, "app.toml")
    with open(template, "w") as file:
        file.write(
            'key = "kist://kumo/api_key"   # not xkist://kumo/api_key or \\kist://kumo/api_key\n'
            "url = '{{kist://kumo/url}}'\n"
            "prod = {{ kist://prod/kumo/api_key | toml }}\n"
            "password = {{ kist://db/password | toml }}\n"
            'other = "{{ jinja }} {{ }} }} {{"\n'
            'dsn = "postgres://alice:{{ kist://db/password | url }}@db.example/churn"\n'
        )
    world.done("render", template, "-o", out)
    assert is_private(out)
    with open(out, "rb") as file:
        seen = tomllib.load(file)
    assert seen["key"] == key and seen["prod"] == other and seen["password"] == password, seen
    assert seen["url"] == "https://demo.kumoai.cloud/api" and seen["other"] == "{{ jinja }} {{ }} }} {{"
    entries = world.done("audit", "--json", "--verb", "render").out
    assert "render" in entries and key not in entries


def test_a_file_is_replaced_only_when_that_is_said(world):
    key = world.secret("again", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "again")
    template, out = world.at("work", "again.tpl"), place(world, "again")
    with open(template, "w") as file:
        file.write("kist://again/api_key\n")
    world.done("render", template, "-o", out)
    before = os.stat(out).st_ino
    world.done("render", template, "-o", out)  # nothing to do
    assert os.stat(out).st_ino == before
    new = world.secret("new", "demo:{}")
    world.done("edit", "again", "api_key", "--stdin", "--no-check", given=new)
    world.fails(125, "render", template, "-o", out)
    with open(out) as file:
        assert file.read() == key + "\n"
    os.chmod(out, 0o644)
    world.done("render", template, "-o", out, "--overwrite")
    with open(out) as file:
        assert file.read() == new + "\n" and is_private(out)
    link = place(world, "link")
    os.symlink(out, link)
    world.fails(125, "render", template, "-o", link, "--overwrite")
    assert os.path.islink(link) and sorted(os.listdir(place(world))) == sorted(
        {"again", "link"} | (set(os.listdir(place(world))) & {"app.toml"})
    )


def test_what_could_not_be_read_back_is_refused(world):
    """A quote within quotes, a second line within one, a field that is not there: nothing is written."""
    imported(world, "odd", quote='a"b', line="a\nb", back="a\\b", end="a'b")
    template, out = world.at("work", "odd.tpl"), place(world, "odd")
    for text in (
        'x = "kist://odd/quote"',
        "x = 'kist://odd/end'",
        'x = "{{ kist://odd/back }}"',
        "x = kist://odd/line",
        "kist://odd/absent",
        "kist://absent/x",
        "op://Private/Odd/password",
        "{{ kist://odd/quote | rot13 }}",
        "{{ kist://odd/quote | json | json }}",
        "{{ kist://odd/quote",
        "{{ kist://odd/quo\nte }}",
        "kist://odd",
        "no reference at all",
        "kist://odd/quote\n" * 1_001,
    ):
        with open(template, "w") as file:
            file.write(text + "\n")
        outcome = world.kist("render", template, "-o", out)
        assert outcome.status != 0 and not os.path.exists(out), (text, outcome)
    for text, seen in (
        ("x = 'kist://odd/quote'", "x = 'a\"b'"),
        ('x = "kist://odd/end"', "x = \"a'b\""),
        ("kist://odd/line", "a\nb"),
        ("{{ kist://odd/line | json }}", '"a\\nb"'),
    ):
        with open(template, "w") as file:
            file.write(text)
        assert world.done("render", template, may_print=True).out == seen


def test_references_of_1password_mean_what_the_folder_says(world):
    key = world.secret("op", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "mapped")
    folder = world.at("work", "op")
    os.makedirs(folder)
    with open(os.path.join(folder, "kist.toml"), "w") as file:
        file.write('[op]\n"Private/Kumo" = "mapped"\n')
    with open(os.path.join(folder, "t"), "w") as file:
        file.write("a=op://Private/Kumo/credential\nb={{ op://private/kumo/api_key?attribute=value }}\n")
    outcome = world.fails(125, "render", "t", cwd=folder)
    assert "kist trust" in outcome.err
    world.done("trust", "--yes", cwd=folder)
    assert world.done("render", "t", cwd=folder, may_print=True).out == f"a={key}\nb={key}\n"


def test_pgpass_is_read_by_psql(world):
    """Colons, backslashes and stars in every part; the server is told exactly what is stored."""
    for number, (user, database, password) in enumerate(
        (
            ("alice", "churn", world.secret("plain")),
            ("al:ice", "ch\\urn", ":\\" + world.secret("marks") + "\\:\\"),
            ("*", "*", world.secret("star") + "*"),
            ("ünï", "d b", " " + world.secret("blanks") + " #'\" "),
        )
    ):
        server = world.keep(Postgres({password}))
        plain = {"host": "127.0.0.1", "port": str(server.port), "database": database, "user": user}
        imported(world, f"pg{number}", "postgres", plain, password=password)
        out = place(world, f"pgpass{number}")
        world.done("render", "--as", "pgpass", f"pg{number}", "-o", out)
        process = subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", user, "-d", database, "-w", "-c", "select 1"],
            env={"PATH": world.environment["PATH"], "HOME": world.at("home"), "PGPASSFILE": out, "LANG": "C.UTF-8",
                 "PGSSLMODE": "disable", "PGGSSENCMODE": "disable"},
            capture_output=True,
            text=True,
        )  # fmt: skip
        assert process.returncode == 0 and server.received() == [(user, database, password)], (process, server.received())
        # Another user or database of that server gets nothing: no part of the line means any.
        process = subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "mallory", "-d", "other", "-w", "-c", "select 1"],
            env={"PATH": world.environment["PATH"], "HOME": world.at("home"), "PGPASSFILE": out},
            capture_output=True,
            text=True,
        )
        assert process.returncode != 0 and len(server.received()) == 1, process
    imported(world, "pgline", "fields", {"host": "h.example", "user": "a", "database": "b"}, password="a\nb")
    imported(world, "pgless", "login", {"username": "a"}, password=world.secret("no host"))
    for name in ("pgline", "pgless"):
        world.fails(125, "render", "--as", "pgpass", name)


def test_netrc_is_read_by_curl_and_python(world):
    password = world.secret("netrc") + "!$%&()*+,-./:;<=>?@[]^_`{|}~#"
    stub = world.stub(Generic, header="authorization", values={"x"})
    imported(world, "alice", "login", {"username": "al!ce", "url": stub.origin}, password=password)
    out = place(world, "netrc")
    world.done("render", "--as", "netrc", "alice", "-o", out)
    assert netrc.netrc(out).authenticators("127.0.0.1") == ("al!ce", "", password)
    assert netrc.netrc(out).authenticators("elsewhere.example") is None
    subprocess.run(["curl", "-s", "--netrc-file", out, stub.origin], env=world.environment, check=True, capture_output=True)
    process = subprocess.run(
        [client("kumoai-2.22.0"), "-c", f"import requests; requests.get('{stub.origin}')"],
        env={**world.environment, "NETRC": out},
    )
    assert process.returncode == 0
    import base64

    expected = "Basic " + base64.b64encode(f"al!ce:{password}".encode()).decode()
    assert [r["headers"]["authorization"] for r in stub.received()] == [expected] * 2
    for number, bad in enumerate(("a b", 'a"b', "a'b", "a\\b", "#ab", "a\tb", "a\nmachine evil", "ü")):
        if bad.isprintable():
            imported(world, f"bad{number}", "login", {"username": "alice", "url": stub.origin}, password=bad)
        else:
            imported(world, f"bad{number}", "fields", {"username": "alice", "url": stub.origin}, password=bad)
        world.fails(125, "render", "--as", "netrc", f"bad{number}")
    imported(world, "nowhere", "login", {"username": "alice"}, password=world.secret("nowhere"))
    outcome = world.fails(125, "render", "--as", "netrc", "nowhere")
    assert "for all" in outcome.err, outcome


def test_json_and_ini_files(world):
    key = world.secret("kaggle")
    world.add("kaggle", {"username": "alice", "key": key}, "--variant", "legacy")
    out = place(world, "kaggle.json")
    world.done("render", "--as", "kaggle", "kaggle", "-o", out)
    with open(out) as file:
        assert json.load(file) == {"username": "alice", "key": key} and is_private(out)
    token, another = "pypi-" + world.secret("pypi"), "pypi-" + world.secret("test")
    world.add("pypi", {"token": token})
    world.add("pypi", {"token": another, "url": "https://test.pypi.org/legacy/"}, "--name", "testpypi")
    out = place(world, "pypirc")
    world.done("render", "--as", "pypirc", "pypi", "testpypi", "-o", out)
    seen = configparser.RawConfigParser()
    seen.read(out)
    assert seen["distutils"]["index-servers"].split() == ["pypi", "testpypi"]
    assert dict(seen["testpypi"]) == {"repository": "https://test.pypi.org/legacy/", "username": "__token__", "password": another}
    secret = world.secret("aws") + "/+="
    imported(world, "cloud", access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=secret)
    imported(world, "cloud2", access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a#b")
    out = place(world, "credentials")
    world.done("render", "--as", "aws", "cloud", "-o", out)
    seen = configparser.RawConfigParser()
    seen.read(out)
    assert dict(seen["cloud"]) == {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": secret}
    world.fails(125, "render", "--as", "aws", "cloud2")


CONNECT = "import snowflake.connector as s; s.connect(connection_name='{}').cursor().execute('select 1')"


def test_connections_are_read_by_both_connectors(world):
    """A private key stands in a file of its own beside the rendered one."""
    pem, public = key_pair(world)
    stub = world.stub(Snowflake, tls=True, public_keys={"BOB": public})
    proxy = world.proxy({"acme.snowflakecomputing.com": stub})
    world.add("snowflake", {"account": "acme", "user": "BOB", "private_key": plant_key(world, pem)},
              "--variant", "key-pair", "--name", "sf-key")
    world.fails(64, "render", "--as", "connections", "sf-key")
    out = place(world, "connections.toml")
    # Where the file itself cannot be written, no key is.
    with open(out, "w") as file:
        file.write("mine")
    world.fails(125, "render", "--as", "connections", "sf-key", "-o", out)
    assert not os.path.exists(place(world, "sf-key.files"))
    os.remove(out)
    world.done("render", "--as", "connections", "sf-key", "-o", out)
    assert is_private(out) and is_private(place(world, "sf-key.files", "key.p8"))
    for connector in ("snowflake-4.8.1", "snowflake-5.2.0"):
        process = subprocess.run(
            [client(connector), "-c", CONNECT.format("sf-key")],
            env={**world.environment, **proxy.variables(), **world.trusting(), "SNOWFLAKE_HOME": place(world)},
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process
    assert [login["LOGIN_NAME"] for login in stub.logins()] == ["BOB", "BOB"]


def test_passwords_in_connections(world):
    password = world.secret("snow") + "\"'\\#= ü"
    stub = world.stub(Snowflake, tls=True, users={"ALICE": password})
    proxy = world.proxy({"acme.snowflakecomputing.com": stub})
    world.add("snowflake", {"account": "acme", "user": "ALICE", "password": password}, "--variant", "password",
              "--name", "sf-password")
    out = place(world, "snow")
    os.makedirs(out)
    world.done("render", "--as", "connections", "sf-password", "-o", os.path.join(out, "connections.toml"))
    for connector in ("snowflake-4.8.1", "snowflake-5.2.0"):
        process = subprocess.run(
            [client(connector), "-c", CONNECT.format("sf-password")],
            env={**world.environment, **proxy.variables(), **world.trusting(), "SNOWFLAKE_HOME": out},
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process
    assert [login["PASSWORD"] for login in stub.logins()] == [password] * 2


def test_what_is_run_only_is_not_rendered(world):
    key = world.secret("shut", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "shut")
    world.done("policy", "shut", "run-only")
    template, out = world.at("work", "shut.tpl"), place(world, "shut")
    with open(template, "w") as file:
        file.write("kist://shut/api_key\n")
    world.kist("render", template, "-o", out)
    assert not os.path.exists(out)
