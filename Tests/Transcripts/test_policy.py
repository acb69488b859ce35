"""Being asked, with a real pinentry on a terminal of its own: not the one of the program that asks."""

import json
import os
import pty
import re
import select
import subprocess
import time


class Person:
    """Somebody at a terminal on which pinentry-curses asks."""

    def __init__(self):
        self.screen, self.terminal = pty.openpty()
        os.system(f"stty rows 40 cols 120 <{os.ttyname(self.terminal)}")
        self.environment = {
            "KIST_PROMPT_TTY": os.ttyname(self.terminal), "KIST_PINENTRY": "/usr/bin/pinentry-curses"}

    def sees(self, *words):
        """What stands there, once all of the words do."""
        text, end = b"", time.monotonic() + 30
        while time.monotonic() < end:
            if select.select([self.screen], [], [], 0.2)[0]:
                text += os.read(self.screen, 65536)
            plain = re.sub(rb"\x1b[\[(][0-9;?]*[A-Za-z0]", b"", text).decode(errors="replace")
            if all(word in plain for word in words):
                return plain
        raise AssertionError((words, text))

    def types(self, keys):
        # Curses throws away what was typed before the dialog was whole.
        while select.select([self.screen], [], [], 0.5)[0]:
            os.read(self.screen, 65536)
        os.write(self.screen, keys)

    def close(self):
        os.close(self.screen)
        os.close(self.terminal)


def asked(home, person, keys, *arguments):
    """The status, output and errors of a command over which the person is asked."""
    process = subprocess.Popen(
        ["kist", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=home.environment, cwd=home.work, start_new_session=True, executable=os.path.join(home.programs, "kist"))
    # Who asks, for what, and both answers; curses draws them in pieces.
    person.sees("By kist", "kumo (profile default)", "Hand out", "Refuse")
    for _ in range(6):
        person.types(keys)
        try:
            output, errors = process.communicate(timeout=10)
            return process.returncode, output, errors
        except subprocess.TimeoutExpired:
            # On a busy machine the dialog may have thrown them away all the same: it is still there.
            continue
    process.kill()
    raise AssertionError(f"the dialog took no key: {arguments}")


def test_a_person_is_asked_on_a_terminal_of_their_own(home):
    person = Person()
    try:
        home.environment |= person.environment
        home.initialise()
        home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")
        home.kist("policy", "kumo", "confirm")
        assert b"confirm" in home.kist("show", "kumo")
        assert b"pinentry-curses" in home.kist("doctor")
        assert asked(home, person, b"\r", "get", "kumo") == (0, b"demo:x", b"")
        status, output, errors = asked(home, person, b"\t\r", "run", "kumo", "--", "env")
        assert status == 125 and b"KUMO" not in output and b"somebody said no" in errors, (status, output, errors)
        # After a no there is quiet.
        home.kist("get", "kumo", status=125)
        assert b"a moment ago" in home.errors, home.errors
        time.sleep(5.5)
        assert asked(home, person, b"\r", "policy", "kumo", "allow")[0] == 0
        assert home.kist("get", "kumo") == b"demo:x"
    finally:
        person.close()


def test_without_a_display_confirm_refuses_and_run_only_does_not_show(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", "--policy", "run-only", given=b"demo:x")
    for words in (["get", "kumo"], ["env", "kumo", "--reveal"]):
        home.kist(*words, status=125)
        assert b"run-only" in home.errors and b"demo" not in home.errors, home.errors
    assert b"KUMO_API_KEY=demo:x" in home.kist("run", "kumo", "--", "env")
    home.kist("policy", "kumo", "confirm")
    assert b"without a display" in home.errors, home.errors
    home.kist("run", "kumo", "--", "env", status=125)
    assert b"without a display" in home.errors, home.errors


def test_an_export_keeps_the_policy(home):
    person = Person()
    try:
        home.environment |= person.environment
        home.initialise()
        home.kist("add", "kumo", "--stdin", "--no-check", "--policy", "confirm", given=b"demo:x")
        status, text, errors = asked(home, person, b"\r", "export")
        assert status == 0 and b'"policy":"confirm"' in text, (status, errors)
        home.kist("-p", "other", "import", "--from", "kist", "--yes", "-", given=text.replace(b'"profile":"default"', b'"profile":"other"'))
        assert json.loads(home.kist("-p", "other", "policy", "kumo", "--json"))["policy"] == "confirm"
        home.kist("import", "--from", "kist", "--yes", "-", given=text.replace(b'"confirm"', b'"whatever"'), status=64)
    finally:
        person.close()
