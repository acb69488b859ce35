"""An agent that is stopped: it takes every connection and says nothing."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import time

# A greeting has ten seconds. A request may have 90 or 120, an ordinary one 30.
LONGEST = 25


@contextlib.contextmanager
def stopped(home):
    """The home's agent, stopped; and what is to be undone when it goes on. It must serve then as before."""
    agent, = home.agents()
    os.kill(agent, signal.SIGSTOP)
    try:
        with contextlib.ExitStack() as after:
            try:
                yield agent, after
            finally:
                os.kill(agent, signal.SIGCONT)
    finally:
        home.kist("status")


def test_an_agent_that_hangs_is_named_and_waited_for_a_moment_only(home):
    home.initialise()
    home.kist("add", "fields", "--name", "db", "--stdin", given=json.dumps({"token": "s3cret-token"}).encode())
    key = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    commands = [
        (["get", "db", "token"], {}), (["get", "db", "token"], key), (["run", "db", "--", "true"], {}), (["list"], {}),
        (["unlock"], key), (["status"], {}), (["lock"], {}), (["doctor"], {}),
    ]  # fmt: skip
    # Nothing is taken from it: what it was asked meanwhile, it does or does not, and it goes on.
    with stopped(home) as (agent, after):
        began = time.monotonic()
        running = [
            subprocess.Popen(
                ["kist", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                cwd=home.work, start_new_session=True, env={**home.environment, **environment},
                executable=os.path.join(home.programs, "kist"))
            for arguments, environment in commands
        ]  # fmt: skip
        for process in running:
            after.callback(process.kill)
        for process, (arguments, _) in zip(running, commands):
            out, err = process.communicate(timeout=max(0, LONGEST - (time.monotonic() - began)))
            assert process.returncode == 125, (arguments, process.returncode, out, err)
            said = out if arguments == ["doctor"] else err
            assert f"the agent (process {agent}) does not answer" in said, (arguments, out, err)
            assert f"kill -9 {agent} " in said and "s3cret" not in out, (arguments, out, err)


def test_an_agent_whose_queue_is_full_keeps_nobody_for_ever(home):
    """Who gave up before still stands in it; the next one cannot even connect."""
    home.initialise()
    place, = (os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(home.path, "run")) for name in names
              if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode))  # fmt: skip
    with stopped(home) as (_, after):
        for _ in range(1_000):
            waiting = after.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            try:
                waiting.connect(place)
            except BlockingIOError:
                break
        else:
            raise AssertionError("the queue has no end")
        began = time.monotonic()
        home.kist("status", status=125)
        assert b"the agent does not answer" in home.errors and time.monotonic() - began < LONGEST, home.errors


def test_what_is_advised_helps(home):
    home.initialise()
    agent, = home.agents()
    os.kill(agent, signal.SIGSTOP)
    os.kill(agent, signal.SIGKILL)
    home.kist("list", environment={"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")})
    assert home.agents() != [agent]
