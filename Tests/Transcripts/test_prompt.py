"""The terminal always comes back: every signal at every stage of a prompt, stops, and no terminal at all."""

import os
import signal
import time

from home import PASSPHRASE

SIGNALS = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGALRM, signal.SIGTERM,
           signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]
STOPPING = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
FIRST = "Passphrase (Enter makes one for you): "
TYPED = "z3kr1tzz"


def state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def wait_until(what, condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.005)


def test_nine_signals_at_three_stages(home):
    for number in SIGNALS:
        for stage in ("asked", "half typed", "entered"):
            about = f"{number.name}, {stage}"
            job = home.job(["kist", "init", "--kdf-passes", "2", "--kdf-memory", "19"])
            everything = job.expect(FIRST)
            assert not job.echoes, about
            if stage != "asked":
                job.type(TYPED)
                everything += job.expect("·" * len(TYPED))
            if stage == "entered":
                job.type("\r")  # and at once, while the terminal is being put back or the second question comes
            os.kill(job.job, number)
            if number in STOPPING:
                wait_until(f"a stop ({about})", lambda: state(job.job) == "T")
                assert job.echoes, f"stopped without echo: {about}"
                os.kill(job.job, signal.SIGCONT)
                again = job.expect(FIRST if stage != "entered" else ": ")
                everything += again
                wait_until(f"no echo ({about})", lambda: not job.echoes)
                os.kill(job.job, signal.SIGTERM)
                expected = signal.SIGTERM
            else:
                expected = number
            rest, status = job.finish()
            everything += rest
            assert status == 128 + expected, (about, status, everything)
            assert job.echoes, f"no echo afterwards: {about}"
            assert TYPED.encode() not in everything and b"z3k" not in everything, f"echoed: {about} {everything}"
            job.close()


def test_a_stop_that_cannot_be_caught(home):
    job = home.job(["kist", "init", "--kdf-passes", "2", "--kdf-memory", "19"])
    job.expect(FIRST)
    job.type("half")
    job.expect("····")
    os.kill(job.job, signal.SIGSTOP)
    wait_until("a stop", lambda: state(job.job) == "T")
    job.make_echo()  # what a shell does when a job stops
    os.kill(job.job, signal.SIGCONT)
    job.expect(FIRST)
    wait_until("no echo", lambda: not job.echoes)
    job.type("\x03")
    _, status = job.finish()
    assert status == 130 and job.echoes
    job.close()


def test_keys_that_edit(home):
    job = home.job(["kist", "init", "--kdf-passes", "2", "--kdf-memory", "19"])
    job.expect(FIRST)
    job.type("wrong\x15a passphrasx\x7fe ünd\r")  # kill, erase, and two bytes that are one character
    job.expect("Again: ")
    job.type("a passphrase ünd\r")
    job.expect("last group (Enter skips): ")
    job.type("skip\r")
    _, status = job.finish()
    assert status == 0
    job.close()


def test_what_is_typed_ahead_of_the_next_try_is_not_shown(home):
    """While a wrong passphrase is being looked at, somebody types the next one: the agent stands still, so that lasts."""
    home.initialise()
    home.kist("lock")
    for ends in (False, True):
        job = home.job(["kist", "unlock"])
        everything = job.expect("Passphrase: ")
        agent, = home.agents()
        os.kill(agent, signal.SIGSTOP)
        wait_until("a stop", lambda: state(agent) == "T")
        wait_until("no echo", lambda: not job.echoes)
        job.type("not the one\r")
        everything += job.expect("\r\n")
        job.type(TYPED)
        for _ in range(20):
            job.read(0.02)
            assert not job.echoes
        os.kill(job.job, signal.SIGTSTP)
        wait_until("a stop", lambda: state(job.job) == "T")
        assert job.echoes, "stopped without echo"
        os.kill(job.job, signal.SIGCONT)
        wait_until("no echo", lambda: not job.echoes)
        if ends:
            job.type("\x03")
            rest, status = job.finish()
            assert status == 130 and job.echoes, (status, rest)
        os.kill(agent, signal.SIGCONT)
        if not ends:
            everything += job.expect("Passphrase: ")
            wait_until("no echo", lambda: not job.echoes)
            job.type(PASSPHRASE + "\r")
            rest, status = job.finish()
            assert status == 0 and b"Unlocked" in rest and job.echoes, (status, rest)
            home.kist("lock")
        assert TYPED.encode() not in everything + rest and b"z3k" not in everything + rest, (everything, rest)
        job.close()


def test_end_of_input_and_what_was_typed_before(home):
    job = home.job(["kist", "init", "--kdf-passes", "2", "--kdf-memory", "19"])
    job.expect(FIRST)
    job.type("\x04")
    rest, status = job.finish()
    assert status == 125 and b"nothing was entered" in rest, rest
    job.close()


def test_without_a_terminal_it_refuses_at_once(home):
    home.kist("init", status=4)
    assert b"KIST_PASSPHRASE_FILE" in home.errors
    home.initialise()
    home.kist("add", "kumo", status=64)
    assert b"api_key" in home.errors
    home.kist("lock")
    home.kist("get", "kumo", status=4)
