"""What the desktop's keyring remembers of a vault, with a real gnome-keyring: a second place beside the state folder."""

import json
import os
import shutil
import signal
import time

from desktop import Desktop

def unlock(home, *options, status=0):
    proof = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    home.kist("unlock", *options, environment=proof, status=status)
    return home.errors


def vault(home):
    return os.path.join(home.path, ".local/share/kist/vault.kist")


def attributes(home):
    """Those of Kist's own item: its schema, and FNV-1a 64 over the vault's path, as file names have it."""
    tag = 0xCBF29CE484222325
    for byte in os.path.realpath(vault(home)).encode():
        tag = (tag ^ byte) * 0x100000001B3 % (1 << 64)
    return ["xdg:schema", "org.kist.Seen", "vault", f"{tag:016x}"]


def kept(home, desktop):
    return desktop.lookup(*attributes(home))


def remembered(home):
    """What `status` says once the keyring has the last state: on a busy machine it may answer later than an unlock waits."""
    for _ in range(20):
        status = json.loads(home.kist("status", "--json"))
        if status["keyring"] == status["generation"]:
            return
        home.kist("lock")
        unlock(home)
    raise AssertionError(status)


def eventually(attempt):
    """The first attempt that holds: the keyring is asked for a second and no longer, and a busy machine may need more."""
    for _ in range(9):
        try:
            return attempt()
        except AssertionError:
            continue
    return attempt()


def end_agents(home):
    for pid in home.agents():
        os.kill(pid, signal.SIGTERM)
    while home.agents():
        time.sleep(0.01)


def forget(home):
    """The state folder is lost, and the agent that knew it ends."""
    end_agents(home)
    shutil.rmtree(os.path.join(home.path, ".local/state/kist"))


def put_back(home, copy):
    end_agents(home)
    shutil.copy(copy, vault(home))


def prepare(home, desktop):
    """A vault with an older copy of its file beside it."""
    home.environment |= desktop.environment
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:1")
    home.kist("lock")
    unlock(home)
    copy = os.path.join(home.path, "older")
    home.kist("lock")
    shutil.copy(vault(home), copy)
    unlock(home)
    home.kist("edit", "kumo", "--stdin", "--no-check", given=b"demo:2")
    home.kist("lock")
    unlock(home)
    remembered(home)
    return copy


def test_an_older_copy_is_noticed_without_the_state_folder(home):
    with Desktop(home) as desktop:
        copy = prepare(home, desktop)
        assert kept(home, desktop), "nothing is kept"
        assert b"remembers this state" in home.kist("status"), home.kist("status")
        assert b"it remembers generation" in home.kist("doctor")
        # The control: alone, the older copy is one that nobody has seen.
        forget(home)
        put_back(home, copy)
        keyring = home.environment.pop("DBUS_SESSION_BUS_ADDRESS")
        unlock(home)
        assert home.kist("get", "kumo") == b"demo:1"
        home.environment["DBUS_SESSION_BUS_ADDRESS"] = keyring

        def refused():
            forget(home)
            assert b"older copy" in unlock(home, status=5), home.errors

        eventually(refused)
        home.kist("get", "kumo", status=4)
        # The deliberate way on, once.
        unlock(home, "--accept-older")
        assert home.kist("get", "kumo") == b"demo:1"
        for _ in range(2):
            home.kist("lock")
            assert unlock(home) == b"", home.errors
        remembered(home)
        assert b"remembers this state" in home.kist("status")


def test_a_copy_that_was_opened_without_the_keyring_is_told_afterwards(home):
    with Desktop(home) as desktop:
        copy = prepare(home, desktop)
        forget(home)
        put_back(home, copy)
        keyring = home.environment.pop("DBUS_SESSION_BUS_ADDRESS")
        unlock(home)
        home.environment["DBUS_SESSION_BUS_ADDRESS"] = keyring
        before = kept(home, desktop)

        def told():
            home.kist("lock")
            assert b"the keyring remembers a later state" in unlock(home), home.errors

        for _ in range(2):
            eventually(told)
            assert kept(home, desktop) == before, "what tells is not overwritten"


def test_a_keyring_that_is_locked_silent_or_gone_stops_nothing(home):
    with Desktop(home) as desktop:
        prepare(home, desktop)
        home.kist("edit", "kumo", "--stdin", "--no-check", given=b"demo:3")
        home.kist("lock")
        desktop.lock()
        forget(home)
        assert unlock(home) == b"", home.errors
        assert home.kist("get", "kumo") == b"demo:3"
    home.kist("lock")
    assert unlock(home) == b"", home.errors
    # What somebody put in its place says nothing, and is replaced.
    shutil.rmtree(os.path.join(home.path, "desktop"))
    with Desktop(home) as desktop:
        home.environment |= desktop.environment
        assert desktop.tool("store", "--label=x", *attributes(home), given=b"0011zz") == 0
        assert kept(home, desktop) == b"0011zz"
        home.kist("edit", "kumo", "--stdin", "--no-check", given=b"demo:4")
        home.kist("lock")
        assert unlock(home) == b"", home.errors
        remembered(home)
        text = kept(home, desktop)
        assert len(text) > 200, text


def test_a_restored_vault_is_no_other_one(home):
    with Desktop(home) as desktop:
        prepare(home, desktop)
        backup = os.path.join(home.path, "kist.backup")
        home.kist("backup", "create", backup)
        proof = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
        home.kist("backup", "restore", "--replace", backup, environment=proof)
        unlock(home, "--accept-older")
        home.kist("lock")
        assert unlock(home) == b"", home.errors
        assert b"remembers this state" in home.kist("status")
