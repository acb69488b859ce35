"""`kist-helper`: what it answers by itself, and that `kist` goes on with every word where it does not."""

import json
import os
import shutil
import stat
import subprocess

from world import binaries

INDEX = "https://crates.example.com/index"
WORDS = {"git": "get", "docker": "get", "cargo": "--cargo-plugin"}
NAMES = {"git": "git-credential-kist", "docker": "docker-credential-kist", "cargo": "cargo-credential-kist"}


def question(kind="get", index=INDEX, **more):
    return json.dumps({"v": 1, "kind": kind, "operation": "read", "registry": {"index-url": index}, "args": [], **more}) + "\n"


def fill(world):
    """A login that git and docker may have, and a token for cargo."""
    password, token = world.secret("password"), world.secret("token")
    world.add("login", {"username": "ada", "password": password, "url": "https://git.example.com"}, "--name", "forge")
    fields = {"token": token, "index": INDEX}
    world.add("cargo-registry", fields, "--variant", "registry", "--name", "crates")
    return password, token


def alone(world, folder, successor=None):
    """The helper in a folder of its own, under the names that tools look for; beside it `successor` as `kist`, if there is one."""
    place = world.at("work", folder)
    os.mkdir(place)
    shutil.copy(os.path.join(binaries(), "kist-helper"), place)
    for name in NAMES.values():
        os.symlink("kist-helper", os.path.join(place, name))
    if successor:
        path = os.path.join(place, "kist")
        with open(path, "w") as file:
            file.write(successor)
        os.chmod(path, stat.S_IRWXU)
    return place


def started(world, place, tool, given, *words, environment=None, **settings):
    """Starts the helper as its tool does."""
    command = [os.path.join(place, NAMES[tool]), *(words or [WORDS[tool]])]
    return subprocess.run(
        command, input=given.encode() if isinstance(given, str) else given, capture_output=True, cwd=world.at("work"),
        env={**world.environment, **(environment or {})}, timeout=120, **settings)


def test_it_needs_no_other_program_for_an_answer_that_lies_ready(world):
    password, token = fill(world)
    place = alone(world, "alone")
    asked = started(world, place, "git", "protocol=https\nhost=git.example.com\n\n")
    assert asked.stdout.decode() == f"username=ada\npassword={password}\n" and not asked.stderr, asked
    asked = started(world, place, "docker", "https://git.example.com\n")
    answer = {"ServerURL": "https://git.example.com", "Username": "ada", "Secret": password}
    assert json.loads(asked.stdout) == answer and not asked.stderr, asked
    asked = started(world, place, "cargo", question())
    hello, answer = map(json.loads, asked.stdout.splitlines())
    assert hello == {"v": [1]} and answer["Ok"]["token"] == token and not asked.stderr, asked
    # That there is nothing is an answer, too.
    nothing = started(world, place, "git", "protocol=https\nhost=other.example.com\n\n")
    assert nothing.returncode == 0 and not nothing.stdout and not nothing.stderr, nothing
    nothing = started(world, place, "docker", "other.example.com")
    assert nothing.returncode == 1 and nothing.stdout == b"credentials not found in native keychain\n", nothing
    # The control: for anything else it wants kist, and says nothing to the tool when that is not there.
    for tool, words, given in (
        ("git", ["store"], "protocol=https\nhost=a.example.com\nusername=u\npassword=p\n"),
        ("git", [], "protocol=ftp\nhost=git.example.com\n"),
        ("docker", ["list"], ""),
    ):
        wanting = started(world, place, tool, given, *words)
        assert wanting.returncode == 125 and not wanting.stdout and b"kist beside this program" in wanting.stderr, wanting


# Stands in for kist, and says what it was given.
SHOW = """#!/usr/bin/python3
import hashlib, json, os, sys
words = sys.argv[1:]
handed, rest = b"", sys.stdin.buffer.read() if "--wait" not in words else b""
if "--handed-on" in words:
    with os.fdopen(int(words[words.index("--handed-on") + 1].split(":")[0]), "rb") as file:
        handed = file.read()
print(json.dumps({"words": words, "handed": len(handed), "digest": hashlib.sha256(handed + rest).hexdigest()}))
"""


def test_every_byte_that_was_read_is_handed_on(world):
    from hashlib import sha256

    place = alone(world, "handing", SHOW)
    for given in (
        b"", b"\n", b"protocol=https\nhost=x\0y\n", b"host=\xff\xfe\n", b"a" * 4_095, b"a" * 4_096, b"a" * 4_097,
        b"protocol=https\n" + b"x=" + b"y" * 60_000 + b"\n", os.urandom(1 << 20), os.urandom((1 << 20) + 4_711),
    ):
        for tool in ("git", "docker"):
            if tool == "docker" and given.strip().startswith(b"a"):
                continue
            shown = json.loads(started(world, place, tool, given).stdout)
            assert shown["digest"] == sha256(given).hexdigest(), (tool, len(given), shown)
            assert shown["words"][0] == "get" and shown["words"][1] == "--handed-on", shown
            assert shown["handed"] == min(len(given), 4_096), shown
    for given in (b"", question("login").encode(), (question() + question("logout")).encode(), b"\n" * 9_000):
        asked = started(world, place, "cargo", given)
        greeting, shown = asked.stdout.split(b"\n", 1)
        assert greeting == b'{"v":[1]}' and json.loads(shown)["digest"] == sha256(given).hexdigest(), asked
    # What it need not read stays where it is; the tool's words are handed on as they are.
    for words in (["store"], ["erase"], ["get", "more"], ["nonsense", "x y"]):
        shown = json.loads(started(world, place, "git", b"abc", *words).stdout)
        assert shown == {"words": words, "handed": 0, "digest": sha256(b"abc").hexdigest()}, shown
    shown = subprocess.run([os.path.join(place, "kist-helper"), "aws", "work"], capture_output=True, input=b"", env=world.environment)
    assert json.loads(shown.stdout)["words"] == ["provider", "aws", "work"], shown


def both(world, tool, given, *words, **settings):
    """What the helper does, which must be what kist alone does."""
    words = words or (WORDS[tool],)
    small = world.helper(tool, *words, given=given, **settings)
    whole = world.kist("provider", tool, *words, given=given, may_print=True, **settings)
    assert (small.out, small.err, small.status) == (whole.out, whole.err, whole.status), (small, whole)
    return small


def test_with_it_a_tool_hears_what_it_hears_without_it(world):
    at = "protocol=https\nhost=both.example.com\n"
    for name, more in (("one", {}), ("two", {})):
        fields = {"username": name, "password": world.secret(name), "url": "https://both.example.com", **more}
        world.add("login", fields, "--name", name)
    world.add("cargo-registry", {"token": world.secret("t"), "index": "https://both.example.com/i"}, "--variant", "registry", "--name", "both")
    # Several accounts, one of them by its name, none, and control bytes in each field.
    assert "username=" in both(world, "git", at).out
    assert "username=one\n" in both(world, "git", f"{at}username=one\n").out
    assert both(world, "git", f"{at}username=three\n").out == ""
    assert both(world, "git", "protocol=http\nhost=both.example.com\n").err
    for byte in ("\r", "\0", "\x1b", "\x7f"):
        for field in ("protocol=https{}\nhost=both.example.com\n", f"{at}username=o{{}}ne\n", f"{at}x{{}}=y\n"):
            assert both(world, "git", field.format(byte)).status != 0
        assert both(world, "docker", f"both{byte}.example.com").status != 0
    for given in (question(index="https://both.example.com/i"), question(index="https://none.example.com/i"), "{\n", "", "[]\n",
                  question("logout", index="https://none.example.com/i"), question() + question("later")):
        assert both(world, "cargo", given).out.startswith('{"v":[1]}\n')
    for given in ("y" * ((1 << 20) + 1), f"{at}x={'y' * 70_000}\n", f"{at}x={'y' * 6_000}\n"):
        both(world, "git", given)
    assert json.loads(both(world, "docker", "both.example.com").out)["Username"] in ("one", "two")
    both(world, "docker", "version", "version")
    both(world, "docker", "", "list")
    both(world, "git", "", "capability")
    both(world, "git", "")
    # Settings of a folder, of the environment and of the user.
    folder = world.at("work", "project")
    os.mkdir(folder)
    with open(os.path.join(folder, "kist.toml"), "w") as file:
        file.write('profile = "other"\n')
    assert "trust" in both(world, "git", at, cwd=folder).err
    # Also one that is a link to nowhere: whose settings are not there is not nobody's.
    os.unlink(os.path.join(folder, "kist.toml"))
    os.symlink(world.at("work", "nowhere"), os.path.join(folder, "kist.toml"))
    assert "link" in both(world, "git", at, cwd=folder).err
    assert both(world, "git", at, environment={"KIST_PROFILE": "other"}).out == ""
    assert both(world, "git", at, environment={"KIST_PROFILE": "no name"}).status != 0
    assert both(world, "git", at, environment={"KIST_BUNDLE": world.at("work", "none.kist")}).status != 0
    # One for programs and tools only, one that is to be asked for where nobody is, and one that has expired.
    world.done("remove", "two", "--yes")
    world.done("policy", "one", "run-only")
    assert "username=one" in both(world, "git", at).out
    world.done("policy", "one", "confirm")
    assert both(world, "git", at).out == "quit=1\n"
    world.add("login", {"username": "old", "password": world.secret("o"), "url": "https://old.example.com"}, "--name", "old")
    world.done("edit", "old", "--expires", "2020-01-01", "--no-check")
    assert "has expired" in both(world, "git", "protocol=https\nhost=old.example.com\n").err
    # Locked, and no vault at all.
    world.done("lock")
    for tool, given in (("git", at), ("docker", "both.example.com"), ("cargo", question(index="https://both.example.com/i"))):
        both(world, tool, given)
        both(world, tool, given, environment={"KIST_VAULT": world.at("work", "none.kist")})
    world.unlock()


def test_an_answer_that_nobody_takes_is_no_success(world):
    password = world.secret("for nobody")
    world.add("login", {"username": "ada", "password": password, "url": "https://nobody.example.com"}, "--name", "nobody")
    place = alone(world, "pipes")
    os.symlink(os.path.join(binaries(), "kist"), os.path.join(place, "kist"))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        outcome = subprocess.run(
            [os.path.join(place, NAMES["git"]), "get"], input=b"protocol=https\nhost=nobody.example.com\n\n", stdout=closed,
            stderr=subprocess.PIPE, env=world.environment, timeout=120)
    # By the signal, or by an error where that is ignored.
    assert outcome.returncode != 0 and password.encode() not in outcome.stderr, outcome
    with open("/dev/full", "wb") as full:
        outcome = subprocess.run(
            [os.path.join(place, NAMES["git"]), "get"], input=b"protocol=https\nhost=nobody.example.com\n\n", stdout=full,
            stderr=subprocess.PIPE, env=world.environment, timeout=120)
    assert outcome.returncode == 125 and b"could not be written" in outcome.stderr, outcome


def test_it_leaves_no_core(world):
    process = subprocess.Popen(
        [os.path.join(binaries(), "kist-helper"), "git", "get"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=world.environment, preexec_fn=lambda: __import__("resource").setrlimit(4, (1 << 20, 1 << 20)))
    try:
        process.stdin.write(b"protocol=https\n")
        process.stdin.flush()
        for _ in range(1_200):
            with open(f"/proc/{process.pid}/limits") as file:
                core = next(line for line in file if line.startswith("Max core"))
            if core.split()[4] == "0":
                break
            __import__("time").sleep(0.05)
        assert core.split()[4] == "0", core
    finally:
        process.communicate(timeout=120)


def test_what_reports_crashes_is_not_in_programs_that_are_all_start(world):
    """A report would show memory, and the runtime looks in eight places for what makes it, before anything else.

    For the programs of Scripts/build: those of a debug build have it in their libraries.
    """
    login = {"username": "ada", "password": world.secret("unreported"), "url": "https://unreported.example.com"}
    world.add("login", login, "--name", "unreported")
    asked = world.at("work", "asked.txt")
    with open(asked, "w") as file:
        file.write("protocol=https\nhost=unreported.example.com\n\n")
    for program, words in (("kist-helper", ["git", "get"]), ("kist", ["get", "unreported", "password"])):
        seen = world.at("work", program + ".calls")
        loud = {"SWIFT_BACKTRACE": "enable=yes,color=no,output-to=stderr"}
        with open(asked, "rb") as given:
            done = subprocess.run(
                ["strace", "-qq", "-e", "trace=file,connect,sigaltstack", "-o", seen, os.path.join(binaries(), program), *words],
                stdin=given, capture_output=True,
                env={**world.environment, **loud}, cwd=world.at("work"), timeout=120)
        assert done.returncode == 0 and not done.stderr, done
        with open(seen) as file:
            calls = file.read()
        # The control: what it does look for is there.
        assert "agent-" in calls and "connect(" in calls, program
        assert "backtrace" not in calls and "libexec" not in calls and "sigaltstack" not in calls, (program, calls)
