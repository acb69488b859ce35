"""Behind another job a question waits, and the terminal that it waits for is left as that job has it."""

import os
import signal
import termios

from home import PASSPHRASE
from test_prompt import state, wait_until


def with_kumo(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")


def bash(home):
    return home.terminal(["bash", "--norc", "--noprofile", "-i"], environment={"PS1": "$ "})


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def modes(terminal):
    return termios.tcgetattr(terminal.master)


def name(pid):
    with open(f"/proc/{pid}/comm") as file:
        return file.read().strip()


def switches(pid):
    with open(f"/proc/{pid}/status") as file:
        return sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)


def continue_until(pid, wanted):
    """Sends the process on, and waits until it has run and is in the state `wanted` (again)."""
    before = switches(pid)
    os.kill(pid, signal.SIGCONT)
    wait_until(f"the process to go on and be {wanted}", lambda: switches(pid) > before and state(pid) == wanted)


def question(shell):
    """The process that asks in front for the passphrase."""
    shell.expect("$ ")
    shell.type("kist unlock\r")
    shell.expect("Passphrase: ")
    job, = children(shell.pid)
    wait_until("no echo", lambda: not shell.echoes)
    return job


def answer_in_front(shell):
    shell.type("fg\r")
    shell.expect("Passphrase: ")
    wait_until("no echo", lambda: not shell.echoes)
    shell.type(PASSPHRASE + "\r")


def leaves_a_raw_program_alone(shell, job, times):
    """A program in front wants every key, and the question behind it is sent on."""
    shell.type("stty raw -echo; echo re''ady; head -c 1 > /dev/null; stty sane\r")
    shell.expect("ready")
    raw = modes(shell)
    for _ in range(times):
        continue_until(job, "T")
        assert modes(shell) == raw, "the program's keys were taken from it"
    shell.type("x")
    shell.expect("$ ")


def test_a_question_from_the_background_hands_on_the_terminal_of_the_foreground(home):
    """What the shell made of the terminal for its own line is not what the program gets."""
    with_kumo(home)
    home.kist("lock")
    with bash(home) as shell:
        shell.expect("$ ")
        shell.type("kist run --no-mask kumo -- cat &\r")
        shell.expect("$ ")
        job, = children(shell.pid)
        wait_until("a stop", lambda: state(job) == "T")
        answer_in_front(shell)
        wait_until("cat", lambda: name(job) == "cat")
        assert shell.echoes, "the program got the shell's modes"
        shell.type("one line\r")
        shell.expect("one line\r\none line\r\n")  # shown by the terminal, and passed on as a line
        shell.type("\x04")
        shell.expect("$ ")
        shell.type("exit\r")
        shell.finish()


def test_a_stopped_question_leaves_the_terminal_to_whoever_is_in_front(home):
    with_kumo(home)
    home.kist("lock")
    with bash(home) as shell:
        job = question(shell)
        shell.type("\x1a")
        shell.expect("Stopped")
        shell.expect("$ ")
        before = switches(job)
        shell.type("bg\r")
        shell.expect("$ ")
        wait_until("a stop", lambda: switches(job) > before and state(job) == "T")
        # The shell edits its line by itself; then a program does that wants every key.
        line = modes(shell)
        assert not shell.echoes, "the shell's line was taken from it"
        for _ in range(3):
            continue_until(job, "T")
            assert modes(shell) == line, "the shell's line was taken from it"
        leaves_a_raw_program_alone(shell, job, times=3)
        answer_in_front(shell)
        shell.expect("Unlocked")
        shell.expect("$ ")
        shell.type("echo $(stty -a | grep -oE -- '-?(icanon|echo)\\>') aga''in\r")
        assert b"\ricanon echo again" in shell.expect(" again"), "the shell got it back in other modes"
        shell.type("exit\r")
        shell.finish()


def test_a_stop_that_cannot_be_caught_leaves_the_terminal_to_whoever_is_in_front(home):
    """Sent on in the background, the question sees that its terminal is the shell's by now."""
    with_kumo(home)
    home.kist("lock")
    with bash(home) as shell:
        job = question(shell)
        os.kill(job, signal.SIGSTOP)
        shell.expect("Stopped")
        shell.expect("$ ")
        leaves_a_raw_program_alone(shell, job, times=1)
        answer_in_front(shell)
        shell.expect("Unlocked")
        shell.expect("$ ")
        shell.type("exit\r")
        shell.finish()


def test_after_a_stop_a_question_that_is_no_secret_shows_what_is_typed(home):
    with_kumo(home)
    proof = {"KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}
    with open(os.path.join(home.path, "recovery"), "rb") as file:
        home.kist("slot", "test", "recovery", "--passphrase-fd", str(file.fileno()), pass_fds=[file.fileno()])
    home.kist("slot", "add", "factor", "usb.factor", environment=proof)
    home.kist("lock")
    job = home.job(["kist", "unlock"])
    job.expect("Passphrase: ")
    wait_until("no echo", lambda: not job.echoes)
    job.type(PASSPHRASE + "\r")
    job.expect("second factor: ")
    assert job.echoes
    job.type("\x1a")
    wait_until("a stop", lambda: state(job.job) == "T")
    continue_until(job.job, "S")
    assert job.echoes, "what is typed is not shown"
    job.type("usb.factor\r")
    job.expect("usb.factor\r\n")
    rest, status = job.finish()
    assert status == 0 and b"Unlocked" in rest and job.echoes, (status, rest)
    job.close()
