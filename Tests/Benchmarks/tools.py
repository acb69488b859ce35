"""Helpers of git and docker beside those that people use: git's own cache, and docker's for the Secret Service.

Each is started as its tool starts it, with the same question on standard input, in turn, so that a busy moment hits all of
them. `python3 Tests/Benchmarks/tools.py FOLDER` measures the programs in FOLDER alone.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from statistics import median

QUESTION = b"protocol=https\nhost=git.example.com\n\n"


def once(command, given, environment):
    began = time.perf_counter()
    process = subprocess.run(command, input=given, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000, process.stdout


def measure(binaries, home, environment, rounds, desktop=None):
    """Milliseconds of each helper by name, all of them asked in turn."""
    links = pathlib.Path(home.place) / "helpers"
    links.mkdir(exist_ok=True)
    for name in ("git-credential-kist", "docker-credential-kist"):
        if not (links / name).exists():
            (links / name).symlink_to(pathlib.Path(binaries) / "kist-helper")
    exec_path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    cache = [f"{exec_path}/git-credential-cache", "--socket", str(pathlib.Path(home.place) / "cache.sock")]
    subprocess.run([*cache, "store"], input=QUESTION[:-1] + b"username=ada\npassword=x\n\n", env=environment, check=True)
    helpers = {
        "git-credential-kist": ([links / "git-credential-kist", "get"], QUESTION, environment),
        "git-credential-cache": ([*cache, "get"], QUESTION, environment),
        "docker-credential-kist": ([links / "docker-credential-kist", "get"], b"registry.example.com", environment),
    }
    secret_service = shutil.which("docker-credential-secretservice")
    if desktop and secret_service:
        stored = b'{"ServerURL":"registry.example.com","Username":"ada","Secret":"x"}'
        subprocess.run([secret_service, "store"], input=stored, env=desktop, check=True)
        helpers["docker-credential-secretservice"] = ([secret_service, "get"], b"registry.example.com", desktop)
    times = {name: [] for name in helpers}
    names = list(helpers)
    for turn in range(rounds):
        # Who comes after the slowest of them finds cold caches and a sleeping processor: each does, as often as the others.
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            command, given, variables = helpers[name]
            took, answer = once(command, given, variables)
            assert b"ada" in answer, f"{name} answered {answer!r}"
            times[name].append(took)
    subprocess.run([*cache, "exit"], env=environment)
    return times


def rows(bench):
    home = bench.home("tools", 10_000)
    for name, url in (("forge", "https://git.example.com"), ("registry", "https://registry.example.com")):
        home.kist(
            "add", "login", "--name", name, "--no-check", "--stdin", "username=ada", f"url={url}", given="s3cr3t-of-a-tool"
        )
    times = measure(bench.binaries, home, home.environment, 100 if bench.quick else 500, bench.desktop().environment)
    bench.raw["helpers of tools, ms"] = times
    found = {name: median(values) for name, values in times.items()}
    git, cache = found["git-credential-kist"], found["git-credential-cache"]
    bench.row(
        "`git-credential-kist get` among 10,000 credentials, whole process",
        f"{git:.2f} ms",
        f"`git-credential-cache get` {cache:.2f} ms",
        f"{git / cache:.2f} ×",
        "≤ 1.2 ×",
        git <= 1.2 * cache,
    )
    docker, other = found["docker-credential-kist"], found.get("docker-credential-secretservice")
    bench.row(
        "`docker-credential-kist get` among 10,000 credentials, whole process",
        f"{docker:.2f} ms",
        f"`docker-credential-secretservice get` {other:.2f} ms" if other else "–",
        f"{docker / other:.2f} ×" if other else "–",
        "≤ 0.5 ×",
        other is not None and docker <= 0.5 * other,
    )


if __name__ == "__main__":

    class Alone:
        """A home of its own, with two credentials."""

        place = pathlib.Path(tempfile.mkdtemp(prefix="kist-tools-"))

    folder = pathlib.Path(sys.argv[1]).resolve()
    alone = Alone()
    (alone.place / "run").mkdir(mode=0o700)
    (alone.place / "passphrase").touch(0o600)
    (alone.place / "passphrase").write_text("correct horse battery")
    variables = {
        "HOME": str(alone.place),
        "XDG_RUNTIME_DIR": str(alone.place / "run"),
        "PATH": f"{folder}:{os.environ['PATH']}",
        "KIST_PASSPHRASE_FILE": str(alone.place / "passphrase"),
    }
    def kist(*arguments, given=None):
        subprocess.run([folder / "kist", *arguments], input=given, env=variables, check=True, stdout=subprocess.DEVNULL)

    kist("init")
    kist("unlock")
    for name, url in (("forge", "https://git.example.com"), ("registry", "https://registry.example.com")):
        given = b"s3cr3t-of-a-tool"
        kist("add", "login", "--name", name, "--no-check", "--stdin", "username=ada", f"url={url}", given=given)
    try:
        for name, values in measure(folder, alone, variables, 300).items():
            print(f"{name:34} {median(values):6.2f} ms   best tenth {sorted(values)[len(values) // 10]:6.2f} ms")
    finally:
        subprocess.run([folder / "kist", "lock"], env=variables, stdout=subprocess.DEVNULL)
        shutil.rmtree(alone.place)
