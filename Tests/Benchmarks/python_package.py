"""What a look-up costs a Python program, beside a bare interpreter and beside `keyring get` on the Secret Service."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from bed import hyperfine

# An interpreter that nothing was added to, so that its own start is short.
PYTHON = "/usr/bin/python3"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def prepare(bench, home, desktop):
    """The package as it is installed, compiled; the programs; one item in the keyring."""
    root = bench.folder / "python"
    shutil.copytree(ROOT / "Sources/Python/kist", root / "kist", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([PYTHON, "-m", "compileall", "-q", root], check=True)
    programs = {"bare": "", "import": "import kist\n", "get": "import kist\nkist.get('bench-000042')\n"}
    for name, text in programs.items():
        (root / f"{name}.py").write_text(text)
    subprocess.run([ROOT / "Scripts/clients", "keyring"], check=True, stdout=sys.stderr)
    clients = os.environ.get("KIST_CLIENTS") or os.path.expanduser("~/.cache/kist/clients")
    keyring = f"{clients}/keyring/bin/keyring"
    subprocess.run([keyring, "set", "bench", "ada"], input=b"sk-bench-000042", env=desktop.environment, check=True)
    found = subprocess.run([keyring, "get", "bench", "ada"], env=desktop.environment, check=True, capture_output=True)
    assert found.stdout.strip() == b"sk-bench-000042", found
    check = subprocess.run(
        [PYTHON, "-c", "import kist; print(kist.get('bench-000042'))"],
        env={**home.environment, "PYTHONPATH": str(root)},
        check=True,
        capture_output=True,
    )
    assert check.stdout.startswith(b"sk-bench-000042"), check
    return [[PYTHON, root / f"{name}.py"] for name in programs] + [[keyring, "get", "bench", "ada"]]


def rows(bench):
    home, desktop = bench.home("python", 1_000), bench.desktop()
    commands = prepare(bench, home, desktop)
    environment = {
        **desktop.environment,
        **home.environment,
        "DBUS_SESSION_BUS_ADDRESS": desktop.environment["DBUS_SESSION_BUS_ADDRESS"],
    }
    times = [[] for _ in commands]
    for _ in range(bench.rounds):  # in turn, so that a busy moment hits all of them
        for sink, new in zip(times, hyperfine(commands, environment, bench.folder, bench.runs // 4)):
            sink += new
    bench.raw["Python, ms"] = dict(zip(("bare", "import kist", "kist.get", "keyring get"), times))
    bare, imported, get, keyring = map(statistics.median, times)
    bench.row(
        '`import kist; kist.get("kumo")`, whole process',
        f"{get:.1f} ms",
        f"bare Python {bare:.1f} ms, `import kist` {imported:.1f} ms",
        f"+{get - bare:.1f} ms",
        "≤ +15 ms",
        get - bare <= 15,
    )
    bench.row(
        "the same",
        f"{get:.1f} ms",
        f"`keyring get` on the Secret Service {keyring:.1f} ms",
        f"{get / keyring:.2f} ×",
        "≤ 0.2 ×",
        get <= keyring / 5,
    )
