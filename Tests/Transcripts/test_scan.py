"""kist scan: every planted form is found where it stands, nothing of a value is told, and a commit is stopped."""

import base64
import json
import os
import subprocess
import urllib.parse

SECRET = "s3cr3t/v4lue+\"x\" 0123456789"
VARIABLES = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def store(home):
    home.initialise()
    home.kist("add", "fields", "--name", "api", "--stdin", given=json.dumps({"key": SECRET, "pin": "1234"}).encode())


def put(home, name, content):
    path = os.path.join(home.work, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def git(home, *words, status=0):
    process = subprocess.run(["git", "-c", "init.defaultBranch=main", *words], cwd=home.work, capture_output=True,
                             env={**home.environment, **VARIABLES}, timeout=300)
    assert process.returncode == status, process
    return process.stdout + process.stderr


def scan(home, *words, status=1):
    found = json.loads(home.kist("scan", "--json", *words, status=status))
    assert SECRET[:8] not in json.dumps(found) and SECRET.encode()[:8] not in home.errors
    return found


def test_every_form_is_found_in_its_line(home):
    store(home)
    plain = SECRET.encode()
    forms = {
        "plain": plain, "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "url": urllib.parse.quote(SECRET, safe="").encode(), "json": json.dumps({"k": SECRET}).encode(),
        **{f"base64-{n}": base64.b64encode(b"x" * n + plain) for n in range(3)},
        **{f"base64url-{n}": base64.urlsafe_b64encode(b"x" * n + plain) for n in range(3)},
    }
    for name, form in forms.items():
        put(home, f"tree/{name}", b"first\nsecond\n" + b"# " + form + b"\nlast\n")
    notebook = {"cells": [{"outputs": [{"text": [f"key = {SECRET}\n"]}]}]}
    put(home, "tree/sub/saved.ipynb", json.dumps(notebook, indent=1))
    # Over the border between two reads, and in a name that is no text.
    put(home, "tree/long", b"\n" * 9 + b"x" * ((1 << 20) - 20) + plain + b"x" * 100)
    os.rename(put(home, "tree/bytes", plain), os.path.join(os.fsencode(home.work), b"tree/b\xff"))
    put(home, "tree/clean", plain[:-1] + b" " + plain.hex().encode()[:-2] + b" 1234")
    os.symlink("/etc/passwd", os.path.join(home.work, "tree/link"))
    found = scan(home, "tree")
    assert {(os.path.basename(f["path"]), f["line"]) for f in found["found"] if not f["path"].endswith("\ufffd")} == \
        {(name, 3) for name in forms} | {("saved.ipynb", 7), ("long", 10)}, found
    assert any("\ufffd" in f["path"] for f in found["found"])
    assert {f["secret"] for f in found["found"]} == {"api.key"} and not found["failed"]
    assert {f["form"] for f in found["found"]} == {"plain", "hex", "url", "json", "base64"}
    # People get the same, and what to do.
    text = home.kist("scan", "tree", status=1).decode()
    assert "tree/plain:3" in text and "kist edit NAME" in text and SECRET[:8] not in text
    os.unlink(os.path.join(os.fsencode(home.work), b"tree/b\xff"))
    assert home.kist("scan", "tree/clean").decode().startswith("✓ None of 1 secret found.")
    assert b"shorter than 8 bytes" in home.errors
    scan(home, "no-such-folder", status=2)


def test_what_git_keeps_is_found_after_it_was_taken_out(home):
    store(home)
    git(home, "init", "-q")
    put(home, "settings.py", f"A = 1\nKEY = '{SECRET}'\n")
    git(home, "add", ".")
    git(home, "commit", "-qm", "first")
    put(home, "settings.py", "A = 1\n")
    git(home, "commit", "-qam", "taken out, as base64 in this message: " + base64.b64encode(SECRET.encode()).decode())
    git(home, "gc", "-q", "--prune=now")
    scan(home, "settings.py", status=0)
    # What git writes about itself in clear is found like any file.
    assert {f["path"] for f in scan(home, ".")["found"]} >= {"./.git/logs/HEAD"}
    found = scan(home, "--git", ".")["found"]
    assert {(f["path"], f["line"], f["form"]) for f in found} == \
        {("settings.py", 2, "plain"), ("message of a commit", 6, "base64")}, found
    # What nothing leads to any more, and a repository whose settings would run something.
    blob = put(home, "blob", SECRET)
    git(home, "hash-object", "-w", blob)
    os.unlink(blob)
    for key in ("core.fsmonitor", "core.sshCommand", "diff.external", "core.pager"):
        git(home, "config", key, f"touch {home.work}/executed; false")
    assert "unreachable object" in {f["path"] for f in scan(home, "--git", ".")["found"]}
    scan(home, "--staged", ".", status=0)
    assert not os.path.exists(os.path.join(home.work, "executed"))
    home.kist("scan", "--git", "/", status=125)


def test_a_commit_with_a_secret_is_stopped(home):
    store(home)
    git(home, "init", "-q")
    home.kist("scan", "--install-hook")
    put(home, "clean", "nothing")
    git(home, "add", ".")
    git(home, "commit", "-qm", "clean, and the first one")
    put(home, "with a space\n", "x\n" + SECRET)
    git(home, "add", ".")
    said = git(home, "commit", "-qm", "not clean", status=1)
    assert b"with a space\\n (" in said and b"):2" in said and SECRET.encode()[:8] not in said, said
    # Only what would be committed counts.
    git(home, "reset", "-q")
    put(home, "clean", "still nothing")
    git(home, "commit", "-qam", "clean")
    # Locked: no commit unless that is said.
    home.kist("lock")
    put(home, "clean", "other")
    said = git(home, "commit", "-qam", "while locked", status=1)
    assert b"locked" in said, said
    git(home, "commit", "-qam", "knowingly", "--no-verify")
    home.kist("scan", "--remove-hook")
    home.kist("scan", "--remove-hook", status=3)
    put(home, ".git/hooks/pre-commit", "#!/bin/sh\n")
    home.kist("scan", "--install-hook", status=125)
    assert b"kist scan --staged || exit 1" in home.errors
    home.kist("scan", "--remove-hook", status=125)
    assert os.path.exists(os.path.join(home.work, ".git/hooks/pre-commit"))


def test_hooks_of_all_repositories_are_left_alone(home):
    store(home)
    git(home, "init", "-q", "one")
    outside = os.path.join(home.work, "hooks of all")
    git(home, "-C", "one", "config", "core.hooksPath", outside)
    home.kist("scan", "--install-hook", "one", status=125)
    assert b"which is not this repository's own" in home.errors and b"kist scan --staged || exit 1" in home.errors
    assert not os.path.exists(outside)
    # A folder of its own is one, wherever in it.
    git(home, "-C", "one", "config", "core.hooksPath", ".hooks")
    home.kist("scan", "--install-hook", "one")
    assert os.path.exists(os.path.join(home.work, "one", ".hooks", "pre-commit"))


def test_histories_are_looked_through(home):
    store(home)
    with open(os.path.join(home.path, ".bash_history"), "w") as file:
        file.write(f"ls\nexport KEY='{SECRET}'\n")
    os.makedirs(os.path.join(home.path, ".ipython/profile_default"))
    with open(os.path.join(home.path, ".ipython/profile_default/history.sqlite"), "wb") as file:
        file.write(b"SQLite format 3\0" + os.urandom(500) + json.dumps(SECRET).encode())
    assert {(os.path.basename(f["path"]), f["form"]) for f in scan(home, "--history")["found"]} == \
        {(".bash_history", "plain"), ("history.sqlite", "json")}


def test_it_is_audited_and_keeps_to_policies(home):
    store(home)
    home.kist("add", "fields", "--name", "asks", "--stdin", given=b'{"key":"another-secret-value"}')
    home.kist("add", "fields", "--name", "shy", "--stdin", given=b'{"key":"run-only-secret-value"}')
    home.kist("policy", "asks", "confirm")
    home.kist("policy", "shy", "run-only")
    put(home, "file", "another-secret-value\nrun-only-secret-value\n")
    found = scan(home, "file")["found"]
    assert [(f["secret"], f["line"]) for f in found] == [("shy.key", 2)], found
    assert b"asks" in home.errors and b"--confirm" in home.errors
    # With it somebody would have to agree, and nobody is there.
    home.kist("scan", "--confirm", "file", status=125)
    log = home.kist("audit", "--json").decode()
    assert '"purpose":"scan"' in log, log
