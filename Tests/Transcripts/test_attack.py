"""Nothing that is stored can attack the terminal on which it is shown; as JSON it comes back exactly."""

import json
import random
import re

from terminal import as_text

HOSTILE = [chr(c) for c in [*range(1, 9), *range(11, 32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069]]
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def test_hostile_notes_on_a_terminal(home):
    home.initialise()
    chance = random.Random(14)
    notes = {}
    for number in range(150):
        note = "".join(chance.choice(HOSTILE) if chance.random() < 0.5 else chr(chance.randrange(32, 127)) for _ in range(24))
        notes[f"n{number}"] = note = note.strip() or "x"
        home.kist("add", "login", "--name", f"n{number}", f"--note={note}", "username=u", "--stdin", "--no-check", given=b"p")
    stored = json.loads(home.kist("list", "--json"))
    assert {item["name"]: item["note"] for item in stored["items"]} == notes
    terminal = home.terminal(["kist", "list", "--json"])
    shown, _ = terminal.finish()
    terminal.close()
    assert not RAW.search(as_text(shown).strip("\n")) and json.loads(shown) == stored
    for command in (["kist", "list"], ["kist", "show", "n7"], ["kist", "remove", "n7"]):
        terminal = home.terminal(command, {"NO_COLOR": ""} if command[1] == "list" else None)
        if command[1] == "remove":
            terminal.expect("[y/N] ")
            terminal.type("n\r")
        shown, _ = terminal.finish()
        terminal.close()
        assert not RAW.search(as_text(shown)), (command, RAW.findall(as_text(shown))[:5])


def test_a_hostile_secret_on_a_terminal(home):
    home.initialise()
    secret = b"a\x1b[2Jb\x9b\x07c\xc2\x9bd\ne\tf"
    home.kist("add", "fields", "--name", "odd", "--file", "body=-", given=secret)
    assert home.kist("get", "odd", "body") == secret
    terminal = home.terminal(["kist", "get", "odd", "body"])
    shown, _ = terminal.finish()
    terminal.close()
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\x9b", shown.replace(b"\r\n", b"\n")), shown
    assert b"\\x1b[2Jb\\x9b\\x07c" in shown
    terminal = home.terminal(["kist", "env", "odd", "--reveal"])
    shown, _ = terminal.finish()
    terminal.close()
    assert b"\x1b" not in shown and b"\x9b" not in shown and b"\\x1b[2J" in shown, shown


def test_a_hostile_secret_as_json(home):
    home.initialise()
    secret = "a\x1b[2J\x9b\u202e\U000e0041 é"
    home.kist("add", "fields", "--name", "odd", "--file", "body=-", given=secret.encode())
    shown = home.kist("get", "odd", "body", "--json").decode()
    assert json.loads(shown)["value"] == secret and not RAW.search(shown.strip("\n")), shown
    assert json.loads(home.kist("env", "odd", "--json"))["ODD_BODY"] == secret


def test_colour_only_where_it_belongs(home):
    home.initialise()
    home.kist("add", "login", "username=u", "--stdin", "--no-check", given=b"p")
    assert b"\x1b[" not in home.kist("list", environment={"NO_COLOR": ""})
    plain = {"TERM": "dumb"}
    coloured = {key: value for key, value in home.environment.items() if key != "NO_COLOR"}
    for extra, expected in (({}, True), ({"NO_COLOR": "1"}, False), (plain, False)):
        home.environment = {**coloured, **extra}
        terminal = home.terminal(["kist", "list"])
        shown, _ = terminal.finish()
        terminal.close()
        assert (b"\x1b[" in shown) == expected, (extra, shown)
