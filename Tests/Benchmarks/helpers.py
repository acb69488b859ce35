"""How fast other tools' helpers answer: cargo's, beside git's own cache helper, in one run and in turn."""

import json
import os
import subprocess
from statistics import median

from bed import hyperfine

INDEX = "https://crates.example.com/index"


def rows(bench):
    home = bench.home("helpers", 1_000)
    fields = {"token": "cio-0123456789abcdef0123456789abcdef", "index": INDEX}
    home.kist("add", "cargo-registry", "--variant", "registry", "--stdin", "--no-check", given=json.dumps(fields))
    helper = bench.folder / "cargo-credential-kist"
    os.symlink(bench.binaries / "kist", helper)
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
            (new,) = hyperfine([[helper, "--cargo-plugin"]], home.environment, bench.folder, bench.runs // 2, given=asked)
            kist += new
            (new,) = hyperfine(
                [["git", "credential-cache", "get"]], home.environment, bench.folder, bench.runs // 2, given=question
            )
            git += new
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
