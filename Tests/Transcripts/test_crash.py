"""B2: a crash prints nothing. Twenty points, at system calls of agent and command line while they hold secrets."""

import glob
import os
import resource
import signal
import subprocess
import time

SECRET = b"demo:canary-5d0f3c61a2b4e978"
SIGNALS = [signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGFPE, signal.SIGSYS]
# Swift prints a report and the memory around a crash when it may.
LOUD = {"SWIFT_BACKTRACE": "enable=yes,color=no,output-to=stderr"}

# The system call and which one of its kind; all of them after the passphrase, or the answer with the secret, has come. The
# command line looks how long an answer is before it takes it, each with one readv.
OF_AGENT = [
    ("readv", 2), ("readv", 3), ("readv", 4), ("pread64", 12), ("pwrite64", 2), ("fdatasync", 1), ("mlock", 2), ("write", 3),
    ("sendmsg", 3), ("epoll_wait", 8),
]  # fmt: skip
OF_KIST = [
    (("get", "kumo"), "readv", 2), (("get", "kumo", "--json"), "write", 1), (("get", "kumo"), "write", 1),
    (("unlock",), "sendmsg", 2), (("unlock",), "readv", 2), (("env", "kumo", "--reveal"), "write", 1),
    (("run", "kumo", "--", "true"), "readv", 2), (("env", "kumo", "--reveal", "--format", "json"), "readv", 2),
    (("edit", "kumo", "--stdin", "--no-check"), "sendmsg", 2), (("slot", "test", "passphrase"), "sendmsg", 3),
]  # fmt: skip


def crashing(call, number, which):
    return ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal={which.name}:when={number}"]


def cores_allowed():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def loud(home, program="kist"):
    """A static program has nothing to report with, and says so at its start: it is asked for no report then."""
    said = subprocess.run([os.path.join(home.programs, program), "--version"], env={**home.environment, **LOUD}, capture_output=True)
    return {} if b"unable to locate swift-backtrace" in said.stderr else LOUD


def nothing_of_it(home, said, what=""):
    """Neither a report nor a byte of a secret in what it printed, nor a file of its memory beside it."""
    assert said == b"", said
    left = [name for name in os.listdir(home.work) if "core" in name]
    assert not left, (left, what)


def prepare(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=SECRET)
    return {**home.environment, **loud(home), "KIST_PASSPHRASE_FILE": os.path.join(home.path, "passphrase")}


def end_agents(home):
    for pid in home.agents():
        os.kill(pid, signal.SIGKILL)
    while home.agents():
        time.sleep(0.01)
    for path in glob.glob(os.path.join(home.environment["XDG_RUNTIME_DIR"], "kist/agent-*.sock")):
        os.unlink(path)


def test_a_crash_of_the_command_line_prints_nothing(home):
    environment = prepare(home)
    hit = 0
    for place, (words, call, number) in enumerate(OF_KIST):
        which = SIGNALS[place % len(SIGNALS)]
        done = subprocess.run(
            [*crashing(call, number, which), os.path.join(home.programs, "kist"), *words], env=environment, cwd=home.work,
            input=SECRET, capture_output=True, timeout=60, start_new_session=True, preexec_fn=cores_allowed)
        assert done.returncode == -which, (words, call, number, done)
        # What it was told to write had been written; a report comes on standard error.
        nothing_of_it(home, done.stderr, words)
        hit += 1
    assert hit == 10


def test_a_crash_of_the_agent_prints_nothing(home):
    environment = prepare(home)
    run = os.path.join(home.environment["XDG_RUNTIME_DIR"], "kist")
    hit = 0
    for place, (call, number) in enumerate(OF_AGENT):
        which = SIGNALS[place % len(SIGNALS)]
        end_agents(home)
        agent = subprocess.Popen(
            [*crashing(call, number, which), os.path.join(home.programs, "kist-agent"), "--vault",
             os.path.join(home.path, ".local/share/kist/vault.kist"), "--runtime", run, "--state",
             os.path.join(home.path, ".local/state/kist")],
            env=loud(home, "kist-agent"), cwd=home.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=cores_allowed)  # fmt: skip
        end = time.monotonic() + 30
        # Before it listens, a command would start an agent of its own.
        while not glob.glob(f"{run}/agent-*.sock"):
            time.sleep(0.01)
        while agent.poll() is None:
            assert time.monotonic() < end, (call, number, "was never reached")
            for words in (["unlock"], ["get", "kumo"], ["edit", "kumo", "--stdin", "--no-check"]):
                subprocess.run(
                    [os.path.join(home.programs, "kist"), *words], env=environment, cwd=home.work, input=SECRET,
                    capture_output=True, timeout=60, start_new_session=True)
                if agent.poll() is not None:
                    break
        assert agent.wait() == -which, (call, number, agent.returncode)
        nothing_of_it(home, agent.stdout.read())
        agent.stdout.close()
        hit += 1
    assert hit == 10


def test_control_a_crash_that_reports_is_noticed(home):
    """The same search finds a report where a program makes one."""
    done = subprocess.run(["sh", "-c", "echo report >&2; kill -SEGV $$"], capture_output=True)
    try:
        nothing_of_it(home, done.stderr)
    except AssertionError:
        return
    raise AssertionError("a report was not noticed")
