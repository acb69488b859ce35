"""How fast other tools' helpers answer: cargo's, beside git's own cache helper, in one run and in turn."""

import json
import os
import subprocess
import time
from statistics import median

INDEX = "https://crates.example.com/index"


def timed(command, environment, given, runs):
    """Milliseconds of every run, with the file `given` on standard input (which hyperfine does not have everywhere)."""
    words, times = [str(word) for word in command], []
    files = [
        (os.POSIX_SPAWN_OPEN, 0, str(given), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    for _ in range(runs + 10):
        began = time.perf_counter()
        _, status = os.waitpid(os.posix_spawn(words[0], words, environment, file_actions=files), 0)
        times.append((time.perf_counter() - began) * 1000)
        assert status == 0, f"{words}: {status}"
    return times[10:]


def rows(bench):
    home = bench.home("helpers", 1_000)
    fields = {"token": "cio-0123456789abcdef0123456789abcdef", "index": INDEX}
    home.kist("add", "cargo-registry", "--variant", "registry", "--stdin", "--no-check", given=json.dumps(fields))
    helper = bench.folder / "cargo-credential-kist"
    os.symlink(bench.binaries / "kist-helper", helper)
    asked = bench.folder / "cargo.json"
    registry = {"index-url": f"sparse+{INDEX}/", "name": "example"}
    asked.write_text(json.dumps({"v": 1, "kind": "get", "operation": "read", "registry": registry, "args": []}) + "\n")
    answer = subprocess.run(
        [helper, "--cargo-plugin"], stdin=asked.open(), env=home.environment, capture_output=True, text=True
    ).stdout
    assert fields["token"] in answer, answer

    login = "protocol=https\nhost=git.example.com\nusername=ada\npassword=0123456789abcdef0123456789abcdef\n\n"
    question = bench.folder / "git.txt"
    question.write_text("protocol=https\nhost=git.example.com\n\n")
    subprocess.run(["git", "credential-cache", "store"], input=login, text=True, env=home.environment, check=True)
    try:
        kist, git = [], []
        for _ in range(bench.rounds):
            kist += timed([helper, "--cargo-plugin"], home.environment, asked, bench.runs // 2)
            git += timed(["/usr/bin/git", "credential-cache", "get"], home.environment, question, bench.runs // 2)
    finally:
        subprocess.run(["git", "credential-cache", "exit"], env=home.environment, check=False)
    bench.raw["cargo's helper, ms"] = {"kist": kist, "git credential-cache get": git}
    ours, theirs = median(kist), median(git)
    bench.row(
        "cargo's token from a vault of 1,000, warm agent, whole process",
        f"{ours:.2f} ms",
        f"`git credential-cache get` {theirs:.2f} ms",
        f"{ours / theirs:.2f} ×",
        "≤ 1.2 ×",
        ours <= 1.2 * theirs,
    )
