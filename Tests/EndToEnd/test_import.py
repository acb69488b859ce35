"""Taking over what other programs keep: files made by those programs themselves wherever they can be had."""

import json
import os
import pathlib
import subprocess


def made(world, *command, given=None, environment=None):
    """Runs another program in the private folder of the test."""
    result = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        cwd=world.private,
        env={**world.environment, **(environment or {})},
        timeout=120,
    )
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


def file(world, name, text, mode=0o600):
    path = pathlib.Path(world.private, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def value(world, *names, profile=None):
    options = ("-p", profile) if profile else ()
    return world.done(*options, "get", *names, may_print=True).raw


def test_keepass_as_keepassxc_exports_it(world):
    word, secret, notes = world.secret("master"), world.secret("keepass"), world.secret("notes") + "\nsecond <line> & more"
    made(world, "keepassxc-cli", "db-create", "-p", "safe.kdbx", given=f"{word}\n{word}\n")
    made(world, "keepassxc-cli", "mkdir", "safe.kdbx", "Work", given=f"{word}\n")
    made(
        world, "keepassxc-cli", "add", "-u", "ada", "--url", "https://kumo.example", "--notes", notes, "-p",
        "safe.kdbx", "Work/Kumo & Co", given=f"{word}\n{secret}\n",
    )  # fmt: skip
    for kind, name in (("xml", "safe.xml"), ("csv", "safe.csv")):
        export = file(world, name, made(world, "keepassxc-cli", "export", "-f", kind, "safe.kdbx", given=f"{word}\n"))
        profile = f"from-{kind}"
        world.done("-p", profile, "import", export, "--yes")
        assert value(world, "kumo-co", "password", profile=profile) == secret.encode()
        shown = json.loads(world.done("-p", profile, "show", "kumo-co", "--json").out)
        assert shown["plain"]["username"] == "ada" and shown["plain"]["url"] == "https://kumo.example", shown


def test_pass_with_a_real_gpg(world):
    gnupg, store = os.path.join(world.private, "gnupg"), os.path.join(world.private, "store")
    os.mkdir(gnupg, 0o700)
    environment = {"GNUPGHOME": gnupg, "PASSWORD_STORE_DIR": store}
    made(world, "gpg", "--batch", "--passphrase", "", "--quick-gen-key", "kist test <t@example>", "default", "default",
         "never", environment=environment)  # fmt: skip
    made(world, "pass", "init", "t@example", environment=environment)
    secret, pin = world.secret("pass"), world.secret("pin")
    made(world, "pass", "insert", "-m", "web/kumo", given=f"{secret}\nlogin: ada\npin: {pin}\n", environment=environment)
    made(world, "pass", "insert", "-m", "plain", given=f"{pin}", environment=environment)
    outcome = world.done("-p", "pass", "import", store, "--yes", environment={"GNUPGHOME": gnupg})
    assert "web-kumo" in outcome.out, outcome
    assert value(world, "web-kumo", "password", profile="pass") == secret.encode()
    assert value(world, "web-kumo", "pin", profile="pass") == pin.encode()
    assert value(world, "plain", profile="pass") == pin.encode()
    assert json.loads(world.done("-p", "pass", "show", "web-kumo", "--json").out)["plain"] == {"username": "ada"}
    # Without the key nothing is stored, and the entry is named.
    empty = os.path.join(world.private, "empty")
    os.mkdir(empty, 0o700)
    refused = world.fails(125, "-p", "none", "import", store, "--yes", environment={"GNUPGHOME": empty})
    assert "nothing was stored" in refused.err, refused
    subprocess.run(["gpgconf", "--homedir", gnupg, "--kill", "all"], check=False)
    subprocess.run(["gpgconf", "--homedir", empty, "--kill", "all"], check=False)


def test_git_credentials_as_git_writes_them(world):
    secret = world.secret("git", "p@:/{}")
    store = os.path.join(world.private, "git-credentials")
    made(world, "git", "credential-store", f"--file={store}", "store",
         given=f"protocol=https\nhost=git.example:8443\nusername=ada\npassword={secret}\n\n")  # fmt: skip
    world.done("-p", "git", "import", store, "--from", "git", "--yes")
    assert value(world, "git-git.example-8443", "password", profile="git") == secret.encode()


def test_aws_docker_and_snowflake_files(world):
    key, word, token = world.secret("aws"), world.secret("docker"), world.secret("snowflake")
    home = pathlib.Path(world.at("home"))
    import base64

    login = base64.b64encode(f"ada:{word}".encode()).decode()
    places = {
        ".aws/credentials": f"[default]\naws_access_key_id = AKIA\naws_secret_access_key = {key}\n[sso]\nsso_region=eu\n",
        ".docker/config.json": json.dumps({"auths": {"ghcr.io": {"auth": login}}, "credsStore": "pass"}),
        ".snowflake/connections.toml": f'[dev]\naccount = "a-b"\nuser = "ada"\npassword = "{token}"\n',
    }
    for name, text in places.items():
        path = home / name
        path.parent.mkdir(mode=0o700)
        path.write_text(text)
    try:
        for kind in ("aws", "docker", "snowflake"):
            world.done("-p", kind, "import", "--from", kind, "--yes")
    finally:
        for name in places:
            (home / name).unlink()
    names = world.done("-p", "aws", "run", "aws", "--", "env", may_print=True).out
    assert f"AWS_SECRET_ACCESS_KEY={key}\n" in names and "AWS_ACCESS_KEY_ID=AKIA\n" in names
    assert value(world, "docker-ghcr.io", "password", profile="docker") == word.encode()
    assert value(world, "snowflake-dev", "password", profile="snowflake") == token.encode()


def test_sops_and_tables(world):
    one, two = world.secret("one"), world.secret("two", "with, \"quotes\" and\nlines {}")
    world.done("-p", "sops", "import", "-", "--from", "yaml", "--yes",
               given=f"KUMO_API_KEY: demo:{one}\ndatabase:\n  password: {one}\n")  # fmt: skip
    assert value(world, "kumo", profile="sops") == f"demo:{one}".encode()
    assert value(world, "database", "password", profile="sops") == one.encode()
    encrypted = world.fails(64, "import", "-", "--from", "yaml", given="a: ENC[x]\nsops:\n  mac: y\n")
    assert "sops -d" in encrypted.err, encrypted
    doubled = two.replace('"', '""')
    table = file(world, "table.csv", f'name,user name,password\nKafka,ada,"{doubled}"\nKafka,bob,{one}\n')
    world.done("-p", "csv", "import", table, "--yes")
    assert value(world, "kafka", "password", profile="csv") == two.encode()
    assert value(world, "kafka-2", "password", profile="csv") == one.encode()


def test_a_second_import_changes_nothing_unasked(world):
    first, second = world.secret("first"), world.secret("second")
    path = file(world, "again.env", f"AGAIN_TOKEN={first}\n")
    world.done("-p", "again", "import", path, "--yes")
    same = json.loads(world.done("-p", "again", "import", path, "--json").out)
    assert [item["action"] for item in same["items"]] == ["same"], same
    file(world, "again.env", f"AGAIN_TOKEN={second}\n")
    differs = json.loads(world.done("-p", "again", "import", path, "--json").out)
    assert [item["action"] for item in differs["items"]] == ["differs"], differs
    assert value(world, "env", "AGAIN_TOKEN", profile="again") == first.encode()
    world.done("-p", "again", "import", path, "--yes", "--plan", "--replace")
    assert value(world, "env", "AGAIN_TOKEN", profile="again") == first.encode()
    world.done("-p", "again", "import", path, "--yes", "--replace")
    assert value(world, "env", "AGAIN_TOKEN", profile="again") == second.encode()
    history = json.loads(world.done("-p", "again", "history", "env", "--json").out)
    assert len(history["items"]) == 2, history


def test_an_export_comes_back_to_the_byte(world):
    odd = bytes(range(1, 256))
    text = world.secret("export", 'tab\t "quotes" \\ \u2028 {}\n')
    world.done("-p", "out", "add", "fields", "--name", "odd", "--file", "blob=-", "--no-check", given=odd)
    world.done("-p", "out", "add", "fields", "--name", "text", "--file", "secret=-", "--no-check", given=text + "x")
    world.add("kumo", {"api_key": world.secret("kumo", "demo:{}")}, "--name", "kumo-out")
    path = os.path.join(world.private, "everything.json")
    world.done("-p", "out", "export", "-o", path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert json.load(open(path))["kist"] == 1
    for name in ("odd", "text"):
        before = value(world, name, {"odd": "blob", "text": "secret"}[name], profile="out")
        world.done("-p", "out", "remove", name, "--yes")
        again = world.done("import", path, "--yes") if name == "odd" else world.done("import", path, "--json")
        assert again.status == 0
        assert value(world, name, {"odd": "blob", "text": "secret"}[name], profile="out") == before
    assert value(world, "odd", "blob", profile="out") == odd
    refused = world.fails(125, "-p", "out", "export", "odd", "--format", "csv", may_print=True)
    assert "odd.blob" in refused.err, refused
    # A file that is there is never written over.
    world.fails(125, "-p", "out", "export", "-o", path)


def test_env_files_with_references(world):
    key = world.secret("referenced", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "kumo-op")
    folder = pathlib.Path(world.at("work", "op"))
    folder.mkdir()
    (folder / ".env").write_text(
        "PLAIN=as it is\nKEY=op://Private/Kumo/credential\nURL=kist://kumo-op/url\nSAME=op://private/KUMO/api_key\n"
    )
    missing = world.fails(125, "run", "--env-file", ".env", "--", "env", cwd=folder)
    assert "[op]" in missing.err and "Private/Kumo" in missing.err, missing
    (folder / "kist.toml").write_text('[op]\n"Private/Kumo" = "kumo-op"\n')
    world.fails(125, "run", "--env-file", ".env", "--", "env", cwd=folder)
    import hashlib

    trust = {"KIST_TRUST": hashlib.sha256((folder / "kist.toml").read_bytes()).hexdigest()}
    outcome = world.done("run", "--env-file", ".env", "--", "env", cwd=folder, environment=trust, may_print=True)
    for line in (f"KEY={key}", f"SAME={key}", "PLAIN=as it is", "URL=https://demo.kumoai.cloud/api"):
        assert line in outcome.out.splitlines(), outcome
    (folder / ".env").write_text("LD_PRELOAD=/x.so\n")
    world.fails(125, "run", "--env-file", ".env", "--", "env", cwd=folder, environment=trust)


def test_bad_files_are_refused_whole(world):
    """Each with a line that says where; nothing half done."""
    before = world.done("list", "--all", "--json").out
    cases = {
        "zip": b"PK\x03\x04rest",
        "bad.csv": b'name,password\n"a,b\n',
        "bad.xml": b"<a><b></a>",
        "bad.json": b'{"a": "\\ud800"}',
        "latin.csv": "name,password\na,p\u00e4ss\n".encode("latin-1"),
        "huge.env": b"A=" + b"x" * (100 << 20),
        "doctype.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>',
        "twice.env": b"A=1\nA=2\n",
        "bad.yaml": b"a: [1, 2]\n",
    }
    for name, content in cases.items():
        path = file(world, name, content)
        outcome = world.fails(64, "import", path, "--yes")
        path.unlink()
        assert outcome.err.startswith("kist: "), outcome
    assert world.done("list", "--all", "--json").out == before
