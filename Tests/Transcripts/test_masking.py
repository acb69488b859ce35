"""What a program prints through kist run: secrets are covered, and the terminal stays a terminal."""

import base64
import concurrent.futures
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import termios
import time
import urllib.parse

from test_child import REPORT

SECRET = "demo:k4n/r1e+0123 \"q\"é"
SHOWN = "‹kumo.api_key›".encode()
# The program prints the value in every form, with a pause in the middle of one.
FORMS = """import base64, json, os, sys, time, urllib.parse
k = os.environ["KUMO_API_KEY"]
b = k.encode()
for form in (k, repr(k), json.dumps(k), urllib.parse.quote(k, safe=""), urllib.parse.quote_plus(k), b.hex(), b.hex().upper(),
             base64.b64encode(b).decode(), base64.b64encode(b"u:" + b).decode(), base64.urlsafe_b64encode(b"us:" + b).decode()):
    print("<" + form + ">")
    print("<" + form + ">", file=sys.stderr)
sys.stdout.flush()
for part in (k[:5], k[5:9], k[9:]):
    sys.stdout.write(part)
    sys.stdout.flush()
    time.sleep(0.1)
print()"""


def store(home):
    home.initialise()
    home.kist("add", "fields", "--name", "kumo", "--stdin", given=json.dumps({"api_key": SECRET}).encode())


def leaks(seen):
    """Eight characters in a row of the value, or of what of its encodings does not depend on what stands around it."""
    plain = SECRET.encode()
    texts = [plain, plain.hex().encode(), plain.hex().upper().encode(), urllib.parse.quote(SECRET, safe="").encode(),
             urllib.parse.quote_plus(SECRET).encode(), json.dumps(SECRET).encode()[1:-1]]
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + plain)[(0, 2, 3)[before]:].rstrip(b"=")[:-1]
        texts += [encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))]
    return [text[at:at + 8] for text in texts for at in range(len(text) - 7) if text[at:at + 8] in seen]


def in_python(code):
    return ["kist", "run", "kumo", "--", "/usr/bin/python3", "-I", "-S", "-c", code]


def test_no_form_of_a_secret_reaches_the_terminal(home):
    store(home)
    with home.terminal(in_python(FORMS)) as terminal:
        seen, status = terminal.finish()
    assert status == 0 and not leaks(seen), (leaks(seen), seen)
    assert seen.count(SHOWN) == 21, seen
    # The control: without the mask all of it is there.
    with home.terminal(in_python(FORMS), environment={"KIST_NO_MASK": "1"}) as terminal:
        seen, _ = terminal.finish()
    assert len(leaks(seen)) > 50 and SHOWN not in seen, seen


def test_slow_small_pieces_do_not_add_up_to_a_secret(home):
    """Each piece alone is short enough to be shown when nothing follows; together they are not."""
    store(home)
    slow = """import os, sys, time
k = os.environ["KUMO_API_KEY"].encode()
for size in (1, 2, 3):
    for at in range(0, len(k), size):
        os.write(1, k[at:at + size])
        time.sleep(0.08)
    os.write(1, b"\\n")"""
    with home.terminal(in_python(slow)) as terminal:
        seen, status = terminal.finish()
    plain = SECRET.encode()
    shown = [plain[at:at + 4] for at in range(len(plain) - 3) if plain[at:at + 4] in seen]
    assert status == 0 and not shown and seen.count(SHOWN) == 3, (shown, seen)


def test_a_socket_gets_what_was_written_unless_asked(home):
    store(home)
    for options, variables, masked in (((), {}, False), (("--mask",), {}, True), ((), {"CI": "true"}, True),
                                       (("--no-mask",), {"CI": "true"}, False)):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            words = ["kist", "run", *options, "kumo", "--", "sh", "-c", 'echo "$KUMO_API_KEY"']
            subprocess.run(words, executable=os.path.join(home.programs, "kist"), stdin=subprocess.DEVNULL, stdout=theirs,
                           stderr=subprocess.DEVNULL, env={**home.environment, **variables}, check=True, timeout=300)
            theirs.close()
            seen = b"".join(iter(lambda: ours.recv(4096), b""))
        assert seen == (SHOWN if masked else SECRET.encode()) + b"\n", (options, variables, seen)


def test_pipes_and_files_get_what_was_written_unless_asked(home):
    store(home)
    command = in_python(FORMS)
    plain = home.kist(*command[1:])
    assert SECRET.encode() in plain and SHOWN not in plain
    masked = home.kist("run", "--mask", *command[2:])
    assert not leaks(masked) and not leaks(home.errors) and masked.count(SHOWN) == 11 and home.errors.count(SHOWN) == 10
    with home.terminal("kist run kumo -- printenv KUMO_API_KEY > file; cat file | tr k K") as terminal:
        assert SECRET.encode().replace(b"k", b"K") in terminal.finish()[0]


def test_a_log_of_a_build_is_masked_and_what_a_shell_captures_is_not(home):
    store(home)
    script = 'kist run kumo -- printenv KUMO_API_KEY; v=$(kist run kumo -- printenv KUMO_API_KEY); echo "${#v}"'
    for variables, shown in (({"CI": "true"}, SHOWN), ({"GITLAB_CI": "true"}, SHOWN), ({"CI": "false"}, SECRET.encode())):
        process = subprocess.run(["sh", "-c", script], env={**home.environment, **variables}, capture_output=True, timeout=300)
        assert process.stdout == shown + b"\n" + str(len(SECRET.encode())).encode() + b"\n", process
    log = os.path.join(home.work, "log")
    with open(log, "wb") as file:
        status = os.fstat(file.fileno())
        journal = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        subprocess.run(["kist", "run", "kumo", "--", "printenv", "KUMO_API_KEY"], env={**home.environment, **journal},
                       executable=os.path.join(home.programs, "kist"), stdout=file, check=True, timeout=300)
    with open(log, "rb") as file:
        assert file.read() == SHOWN + b"\n"


def test_it_stays_a_terminal(home):
    """Every stream, its size before and after a change, and colours as they are."""
    store(home)
    script = 'test -t 0 && test -t 1 && test -t 2 && tty < /dev/tty && stty size; printf "\\033[31mred\\033[0m\\n"; ' \
        'trap "stty size; exit 5" WINCH; echo ready; while :; do sleep 0.05; done'
    with home.terminal(["kist", "run", "kumo", "--", "bash", "-c", script]) as terminal:
        terminal.expect("/dev/")
        terminal.expect("24 80")
        terminal.expect("\x1b[31mred\x1b[0m")
        terminal.expect("ready")
        fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        terminal.expect("30 100")
        assert terminal.finish()[1] == 5


def test_streams_that_were_apart_stay_apart(home):
    store(home)
    script = 'test -t 2 && ! test -t 1 && echo "$KUMO_API_KEY"; echo "err $KUMO_API_KEY" >&2'
    with home.terminal(f"kist run kumo -- sh -c '{script}' > out; echo; cat out | wc -c") as terminal:
        seen, _ = terminal.finish()
    assert b"err " + SHOWN in seen and SECRET.encode() not in seen and str(len(SECRET.encode()) + 1).encode() in seen, seen
    # Standard input from elsewhere, the output on the terminal: Ctrl-C still reaches the program.
    with home.terminal(["sh", "-c", "echo given | kist run kumo -- bash -c 'read x; test -t 1 && echo got $x; trap \"echo int; exit 3\" INT; "
                        "echo $KUMO_API_KEY; while :; do sleep 0.05; done'"]) as terminal:
        terminal.expect("got given")
        terminal.expect(SHOWN)
        terminal.type("\x03")
        terminal.expect("int")
        terminal.finish()


def test_keys_are_typed_and_passwords_are_not_echoed(home):
    store(home)
    script = 'read a; echo "got $a"; stty -echo; echo hidden; read b; stty echo; echo "len ${#b}"; cat'
    with home.terminal(["kist", "run", "kumo", "--", "bash", "-c", script]) as terminal:
        terminal.type("hello\r")
        terminal.expect("got hello")
        terminal.expect("hidden")
        terminal.type("not-shown\r")
        assert b"not-shown" not in terminal.expect("len 9")
        # What a person types is covered when it is the secret, too; the end of input is a key.
        terminal.type(SECRET + "\r")
        terminal.expect(SHOWN)
        terminal.expect(SHOWN)
        terminal.type("\x04")
        seen, status = terminal.finish()
        assert status == 0 and not leaks(seen), seen
        assert terminal.echoes


def test_a_prompt_is_not_held_back(home):
    """Its last letters are how the secret begins."""
    store(home)
    with home.terminal(["kist", "run", "kumo", "--", "bash", "-c", "read -p 'name de' x; echo \"got $x\""]) as terminal:
        terminal.expect("name de", seconds=5)
        terminal.type("y\r")
        terminal.expect("got y")
        terminal.finish()


def test_exit_status_and_signals(home):
    store(home)
    for status in (0, 1, 42, 125):
        with home.terminal(["kist", "run", "kumo", "--", "sh", "-c", f"exit {status}"]) as terminal:
            assert terminal.finish()[1] == status
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV):
        with home.terminal(["kist", "run", "kumo", "--", "sh", "-c", f"kill -{int(number)} $$"]) as terminal:
            assert terminal.finish()[1] == 128 + number, number
    script = os.path.join(home.work, "script")
    with open(script, "w") as file:
        file.write("echo without a first line; exit 6\n")
    os.chmod(script, 0o700)
    with home.terminal(["kist", "run", "kumo", "--", script]) as terminal:
        seen, status = terminal.finish()
        assert status == 6 and b"without a first line" in seen, seen
    assert b"first line" in home.kist("run", "--mask", "kumo", "--", script, status=6)
    with open(script, "w") as file:
        file.write("#!/no/such/interpreter\n")
    with home.terminal(["kist", "run", "kumo", "--", script]) as terminal:
        assert terminal.finish()[1] == 127


def test_nine_signals_leave_the_terminal_as_it_was(home):
    """Sent to kist: the program gets them, kist ends with it, and the terminal echoes again."""
    store(home)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
                   signal.SIGPIPE, signal.SIGKILL):
        job = home.job(["kist", "run", "kumo", "--", "sh", "-c", "echo ready; exec cat"])
        with job:
            job.expect("ready")
            deadline = time.monotonic() + 120
            while job.echoes and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not job.echoes, "the terminal was never the program's"
            os.kill(job.job, number)
            if number == signal.SIGPIPE:  # what a program may well live on after
                job.type("\x04")
            try:
                _, status = job.finish()
            except AssertionError as problem:
                raise AssertionError(f"{number!r}: {problem}") from None
            assert number == signal.SIGPIPE or status == 128 + number, (number, status)
            deadline = time.monotonic() + 120
            while not job.echoes and time.monotonic() < deadline:
                time.sleep(0.01)
            assert job.echoes, number


def test_job_control(home):
    """Ctrl-Z, fg, bg and Ctrl-C in an interactive shell, as without kist."""
    store(home)
    with home.terminal(["bash", "--norc", "--noprofile", "-i"], environment={"PS1": "$ "}) as shell:
        shell.expect("$ ")
        shell.type("kist run kumo -- bash -c 'trap \"echo aga\"\"in\" CONT; echo up; while :; do sleep 0.1; done'\r")
        shell.expect("up\r\n")
        time.sleep(0.3)
        shell.type("\x1a")
        shell.expect("Stopped")
        shell.expect("$ ")
        shell.type("echo at the $((40+2)) shell\r")
        shell.expect("at the 42 shell")
        shell.type("fg\r")
        shell.expect("again")
        shell.type("\x1a")
        shell.expect("Stopped")
        shell.type("bg\r")
        shell.expect("again")
        shell.type("echo still $((40+3))\r")
        shell.expect("still 43")
        shell.expect("$ ")
        shell.type("fg\r")
        # Its keys are the program's again: as long as they are the shell's, Ctrl-C is a signal of the terminal.
        deadline = time.monotonic() + 120
        while shell.makes_signals and time.monotonic() < deadline:
            shell.read(0.05)
        shell.type("\x03")
        shell.expect("$ ")
        shell.type("echo status $?\r")
        shell.expect("status 130")
        shell.type("exit\r")
        shell.finish()


def test_a_pager_keeps_its_keys(home):
    """Behind a pipe the terminal is the pager's: nothing of kist reads from it."""
    store(home)
    with home.terminal(["sh", "-c", "kist run kumo -- sh -c 'echo err $KUMO_API_KEY >&2; seq 500' | "
                        "(sleep 0.5; read x < /dev/tty; echo key $x; wc -l)"]) as terminal:
        terminal.expect("err " + SHOWN.decode())
        time.sleep(0.6)
        terminal.type("typed\r")
        terminal.expect("key typed")
        terminal.expect("500")
        terminal.finish()


def test_launches_with_a_mask_under_load(home):
    """Behind the mask, too: descriptors 0 to 2 only, no secret in any argument, no signal blocked, and all of the output.

    How many: KIST_LAUNCHES, 200 without it (the long form has 10,000)."""
    count = int(os.environ.get("KIST_LAUNCHES", "200"))
    store(home)
    extra = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    for descriptor in extra:
        os.set_inheritable(descriptor, True)
    report = REPORT.replace('os.environ["KUMO_API_KEY"]', '"x" * 100_000 + os.environ["KUMO_API_KEY"]')

    def judge(out):
        descriptors, arguments, blocked, key = out.replace("\r\n", "\n").splitlines()
        assert descriptors == "[0, 1, 2, 3]", descriptors
        assert arguments == "['/usr/bin/python3', '-I', '-S']", arguments
        assert blocked == "['0000000000000000']", blocked
        assert key == "x" * 100_000 + SHOWN.decode(), key[-100:]

    def launch(index):
        words = ["kist", "run", "--mask", "kumo", "--", "/usr/bin/python3", "-I", "-S", "-c", report]
        if index % 4:
            process = subprocess.run(words, executable=os.path.join(home.programs, "kist"), env=home.environment,
                                     capture_output=True, stdin=subprocess.DEVNULL, close_fds=False, timeout=300)
            assert process.returncode == 0, process
            return judge(process.stdout.decode())
        with home.terminal(words) as terminal:
            seen, status = terminal.finish()
            assert status == 0, seen
            judge(seen.decode())

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(launch, range(count)))) == count


def test_what_the_background_prints_after_the_end_does_not_hold_kist(home):
    store(home)
    with home.terminal(["kist", "run", "kumo", "--", "sh", "-c", "(trap '' HUP; exec sleep 3600) & echo pid=$!; echo done"]) as terminal:
        seen, status = terminal.finish()
    assert status == 0 and b"done" in seen, seen
    # It has ended before what was left behind; the number is gone, or somebody else's, only when that ended first.
    left = int(seen.split(b"pid=")[1].split()[0])
    assert b"3600" in open(f"/proc/{left}/cmdline", "rb").read()
    os.kill(left, signal.SIGKILL)
    # What comes right behind the end is waited for, a moment long. On a busy machine the other program may need more.
    late = "(while kill -0 $$ 2>/dev/null; do :; done; echo late) & echo done"
    seen = [home.kist("run", "--mask", "kumo", "--", "sh", "-c", late) for _ in range(8)]
    assert set(seen) <= {b"done\nlate\n", b"done\n"} and b"done\nlate\n" in seen, seen


def test_only_the_process_that_masks_knows_the_secret(home):
    """Between it and the program stands one that leads the session: it was a copy, and has forgotten everything."""
    store(home)
    with home.terminal(["kist", "run", "kumo", "--", "sleep", "3600"]) as terminal:
        deadline = time.monotonic() + 120
        while True:
            leaders = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent(pid) == terminal.pid]
            programs = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and leaders and parent(pid) == leaders[0]]
            if programs and b"sleep" in open(f"/proc/{programs[0]}/cmdline", "rb").read():
                break
            assert time.monotonic() < deadline, (leaders, programs)
            time.sleep(0.05)
        key = SECRET.encode()
        if os.geteuid() == 0:
            # The control: the one that masks has to know what it looks for.
            assert copies(terminal.pid, key) > 0
            # It forgets while the program starts, and not again what it had forgotten.
            while any(copies(leaders[0], key[at:at + 8]) for at in range(len(key) - 7)):
                assert time.monotonic() < deadline, "it still knows"
                time.sleep(0.05)
        else:
            for pid in (terminal.pid, leaders[0]):
                try:
                    open(f"/proc/{pid}/mem", "rb").close()
                    raise AssertionError(f"the memory of {pid} can be opened")
                except PermissionError:
                    pass
        assert sorted(os.listdir(f"/proc/{leaders[0]}/fd")) == ["0", "1", "2", "3", "4"]
        for pid in (terminal.pid, leaders[0]):
            assert key not in open(f"/proc/{pid}/cmdline", "rb").read()
        terminal.type("\x03")
        assert terminal.finish()[1] == 130


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def copies(pid, secret):
    """How often it stands in the memory of a process."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            if not mode.startswith("r") or "[v" in line:
                continue
            start, end = (int(word, 16) for word in span.split("-"))
            try:
                memory.seek(start)
                found += memory.read(end - start).count(secret)
            except (OSError, OverflowError, ValueError):
                continue
    return found
