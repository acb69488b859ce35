"""The search for leaked secrets, judged itself: each place is shown a planted one and has to find it."""

import base64
import subprocess
import time

from canaries import ArgumentWatch


def test_everything_of_a_day_leaves_no_trace(world):
    """Names of commands that handle secrets, one after the other; the runner searches after each test."""
    key = world.secret("day", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "day")
    world.done("show", "day")
    world.done("list")
    world.done("list", "--json")
    world.done("history", "day")
    assert world.done("get", "day", may_print=True).out == key
    assert key in world.done("env", "day", may_print=True).out
    world.done("how", "day")
    world.done("run", "day", "--", "true")
    new = world.secret("next day", "demo:{}")
    world.done("edit", "day", "api_key", "--stdin", "--no-check", given=new)
    world.done("doctor")
    world.kist(
        "check",
        "day",
        timeout=60,
        environment={"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
    )
    world.done("lock")
    world.check_canaries()
    world.unlock()
    world.done("remove", "day", "--yes")


def test_a_secret_typed_as_an_argument_is_not_repeated(world):
    """It stands in this process's own arguments, which nobody can help any more; the answer must not echo it."""
    typed = "typed-by-mistake-91b2"
    outcome = world.fails(64, "add", "kumo", "--name", "typed", f"api_key=demo:{typed}")
    assert typed not in outcome.out + outcome.err, outcome
    assert "history" in outcome.err, f"nothing about the shell's history\n{outcome}"


def test_control_files_are_searched(world):
    secret = world.secret("planted in a file")
    for form in (secret.encode(), base64.b64encode(b"x" + secret.encode()), secret.encode().hex().encode()):
        path = world.at("home", "planted")
        with open(path, "wb") as file:
            file.write(b"before " + form + b" after")
        try:
            world.check_canaries()
        except AssertionError as error:
            assert "on disk" in str(error)
        else:
            raise AssertionError("a planted secret was not found")
        finally:
            subprocess.run(["rm", path], check=True)


def test_control_arguments_are_searched(world):
    secret = world.secret("planted in arguments")
    with ArgumentWatch(world.canaries) as watch:
        # A builtin that waits: the shell stays, and its arguments with it.
        process = subprocess.Popen(["sh", "-c", "read word", secret], stdin=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while watch.rounds <= 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.communicate(b"\n")
    assert watch.found and watch.rounds > 3, (watch.found, watch.rounds)


def test_control_output_is_searched(world):
    key = world.secret("printed", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "printed")
    outcome = world.done("get", "printed")
    try:
        world.check_canaries()
    except AssertionError as error:
        assert "printed" in str(error)
    else:
        raise AssertionError("a printed secret was not found")
    finally:
        outcome.may_print = True
