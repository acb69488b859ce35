"""Odd surroundings: closed descriptors, other users' folders, passphrases from elsewhere, everything gone wrong at once."""

import json
import os
import socket
import struct
import subprocess
import threading

from home import PASSPHRASE


def with_kumo(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")


def test_closed_descriptors(home):
    with_kumo(home)
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        process = subprocess.run(["sh", "-c", f"exec kist get kumo {closed}"], env=home.environment, capture_output=True, timeout=300)
        assert process.returncode == (125 if ">&-" in closed.replace("2>&-", "") else 0), (closed, process)
        assert process.stdout == (b"demo:x" if process.returncode == 0 else b""), (closed, process)
        # Whatever went to a descriptor that was closed did not reach the agent's socket.
        assert json.loads(home.kist("list", "--json"))["items"][0]["name"] == "kumo"


def test_another_owner(home):
    """Run as root by the suite: a file or home folder of someone else is not used."""
    assert os.geteuid() == 0, "this test changes owners; run it as root"
    with_kumo(home)
    path = os.path.join(home.work, "kist.toml")
    with open(path, "w") as file:
        file.write('use = ["kumo"]\n')
    os.chown(path, 65534, 65534)
    home.kist("run", "--", "true", status=125)
    assert b"another user" in home.errors, home.errors
    os.unlink(path)
    os.chown(home.path, 65534, 65534)
    home.kist("get", "kumo", status=125)
    assert b"belongs to another user" in home.errors, home.errors


def test_passphrases_from_elsewhere(home):
    with_kumo(home)
    home.kist("lock")
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode() + b"\n")
    os.close(writing)
    assert home.kist("get", "kumo", "--passphrase-fd", str(reading), pass_fds=[reading]) == b"demo:x"
    os.close(reading)
    home.kist("get", "kumo", status=4)  # it was for that command alone
    private = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    assert home.kist("--isolated", "get", "kumo", environment=private) == b"demo:x"
    home.kist("lock")
    assert home.kist("--no-agent", "get", "kumo", environment=private) == b"demo:x"
    assert json.loads(home.kist("status", "--json"))["pid"] is None, "an agent was left running"
    assert home.agents() == []
    assert home.kist("get", "kumo", environment={**private, "XDG_RUNTIME_DIR": ""}) == b"demo:x"


def test_the_recovery_code_opens_it(home):
    with_kumo(home)
    home.kist("lock")
    with open(os.path.join(home.path, "recovery"), "rb") as file:
        home.kist("unlock", "--recovery", "--passphrase-fd", str(file.fileno()), pass_fds=[file.fileno()])
    assert home.kist("get", "kumo") == b"demo:x"
    assert os.stat(os.path.join(home.path, "recovery")).st_mode & 0o777 == 0o600


def test_values_from_the_environment_and_files(home):
    home.initialise()
    home.kist("add", "kaskada", "--from-env", "--no-check",
              environment={"KASKADA_CLIENT_ID": "c-1", "KASKADA_CLIENT_SECRET": "s-1"})
    assert home.kist("get", "kaskada") == b"s-1"
    assert home.kist("get", "kaskada", "client_id") == b"c-1"
    with open(os.path.join(home.work, "key"), "w") as file:
        file.write("demo:from-file\n")
    home.kist("add", "kumo", "--file", "api_key=key", "--no-check")
    assert home.kist("get", "kumo") == b"demo:from-file"
    home.kist("edit", "kumo", "--env", "api_key=NEW", "--no-check", environment={"NEW": "acme:two"})
    shown = json.loads(home.kist("show", "kumo", "--json"))
    assert shown["plain"]["url"] == "https://acme.kumoai.cloud/api", "what followed from the old key follows from the new one"
    home.kist("edit", "kumo", "api_key", "--stdin", "--no-check", given=b"demo:three")
    assert home.kist("get", "kist://default/kumo/api_key") == b"demo:three"


def test_import_keeps_the_names(home):
    home.initialise()
    home.kist("import", "-", "--yes", given=b"DATABASE_URL='postgres://u:p@h/d'\nexport KUMO_API_KEY=demo:x\n")
    shown = home.kist("run", "env", "kumo", "--", "/usr/bin/env")
    assert b"DATABASE_URL=postgres://u:p@h/d\n" in shown and b"KUMO_API_KEY=demo:x\n" in shown


def test_exact_bytes(home):
    home.initialise()
    value = bytes(range(1, 256)) * 40
    home.kist("add", "fields", "--name", "blob", "--file", "body=-", given=value)
    assert home.kist("get", "blob", "body") == value
    assert home.kist("run", "blob", "--", "sh", "-c", 'printf %s "$BLOB_BODY"') == value
    home.kist("get", "blob", "body", "--json", status=125)
    assert b"not UTF-8" in home.errors, home.errors


def test_json_where_it_prints(home):
    with_kumo(home)
    for words in (["list"], ["show", "kumo"], ["get", "kumo"], ["history", "kumo"], ["status"], ["env", "kumo"], ["how", "kumo"],
                  ["platform", "list"], ["platform", "show", "kumo"], ["profile", "list"], ["profile", "create", "p"],
                  ["profile", "copy", "default", "q"], ["profile", "remove", "q", "--yes"], ["use", "kumo"], ["trust"],
                  ["edit", "kumo", "url=https://a.example/api", "--no-check"], ["doctor"], ["remove", "kumo", "--yes"],
                  ["lock"]):
        json.loads(home.kist(*words, "--json"))


def test_every_command_has_help_with_an_example(home):
    listed = home.kist("--help").decode()
    names = [line.split()[0].rstrip(",") for line in listed.splitlines() if line.startswith("  ") and line[2].isalpha()]
    commands = [n for n in names if n in ("init add get list show edit remove history import run use trust check how env unlock lock "
                                         "status profile platform doctor completions").split()]
    assert len(commands) == 22, commands
    for command in commands:
        assert b"Example:  " in home.kist(command, "--help"), command


def test_completions(home):
    for shell, check in (("bash", ["bash", "-n"]), ("zsh", None), ("fish", None)):
        script = home.kist("completions", shell)
        # Platforms come from the catalogue when a shell asks; what import reads is fixed, snowflake among it.
        assert b"cloudera" not in script and b"unlock" in script
        if check:
            subprocess.run(check, input=script, check=True)


def test_pristine_leaves_only_what_is_asked_for(home):
    with_kumo(home)
    inherited = {"KASKADA_CLIENT_SECRET": "old", "SNOWFLAKE_PASSWORD": "old", "EDITOR_OF_MINE": "vi"}
    kept = home.kist("run", "kumo", "--", "/usr/bin/env", environment=inherited)
    assert b"KASKADA_CLIENT_SECRET=old" in kept
    shown = home.kist("run", "--pristine", "kumo", "--", "/usr/bin/env", environment=inherited)
    assert b"=old" not in shown and b"EDITOR_OF_MINE=vi" in shown and b"KUMO_API_KEY=demo:x" in shown
    assert b"not handed on: KASKADA_CLIENT_SECRET, SNOWFLAKE_PASSWORD" in home.errors


def test_an_optional_field_is_removed(home):
    home.initialise()
    home.kist("add", "fields", "--name", "f", "user=bob", "--stdin", given=b'{"a":"1","b":"2"}')
    home.kist("edit", "f", "a=", "user=")
    shown = json.loads(home.kist("show", "f", "--json"))
    assert shown["secrets"] == ["b"] and shown["plain"] == {}, shown
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    home.kist("edit", "kumo", "api_key=", status=64)
    assert home.kist("get", "kumo") == b"demo:x"


def test_an_agent_of_another_version(home):
    """It runs nothing for this client but retire; `kist lock` ends it."""
    with_kumo(home)
    folder = os.path.join(home.environment["XDG_RUNTIME_DIR"], "kist")
    (name,) = [entry for entry in os.listdir(folder) if entry.endswith(".sock")]
    home.kist("lock")
    path = os.path.join(folder, name)
    heard = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen()

    def answer(client):
        while head := client.recv(10, socket.MSG_WAITALL):
            _, size, _ = struct.unpack(">IIH", head)
            request = json.loads(client.recv(size, socket.MSG_WAITALL))
            heard.append(request["method"])
            error = {"code": -32012, "message": "another protocol",
                     "data": {"kind": "version", "protocol": 9, "version": "9", "pid": 1}}
            result = {"result": {}} if request["method"] == "retire" else {"error": error}
            text = json.dumps({"jsonrpc": "2.0", "id": request["id"]} | result, separators=(",", ":")).encode()
            client.sendall(struct.pack(">IIH", len(text) + 6, len(text), 0) + text)

    def serve():
        while "retire" not in heard:
            client, _ = listener.accept()
            try:
                answer(client)
            except ConnectionError:  # it left without reading on
                pass
            client.close()
        os.unlink(path)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    home.kist("get", "kumo", status=125)
    assert b"another version" in home.errors and b"kist lock" in home.errors, home.errors
    home.kist("lock")
    thread.join(10)
    assert not thread.is_alive() and heard[-1] == "retire", heard
    home.kist("get", "kumo", status=4)  # the right one is started, and locked


def test_a_passphrase_descriptor_that_is_not_open(home):
    with_kumo(home)
    home.kist("lock")
    home.kist("get", "kumo", "--passphrase-fd", "3", status=64)
    assert b"not open" in home.errors, home.errors


def test_the_profile_of_a_project_needs_agreement(home):
    with_kumo(home)
    home.kist("profile", "copy", "default", "prod")
    home.kist("edit", "kumo", "api_key", "--stdin", "--no-check", "-p", "prod", given=b"demo:prod")
    with open(os.path.join(home.work, "kist.toml"), "w") as file:
        file.write('profile = "prod"\n')
    home.kist("get", "kumo", status=125)
    assert b"-p NAME" in home.errors, home.errors
    assert home.kist("-p", "default", "get", "kumo") == b"demo:x"
    assert home.kist("get", "kumo", environment={"KIST_PROFILE": "default"}) == b"demo:x"
    home.kist("trust", "--yes")
    assert home.kist("get", "kumo") == b"demo:prod"


def test_what_was_typed_before_a_question_does_not_answer_it(home):
    with_kumo(home)
    # One read takes one line; the second waits in the terminal when kist starts.
    terminal = home.terminal(["sh", "-c", "read line; exec kist remove kumo"])
    terminal.type("go\ny\n")
    terminal.expect("[y/N] ")
    terminal.type("n\n")
    _, status = terminal.finish()
    terminal.close()
    assert status == 125 and home.kist("get", "kumo") == b"demo:x"


def test_exact_codes_and_forms(home):
    with_kumo(home)
    home.kist("list", "-p", "nope", status=3)
    home.kist("add", "fields", "--name", "odd", "--file", "body=-", given=b"\xff\xfe")
    home.kist("get", "odd", "body", "--json", status=125)
    assert b"kist get odd body > FILE" in home.errors, home.errors
    home.kist("env", "odd", "--format", "dotenv", status=125)
    assert b"--format shell" in home.errors, home.errors
    path = os.path.join(home.work, "kist.toml")
    with open(path, "w") as file:
        file.write("broken = [")
    home.kist("get", "kumo", status=125)
    assert b"-p default" in home.errors, home.errors
    assert home.kist("get", "kumo", "-p", "default") == b"demo:x"
    with open(path, "w") as file:
        file.write('use = ["kumo"]\n')
    home.kist("trust", "--yes")
    revoked = json.loads(home.kist("trust", "--revoke", "--json"))
    assert revoked == {"path": path, "trusted": False, "revoked": True}
