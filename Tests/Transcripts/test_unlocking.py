"""Ways to open a vault that are no passphrase on a terminal, and what is said when one leads nowhere."""

import json
import os
import time

from home import PASSPHRASE, shown_code


def with_kumo(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")


def test_nothing_handed_over_is_no_try(home):
    """An empty descriptor or file costs no pause: the right passphrase right behind it is taken at once."""
    with_kumo(home)
    home.kist("lock")
    empty = os.path.join(home.path, "empty")
    with open(empty, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write("\n")
    for _ in range(3):
        with open(os.devnull, "rb") as nothing:
            home.kist("unlock", "--passphrase-fd", str(nothing.fileno()), pass_fds=[nothing.fileno()], status=4)
        assert b"nothing was tried" in home.errors, home.errors
        home.kist("get", "kumo", environment={"KIST_PASSPHRASE_FILE": empty}, status=4)
        assert b"nothing was tried" in home.errors, home.errors
    private = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    assert home.kist("get", "kumo", environment=private) == b"demo:x"
    assert b"wait" not in home.errors, home.errors


def test_a_damaged_or_foreign_file_is_exit_code_five(home):
    with_kumo(home)
    home.kist("lock")
    vault = os.path.join(home.path, ".local/share/kist/vault.kist")
    private = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    with open(vault, "rb") as file:
        good = file.read()
    for bad in (b"no vault at all" * 1000, good[: len(good) // 2], bytes(len(good))):
        with open(vault, "wb") as file:
            file.write(bad)
        home.kist("get", "kumo", environment=private, status=5)
        home.kist("lock")
    with open(vault, "wb") as file:
        file.write(good)
    time.sleep(0.3)  # the pause after a wrong key, should one have been counted
    assert home.kist("get", "kumo", environment=private) == b"demo:x"


def test_advice_without_a_terminal_can_be_followed(home):
    with_kumo(home)
    home.kist("lock")
    assert b"--passphrase-fd N" in home.kist("status")
    home.kist("unlock", status=4)
    assert b"kist unlock --for" not in home.errors and b"--passphrase-fd" in home.errors, home.errors
    with open(os.path.join(home.work, "kist.toml"), "w") as file:
        file.write('use = ["kumo"]\n')
    home.kist("trust", status=125)
    assert b"kist trust --yes" in home.errors and b"KIST_TRUST=" in home.errors, home.errors


def test_the_line_about_kumoai_is_for_python_alone(home):
    with_kumo(home)
    for command in (["true"], ["sh", "-c", "exit 0"], ["env", "true"]):
        home.kist("run", "kumo", "--", *command)
        assert b"kumoai" not in home.errors, (command, home.errors)
    for command in (["python3", "-c", "0"], ["env", "python3", "-c", "0"]):
        home.kist("run", "kumo", "--", *command)
        assert b"kumoai.init" in home.errors, (command, home.errors)


def test_a_vault_that_locks_itself_while_a_new_code_is_looked_at_is_said(home):
    """Somebody is at the terminal, and slow: what happened is said, and that the code that they have written down is none."""
    with_kumo(home)
    home.kist("lock")
    code = home.recovery_code()
    with home.terminal("kist unlock --recovery --for 2s") as terminal:
        shown = shown_code(terminal, code)
        while json.loads(home.kist("status", "--json"))["state"] != "locked":
            time.sleep(0.1)
        terminal.type(shown[-4:] + "\n")
        rest, status = terminal.finish()
    assert b"locked meanwhile" in rest and b"kist unlock" in rest and b"opens nothing" in rest, rest
    assert b"no terminal" not in rest and b"kist slot change recovery" in rest, rest
    assert status == 0, status  # it was unlocked, as asked
