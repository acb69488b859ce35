"""The audit log as it is followed, and how its columns stand."""

import json
import os
import re
import subprocess


def following(home, *words):
    return subprocess.Popen(
        ["kist", "audit", "--follow", *words], executable=os.path.join(home.programs, "kist"), env=home.environment,
        cwd=home.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def numbers(lines):
    """Which of the reads through `kist get NAME` with its reason n1, n2, … these lines are of."""
    return [int(number) for line in lines for number in re.findall(rb"  n(\d+) ", line)]


def test_following_begins_with_the_last_ones(home):
    home.initialise()
    home.kist("add", "kumo", "--stdin", "--no-check", given=b"demo:x")

    def read(number):
        home.kist("run", "--reason", f"n{number}", "kumo", "--", "true")

    for number in range(1, 16):
        read(number)
    cases = (["--last", "3"], 13), (["--last", "0"], 16), (["--since", "1h"], 1), (["kumo", "-n", "2"], 14), ([], 6)
    for words, first in cases:
        process = following(home, *words)
        try:
            seen = []
            while first < 16 and numbers(seen[-1:]) != [15]:
                seen.append(process.stdout.readline())
            assert numbers(seen) == list(range(first, 16)), (words, seen)
            if not words:
                assert len(seen) == 10, seen
                read(16)
                seen = process.stdout.readline()
                assert numbers([seen]) == [16], seen
                home.kist("lock")
                status, errors = process.wait(120), process.stderr.read()
                assert status == 0 and b"was locked" in errors, (status, errors)
        finally:
            process.kill()
            process.wait(120)


def test_columns_stand_under_each_other(home):
    home.initialise()
    home.kist("-p", "a-longer-name", "add", "kumo", "--stdin", "--no-check", given=b"demo:x")
    home.kist("add", "fields", "--name", "t", "--stdin", given=b'{"token":"x"}')
    home.kist("run", "t", "--", "true")
    home.kist("get", "gone", status=3)
    home.kist("profile", "copy", "a-longer-name", "another-name")
    lines = home.kist("audit").decode().splitlines()
    starts = {line.rindex("  ") for line in lines[1:]}
    assert len(lines) > 5 and len(starts) == 1, "\n".join(lines)


def test_an_import_that_compares_is_no_edit(home):
    home.initialise()
    for policy in "allow", "run-only":
        home.kist("add", "fields", "--name", policy, "--stdin", "--policy", policy, given=b'{"token":"x"}')
    with open(os.path.join(home.work, "all.json"), "w") as file:
        json.dump({name: {"token": "x"} for name in ("allow", "run-only")}, file)
    said = home.kist("import", "all.json", "--plan")
    assert said.endswith(b"Nothing was stored: this is the plan.\n"), said
    assert home.errors.count(b"the same is there") == 2, home.errors
    lines = home.kist("audit").decode()
    assert "edit" not in lines, lines
    assert re.search(r"compare +allow", lines) and re.search(r"compare +run-only", lines), lines
