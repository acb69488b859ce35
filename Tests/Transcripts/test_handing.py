"""Ways other than the environment by which kist run hands a secret over, and what happens when it changes."""

import json
import os
import signal
import subprocess
import time

PROGRAM = """import json, os, sys
def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode()
    except OSError as problem:
        return type(problem).__name__
paths = {n: v for n, v in os.environ.items() if n.endswith("_FILE")}
print(json.dumps({"paths": paths, "values": {n: read(v) for n, v in paths.items()}, "again": {n: read(v) for n, v in paths.items()},
                  "arguments": sys.argv[1:], "input": "" if os.isatty(0) else sys.stdin.read(),
                  "in_environment": [n for n, v in os.environ.items() if "s3cret" in v],
                  "descriptors": sorted(map(int, os.listdir("/proc/self/fd")))}))"""


def store(home, **fields):
    home.initialise()
    home.kist("add", "fields", "--name", "db", "--stdin",
              given=json.dumps(fields or {"password": "s3cret\n\"p\" é", "token": "s3cret-token"}).encode())


def gone(path):
    end = time.monotonic() + 60
    while os.path.exists(path):
        assert time.monotonic() < end, path
        time.sleep(0.01)


def run(home, *forms, arguments=(), options=()):
    words = [word for form in forms for word in ("--as", form)]
    out = home.kist("run", *options, *words, "db", "--", "/usr/bin/python3", "-I", "-S", "-c", PROGRAM, *arguments)
    return json.loads(out)


def test_every_form_is_read_to_the_byte(home):
    store(home)
    for form, path, again in (("file", home.path, True), ("fd", "/dev/fd/", False), ("memfd", "/proc/self/fd/", True)):
        seen = run(home, f"db.password={form}", arguments=["--key={db.password}", "{db.other}"])
        assert seen["values"] == {"DB_PASSWORD_FILE": "s3cret\n\"p\" é"}, (form, seen)
        assert seen["paths"]["DB_PASSWORD_FILE"].startswith(path), seen
        assert seen["again"] == (seen["values"] if again else {"DB_PASSWORD_FILE": ""}), (form, seen)
        # In its place stands a path, nothing else of the environment changed, and no argument holds the value.
        assert seen["arguments"] == ["--key=" + seen["paths"]["DB_PASSWORD_FILE"], "{db.other}"], seen
        assert seen["in_environment"] == ["DB_TOKEN"], seen
        # The file goes with the program: the agent hears of its end when others do, and removes it then.
        if form == "file":
            gone(seen["paths"]["DB_PASSWORD_FILE"])
        # One descriptor beside 0 to 2, and the one with which they are listed.
        assert len(seen["descriptors"]) == (4 if form == "file" else 5), (form, seen)
    seen = run(home, "db.password=stdin")
    assert seen["input"] == "s3cret\n\"p\" é" and seen["in_environment"] == ["DB_TOKEN"] and not seen["paths"], seen


def test_all_fields_and_single_ones(home):
    store(home)
    seen = run(home, "memfd", "db.token=env")
    assert list(seen["values"]) == ["DB_PASSWORD_FILE"] and seen["in_environment"] == ["DB_TOKEN"], seen
    seen = run(home, "file", options=["--mask"])
    assert seen["in_environment"] == [] and seen["values"] == {
        "DB_PASSWORD_FILE": "‹db.password›", "DB_TOKEN_FILE": "‹db.token›"}, seen


def test_long_values_go_where_the_environment_is_too_small(home):
    value = "v" * 300_000
    store(home, body=value)
    home.kist("run", "db", "--", "true", status=125)
    assert b"--as db.body=file" in home.errors, home.errors
    for form in ("file", "fd", "memfd"):
        assert run(home, f"db.body={form}")["values"] == {"DB_BODY_FILE": value}, form
    assert run(home, "db.body=stdin")["input"] == value


def test_mistakes_hand_over_nothing(home):
    store(home)
    for forms, word in ((["db.password=socket"], b"forms:"), (["stdin"], b"one field"), (["password=fd"], b"forms:"),
                        (["db.password=stdin", "db.token=stdin"], b"names two"), (["db.nothing=fd"], b"db.nothing"),
                        (["db.password=fd", "db.password=file"], b"twice"), (["other.password=fd"], b"other.password")):
        words = [word for form in forms for word in ("--as", form)]
        home.kist("run", *words, "db", "--", "sh", "-c", "echo ran >&2", status=125)
        assert word in home.errors and b"ran" not in home.errors, (forms, home.errors)


def test_what_can_be_read_once_is_not_watched(home):
    store(home)
    for path in ("-", "/dev/stdin", "/dev/null"):
        home.kist("run", "--watch", "--env-file", path, "db", "--", "sh", "-c", "echo ran >&2", given=b"A=1\n", status=125)
        assert b"can be read once only" in home.errors and b"ran" not in home.errors, (path, home.errors)


def test_one_name_of_two_profiles_is_not_guessed(home):
    """Both are called db.token: neither takes the place of the other."""
    store(home, token="s3cret-one")
    home.kist("profile", "create", "other")
    home.kist("--profile", "other", "add", "fields", "--name", "db", "--stdin", given=b'{"token":"s3cret-two"}')
    with open(os.path.join(home.work, "two.env"), "w") as file:
        file.write("TWO=kist://other/db/token\n")
    words = ("--env-file", "two.env", "db", "--", "sh", "-c", "echo $DB_TOKEN $TWO >&2")
    home.kist("run", *words)
    assert b"s3cret-one s3cret-two" in home.errors, home.errors
    for form in ("db.token=fd", "memfd"):
        home.kist("run", "--as", form, *words, status=125)
        assert b"two profiles" in home.errors and b"s3cret" not in home.errors, home.errors


def test_a_variable_made_from_several_fields_is_left_out(home):
    home.initialise()
    home.kist("add", "postgres", "--name", "pg", "--stdin", "--no-check",
              given=b'{"host":"db.example.com","user":"u","database":"d","password":"s3cret-pg"}')
    out = home.kist("run", "--as", "pg.password=file", "pg", "--", "env")
    assert b"s3cret" not in out and b"PGPASSWORD_FILE=/" in out, out


def wait_for(path, count, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.path.exists(path):
            with open(path) as file:
                lines = file.read().split("\n")[:-1]
            if len(lines) >= count:
                return lines
        time.sleep(0.05)
    raise AssertionError(f"{path} never had {count} lines")


def started(home, *words):
    return subprocess.Popen(["kist", "run", *words], executable=os.path.join(home.programs, "kist"), env=home.environment,
                            cwd=home.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True)


def test_a_new_revision_restarts_the_program(home):
    store(home, token="s3cret-one")
    log = os.path.join(home.work, "log")
    process = started(home, "--watch", "db", "--", "sh", "-c", f"echo $DB_TOKEN >> {log}; exec sleep 600")
    try:
        wait_for(log, 1)
        # What has nothing to do with it does not.
        home.kist("add", "fields", "--name", "other", "--stdin", given=b'{"token":"x"}')
        home.kist("edit", "db", "--stdin", given=b'{"token":"s3cret-two"}')
        assert wait_for(log, 2) == ["s3cret-one", "s3cret-two"]
        home.kist("lock")
        time.sleep(2.5)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(120) == 128 + signal.SIGTERM
        assert wait_for(log, 2) == ["s3cret-one", "s3cret-two"]
        assert b"db has changed; the program is restarted" in process.stderr.read()
    finally:
        process.kill()


def test_an_agent_that_hangs_does_not_keep_signals_from_the_program(home):
    """It is looked at once and then left alone; in that moment alone nothing passes."""
    store(home, token="s3cret-one")
    log = os.path.join(home.work, "log")
    process = started(home, "--watch", "db", "--", "sh", "-c", f"echo up >> {log}; exec sleep 600")
    agent = json.loads(home.kist("status", "--json"))["pid"]
    try:
        wait_for(log, 1)
        os.kill(agent, signal.SIGSTOP)
        # Time enough to look.
        time.sleep(3)
        os.kill(process.pid, signal.SIGTERM)
        # An ordinary question has 30 seconds.
        assert process.wait(20) == 128 + signal.SIGTERM
    finally:
        os.kill(agent, signal.SIGCONT)
        process.kill()


def test_a_note_restarts_nothing(home):
    """A policy, a bundle and words for people are revisions, too; what the program has is what it was."""
    store(home, token="s3cret-one")
    home.kist("identity", "create", "-o", "ci.identity")
    machine = json.loads(home.kist("identity", "show", "ci.identity", "--json"))["recipient"]
    log = os.path.join(home.work, "log")
    process = started(home, "--watch", "db", "--", "sh", "-c", f"echo $DB_TOKEN >> {log}; exec sleep 600")
    try:
        wait_for(log, 1)
        for words in (["seal", "db", "--to", machine, "-o", "ci.kist"], ["edit", "db", "--note", "of the nightly run"],
                      ["policy", "db", "run-only"]):
            home.kist(*words)
            # Time enough to look; on a slow machine it looks less often, and finds no more.
            time.sleep(2.5)
        home.kist("edit", "db", "--stdin", given=b'{"token":"s3cret-two"}')
        assert wait_for(log, 2) == ["s3cret-one", "s3cret-two"]
        home.kist("policy", "db", "allow")
        time.sleep(2.5)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
        assert wait_for(log, 2) == ["s3cret-one", "s3cret-two"]
        assert process.stderr.read().count(b"db has changed") == 1
    finally:
        process.kill()


def test_a_new_revision_is_told_by_a_signal(home):
    store(home, token="s3cret-one")
    log = os.path.join(home.work, "log")
    script = f'trap "kist get db token >> {log}; echo >> {log}" HUP; trap "exit 7" USR1; echo up > {log}; ' \
        "while :; do sleep 0.1; done"
    process = started(home, "--watch-signal", "HUP", "db", "--", "sh", "-c", script)
    try:
        wait_for(log, 1)
        home.kist("edit", "db", "--stdin", given=b'{"token":"s3cret-two"}')
        assert wait_for(log, 2) == ["up", "s3cret-two"]
        os.kill(process.pid, signal.SIGUSR1)
        assert process.wait(120) == 7
    finally:
        process.kill()


def test_a_value_that_a_signal_tells_of_is_masked_too(home):
    """What the program had, what it fetches when it is told, and what it fetches when it is told again."""
    store(home, token="s3cret-one")
    script = 'trap "kist get db token; echo" HUP; trap "echo end $DB_TOKEN; exit 7" USR1; echo up $DB_TOKEN; ' \
        "while :; do sleep 0.1; done"
    process = started(home, "--mask", "--watch-signal", "HUP", "db", "--", "sh", "-c", script)
    try:
        seen = process.stdout.readline()
        for token in (b"s3cret-two", b"s3cret-three"):
            home.kist("edit", "db", "--stdin", given=b'{"token":"%s"}' % token)
            seen += process.stdout.readline()
        os.kill(process.pid, signal.SIGUSR1)
        seen += process.stdout.read()
        assert process.wait(120) == 7
        mark = "‹db.token›"
        assert seen.decode().split("\n") == [f"up {mark}", mark, mark, f"end {mark}", ""], seen
        # Looking what to cover is a use, and stands in the log.
        assert home.kist("audit", "db", "--verb", "run").count(b"db token") == 3
    finally:
        process.kill()


def test_a_value_that_cannot_be_masked_is_said(home):
    store(home, token="s3cret-one")
    script = 'trap "exit 7" HUP; echo up; while :; do sleep 0.1; done'
    process = started(home, "--mask", "--watch-signal", "HUP", "db", "--", "sh", "-c", script)
    try:
        assert process.stdout.readline() == b"up\n"
        home.kist("edit", "db", "--stdin", "--expires", "2020-01-01", given=b'{"token":"s3cret-two"}')
        assert process.wait(120) == 7
        assert b"the program was told, but the new value is not masked: db expired" in process.stderr.read()
    finally:
        process.kill()


def test_nobody_is_asked_for_the_sake_of_the_mask(home):
    """While a person is asked, no output, key and signal would pass; and the program's own fetch asks already."""
    questions = os.path.join(home.work, "questions")
    pinentry = os.path.join(home.work, "pinentry")
    with open(pinentry, "w") as file:
        # Somebody who agrees to everything; each question is counted.
        file.write(f'#!/bin/sh\necho OK\nwhile read -r word rest; do\n  [ "$word" = CONFIRM ] && echo asked >> {questions}\n'
                   '  echo OK\n  [ "$word" = BYE ] && exit\ndone\n')
    os.chmod(pinentry, 0o755)
    screen, terminal = os.openpty()
    home.environment |= {"KIST_PROMPT_TTY": os.ttyname(terminal), "KIST_PINENTRY": pinentry}
    store(home, token="s3cret-one")
    home.kist("add", "fields", "--name", "other", "--stdin", given=b'{"key":"s3cret-key-one"}')
    script = 'trap "echo told" HUP; trap "exit 7" USR1; echo up; while :; do sleep 0.1; done'
    process = started(home, "--mask", "--watch-signal", "HUP", "db", "other", "--", "sh", "-c", script)
    try:
        assert process.stdout.readline() == b"up\n"
        home.kist("policy", "db", "confirm")
        for number in range(3):
            home.kist("edit", "db", "--stdin", given=b'{"token":"s3cret-%d"}' % number)
            assert process.stdout.readline() == b"told\n"
            # For the edit; nothing else has asked.
            assert len(wait_for(questions, number + 1)) == number + 1
        # Of the others the new value is looked for as ever.
        home.kist("edit", "other", "--stdin", given=b'{"key":"s3cret-key-two"}')
        assert process.stdout.readline() == b"told\n"
        os.kill(process.pid, signal.SIGUSR1)
        assert process.wait(120) == 7
        errors = process.stderr.read()
        assert errors.count(b"db has changed; the program was told") == 3, errors
        assert errors.count(b"is not masked: db is given out only when a person agrees") == 1, errors
        assert len(wait_for(questions, 3)) == 3
        assert home.kist("audit", "other", "--verb", "run").count(b"other key") == 2
        assert home.kist("audit", "db", "--verb", "run").count(b"db token") == 1
    finally:
        process.kill()
        os.close(screen)
        os.close(terminal)


def test_watching_does_not_keep_the_vault_open(home):
    store(home, token="s3cret-one")
    log = os.path.join(home.work, "log")
    process = started(home, "--watch", "db", "--", "sh", "-c", f"echo up >> {log}; exec sleep 600")
    try:
        wait_for(log, 1)
        first = json.loads(home.kist("status", "--json"))["idle"]
        deadline = time.monotonic() + 120
        # It looks every second: if that were use, the time that is left would never get so short.
        while json.loads(home.kist("status", "--json"))["idle"] > first - 5:
            assert time.monotonic() < deadline, "watching keeps the vault open"
            time.sleep(0.5)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(120)
