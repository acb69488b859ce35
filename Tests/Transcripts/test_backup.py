"""Backups as files: what a kill, a full disk and a careless name do to them, and a second machine."""

import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import time

from home import Home


def given(home, **more):
    return {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase"), **more}


def store(home, count=40, size=4_000):
    home.initialise()
    for index in range(count):
        home.kist("add", "http-api-key", "--name", f"c{index}", "--stdin", "--no-check",
                  given=json.dumps({"key": f"{index}-" + "k" * size, "url": "https://api.example.com"}).encode())


def names(home):
    found = json.loads(home.kist("list", "--json", environment=given(home)))
    return sorted(item["name"] for item in found["items"])


def start(home, *arguments, **more):
    return subprocess.Popen(
        [os.path.join(home.programs, "kist"), *arguments], cwd=home.work, env={**home.environment, **given(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **more)


def credentials(home, path):
    return json.loads(home.kist("backup", "check", "--json", path, environment=given(home)))["credentials"]


def test_a_backup_that_is_killed_leaves_the_earlier_one(home):
    store(home, 12)
    home.kist("backup", "create", "safe", environment=given(home))
    began = time.monotonic()
    home.kist("backup", "create", "--overwrite", "safe", environment=given(home))
    span = time.monotonic() - began
    random.seed(16)
    kinds = set()
    for round in range(40):
        before = pathlib.Path(home.work, "safe").read_bytes()
        process = start(home, "backup", "create", "--overwrite", "safe")
        time.sleep(random.random() * span * 1.3)
        process.kill()
        process.wait()
        after = pathlib.Path(home.work, "safe").read_bytes()
        kinds.add(before == after)
        if round % 8 == 0:
            assert credentials(home, "safe") == 12
        assert os.stat(os.path.join(home.work, "safe")).st_mode & 0o777 == 0o600
    # Most were killed before the end; how many came to it depends on what else the machine does.
    assert True in kinds
    home.kist("backup", "create", "--overwrite", "safe", environment=given(home))
    assert credentials(home, "safe") == 12
    assert not os.path.exists(os.path.join(home.work, "safe.part"))


def test_a_full_disk_leaves_the_earlier_backup_and_the_vault(home):
    store(home)
    home.kist("backup", "create", "safe", environment=given(home))
    earlier = pathlib.Path(home.work, "safe").read_bytes()

    def short():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    def limited(*arguments):
        return start(home, *arguments, preexec_fn=short).wait(60)

    assert len(earlier) > 150_000, len(earlier)
    status = limited("backup", "create", "--overwrite", "safe")
    assert status == 125, status
    assert pathlib.Path(home.work, "safe").read_bytes() == earlier
    assert sorted(os.listdir(home.work)) == ["safe"], os.listdir(home.work)
    # The agent of its own has the limit too: what it builds does not fit.
    home.kist("lock")
    vault = os.path.join(home.path, ".local/share/kist")
    status = limited("backup", "restore", "--isolated", "--replace", "safe")
    assert status == 125, status
    assert len(names(home)) == 40
    assert not [name for name in os.listdir(vault) if "resto" in name or "replaced" in name], os.listdir(vault)


def test_a_backup_is_written_over_nothing_else(home):
    home.initialise()
    vault = os.path.join(home.path, ".local/share/kist/vault.kist")
    content = pathlib.Path(vault).read_bytes()
    os.symlink(vault, os.path.join(home.work, "link"))
    os.link(vault, os.path.join(home.work, "hard"))
    for name in (vault, "link", "hard"):
        home.kist("backup", "create", "--overwrite", name, status=64)
    os.unlink(os.path.join(home.work, "hard"))
    os.mkdir(os.path.join(home.work, "folder"))
    home.kist("backup", "create", "--overwrite", "folder", status=64)
    pathlib.Path(home.work, "there").write_text("mine")
    home.kist("backup", "create", "there", status=125)
    assert pathlib.Path(home.work, "there").read_text() == "mine"
    os.symlink("there", os.path.join(home.work, "new.part"))
    home.kist("backup", "create", "new", status=125)
    assert pathlib.Path(home.work, "there").read_text() == "mine"
    assert pathlib.Path(vault).read_bytes() == content
    assert names(home) == []


def test_a_second_machine_restores_what_the_first_backed_up(home):
    store(home, 5, 10)
    home.kist("profile", "create", "empty")
    home.kist("edit", "c1", "key", "--stdin", "--no-check", given=b"changed")
    home.kist("backup", "create", "safe")
    with Home(home.programs) as other:
        os.rename(os.path.join(home.work, "safe"), os.path.join(other.work, "safe"))
        other.kist("backup", "check", "safe", status=4)
        pathlib.Path(other.work, "wrong").write_text("another passphrase")
        os.chmod(os.path.join(other.work, "wrong"), 0o600)
        other.kist("backup", "restore", "safe", environment={"KIST_PASSPHRASE_FILE": "wrong"}, status=5)
        assert not os.path.exists(os.path.join(other.path, ".local/share/kist/vault.kist"))
        with open(os.path.join(home.path, "recovery"), "rb") as file:
            code = ["--recovery", "--passphrase-fd", str(file.fileno())]
            other.kist("backup", "restore", *code, "safe", pass_fds=[file.fileno()])
        assert names_with(other, home) == [f"c{index}" for index in range(5)]
        opened = given(home)
        assert other.kist("get", "c1", environment=opened) == b"changed"
        both = [json.loads(machine.kist("history", "c1", "--json", environment=opened)) for machine in (home, other)]
        assert both[0] == both[1] and len(both[0]["items"]) == 2
        shown = other.kist("profile", "list", "--json", environment=opened)
        assert b"empty" in shown
        status = json.loads(other.kist("doctor", "--json", "--deep", environment=opened))
        assert "verified" in json.dumps(status)


def names_with(machine, home):
    found = json.loads(machine.kist("list", "--json", environment=given(home)))
    return sorted(item["name"] for item in found["items"])


def test_a_part_that_is_none_is_in_the_way(home):
    home.initialise()
    part = pathlib.Path(home.work, "safe.part")
    part.write_text("a download of mine")
    home.kist("backup", "create", "safe", environment=given(home), status=125)
    assert part.read_text() == "a download of mine" and not os.path.exists(os.path.join(home.work, "safe"))
    for left in (b"", b"KIST", b"KISTBACK and then"):
        part.write_bytes(left)
        home.kist("backup", "create", "--overwrite", "safe", environment=given(home))
        assert not part.exists()
    assert credentials(home, "safe") == 0


def test_a_file_that_came_meanwhile_is_not_replaced(home):
    store(home)
    target = pathlib.Path(home.work, "safe")
    for _ in range(5):
        process = start(home, "backup", "create", "safe")
        while not os.path.exists(os.path.join(home.work, "safe.part")) and process.poll() is None:
            pass
        try:
            with open(target, "x") as file:
                file.write("mine")
        except FileExistsError:  # it was faster
            process.wait()
            target.unlink()
            continue
        assert process.wait(60) == 125
        assert target.read_text() == "mine"
        return
    raise AssertionError("the backup was always faster")
