"""The wheel: installed into a fresh environment it is everything that is needed, and the same inputs make the same bytes.

KIST_WHEEL is the one to try (Scripts/test makes it); without it one is made with the programs under test.
"""

import atexit
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from home import ROOT, Home, binaries

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="kist-wheel-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def make(name, programs=None):
    command = [ROOT / "Scripts/wheel", "--out", FOLDER / name, "--programs", programs or binaries()]
    return pathlib.Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def wheel():
    return pathlib.Path(os.environ.get("KIST_WHEEL") or make("tried"))


def environment():
    """A fresh virtual environment with the wheel; pip may ask nobody for anything."""
    place = FOLDER / "environment"
    if not place.exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True)
        command = [
            place / "bin/python",
            "-m",
            "pip",
            "install",
            "--no-index",
            "--no-deps",
            "--disable-pip-version-check",
        ]
        done = subprocess.run([*command, wheel()], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return place


def test_the_same_inputs_make_the_same_bytes():
    programs = FOLDER / "stand-ins"
    programs.mkdir()
    for name in ("kist", "kist-agent", "kist-helper", "kist-prompter"):
        (programs / name).write_bytes(name.encode() * 1_000)
    first = make("first", programs)
    os.utime(programs / "kist", (1, 1))
    os.chmod(programs / "kist", 0o640)
    second = make("second", programs)
    assert first.name == second.name and first.read_bytes() == second.read_bytes()


def test_a_fresh_environment_has_import_kist_and_kist_on_path():
    """With nothing else on PATH: vault, agent and value come out of the wheel alone."""
    place = environment()
    with Home(vault=False) as home:
        home.environment["PATH"] = f"{place}/bin:/usr/bin:/bin"
        del home.environment["PYTHONPATH"]
        version = subprocess.run(["kist", "--version"], env=home.environment, capture_output=True, text=True)
        assert version.stdout.strip() == "0.1.0", version
        home.kist("init", "--recovery-file", home.at("code"), **home.key())
        home.unlock()
        home.add("kumo", {"api_key": "demo:wheel-canary"})
        code = "import kist, kist._programs; print(kist.__file__, kist._programs.folder(), kist.get('kumo'))"
        python = str(place / "bin/python")
        module, programs, value = home.python(code, executable=python).split()
        assert module.startswith(str(place)) and programs.startswith(str(place)) and value == "demo:wheel-canary"
        load = "import kist, os; kist.load('kumo'); print(os.environ['KUMO_URL'])"
        assert home.python(load, executable=python).strip() == "https://demo.kumoai.cloud/api"
        # The status and the signals are the program's own.
        assert home.kist("get", "nothing", status=3) == b""


def test_without_a_runtime_folder_as_in_a_hosted_notebook():
    place = environment()
    with Home(vault=False, runtime=False) as home:
        home.environment["PATH"] = f"{place}/bin:/usr/bin:/bin"
        del home.environment["PYTHONPATH"]
        home.kist("init", "--recovery-file", home.at("code"), **home.key())
        home.add("kumo", {"api_key": "demo:hosted-canary"}, **home.key())
        code = "import kist; print(kist.get('kumo'))"
        assert home.python(code, executable=str(place / "bin/python"), **home.key()).strip() == "demo:hosted-canary"


def test_it_is_typed_and_has_nothing_that_only_a_checkout_needs():
    with zipfile.ZipFile(wheel()) as archive:
        names = set(archive.namelist())
        assert {"kist/py.typed", "kist/_data.json", "kist/keyring_backend.py", "kist/notebook/__init__.py"} <= names
        assert not [name for name in names if "_source" in name or "__pycache__" in name or "Tests" in name]
        for name in ("kist", "kist-agent", "kist-helper", "kist-prompter"):
            assert archive.getinfo(f"kist/bin/{name}").external_attr >> 16 & 0o777 == 0o755
        assert "kist = kist.keyring_backend" in archive.read("kist-0.1.0.dist-info/entry_points.txt").decode()


def test_programs_of_the_wheel_need_nothing_of_the_machine():
    """Only of a wheel that was made for others: the programs under test need the libraries of this machine."""
    if not os.environ.get("KIST_WHEEL"):
        return
    with zipfile.ZipFile(wheel()) as archive:
        for name in ("kist", "kist-agent", "kist-helper", "kist-prompter"):
            path = archive.extract(f"kist/bin/{name}", FOLDER / "programs")
            headers = subprocess.run(["readelf", "-l", "-d", path], capture_output=True, text=True, check=True).stdout
            assert "NEEDED" not in headers and "INTERP" not in headers, (name, headers)
