"""kist.toml and TOML: read as the command line reads them, with nothing taken that Python's own reader refuses."""

import os
import random
import sys

import kist
from home import ROOT, Home, raises
from kist import _project, _toml

FILES = [path.read_text() for path in sorted((ROOT / "Sources/KistPlatforms/Data").glob("*.toml"))]
ODD = """profile = "p"
use = ["a", { name = "b", prefix = "EU_" }]
[env]
A = "kist://a/b"
[op]
"x" = 'y'
a.b.c = 1
[[q]]
[[q.r]]
[q.s]
x = \"\"\"a\\
   b\"\"\"
y = '''z'''''
n = 0x1F
m = [-1, +2, 1_000, true, false]
"""


def test_what_is_taken_means_the_same_to_pythons_own_reader():
    if sys.version_info < (3, 11):
        assert all(_toml.parse(text) for text in FILES)
        return  # there is none before 3.11
    import tomllib

    assert all(_toml.parse(text) == tomllib.loads(text) for text in [*FILES, ODD])
    source, taken = random.Random(20261121), 0
    for number in range(8_000):
        text = list(ODD if number % 2 else source.choice(FILES)[:400])
        for _ in range(source.randrange(4)):
            at = source.randrange(len(text))
            text[at : at + source.randrange(3)] = source.choices(
                "\"'[]{}=.,#\\\n\r \tab1_-+xé\0\x7fu", k=source.randrange(3)
            )
        try:
            found = _toml.parse("".join(text))
        except _toml.TOMLError:
            continue
        assert found == tomllib.loads("".join(text))
        taken += 1
    assert taken > 1_000


def test_anything_is_taken_or_refused_and_nothing_is_quoted():
    for text in (
        "[" * 100_000,
        "a = " + "[" * 100_000,
        "a" + ".a" * 100_000 + "=1",
        "{" * 1_000,
        "\0",
        "a = 1979-05-27",
        "a=1.5",
    ):
        error = raises(_toml.TOMLError, lambda: _toml.parse(text))
        assert len(str(error)) < 200
    assert "secret" not in str(raises(_toml.TOMLError, lambda: _toml.parse('a = "secret" "secret"')))


def project(home, text, name="kist.toml"):
    path = home.at("work", name)
    with open(path, "w") as file:
        file.write(text)
    return path


def test_a_kist_toml_counts_for_nothing_until_it_is_trusted():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:project-canary"})
        home.add("login", {"username": "ada", "password": "other-canary"}, "--name", "kafka")
        text = 'use = [{ name = "kumo", prefix = "EU_" }]\n[env]\nKAFKA = "kist://kafka/password"\n'
        path = project(home, text)
        with home.inside():
            error = raises(kist.NotTrusted, lambda: kist.load())
            assert "kist trust" in str(error)
            with home.inside(KIST_TRUST=_project.read(path).digest):
                with kist.env():
                    assert (
                        os.environ["KAFKA"] == "other-canary" and os.environ["EU_KUMO_API_KEY"] == "demo:project-canary"
                    )
                    assert "KUMO_API_KEY" not in os.environ
        home.kist("trust", "--yes")
        with home.inside():
            with kist.env() as loaded:
                assert sorted(loaded.variables) == ["EU_KUMO_API_KEY", "EU_KUMO_URL", "KAFKA"]
            project(home, text + "\n")
            raises(kist.NotTrusted, lambda: kist.load())


def test_the_profile_of_a_folder_is_used_only_when_it_is_trusted():
    with Home() as home:
        home.unlock()
        home.kist("profile", "create", "prod")
        home.add("kumo", {"api_key": "demo:default-canary"})
        home.add("kumo", {"api_key": "demo:prod-canary"}, "-p", "prod")
        project(home, 'profile = "prod"\n')
        with home.inside():
            raises(kist.NotTrusted, lambda: kist.get("kumo"))
            assert kist.get("kumo", profile="default") == "demo:default-canary"
        with home.inside(KIST_PROFILE="prod"):
            assert kist.get("kumo") == "demo:prod-canary"
        home.kist("trust", "--yes")
        with home.inside():
            assert kist.get("kumo") == "demo:prod-canary"


HOSTILE = {
    "a variable that runs code": '[env]\nLD_PRELOAD = "kist://a/b"\n',
    "a variable of Kist's own": '[env]\nKIST_VAULT = "kist://a/b"\n',
    "a name with a line end": '[env]\n"A\\nB" = "kist://a/b"\n',
    "a value that is no reference": '[env]\nA = "secret"\n',
    "a command": 'run = "rm -rf /"\n',
    "a path": 'vault = "/tmp/evil"\n',
    "a name that is none": 'use = ["../kumo"]\n',
    "a name that is a number": "use = [1]\n",
    "a prefix that is code": 'use = [{ name = "kumo", prefix = "LD_PRELOAD=" }]\n',
    "an item with a command": 'use = [{ name = "kumo", run = "x" }]\n',
    "the same twice": 'use = ["kumo", "kumo"]\n',
    "a list of everything": 'use = "*"\n',
    "a profile that is none": 'profile = ["a"]\n',
    "no TOML": "use = [",
    "not UTF-8": "use = ['\udcff']",
    "too long": "#" * 70_000,
}


def test_a_hostile_kist_toml_is_refused_as_the_command_line_refuses_it():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:hostile-canary"})
        for what, text in HOSTILE.items():
            path = home.at("work", "kist.toml")
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            with home.inside():
                error = raises(kist.KistError, lambda: kist.load())
                assert "secret" not in str(error), what
            assert home.kist("run", "--", "true", status=125) == b"", what
        os.unlink(path)
        os.symlink(home.at("passphrase"), path)
        with home.inside():
            assert "symbolic link" in str(raises(kist.KistError, lambda: kist.load()))
        os.unlink(path)
        os.mkfifo(path)
        with home.inside():
            raises(kist.KistError, lambda: kist.load())


def test_a_prefix_cannot_make_a_dangerous_name():
    with Home() as home:
        home.unlock()
        home.add("fields", {"PRELOAD": "/tmp/evil.so"}, "--name", "x")
        path = project(home, 'use = [{ name = "x", prefix = "LD_" }]\n')
        with home.inside(KIST_TRUST=_project.read(path).digest):
            assert "LD_PRELOAD" in str(raises(kist.UsageError, lambda: kist.load()))
            assert "LD_PRELOAD" not in os.environ


def test_a_path_with_a_line_break_is_never_trusted():
    """Or the name of a folder could write a line of the list of what is trusted."""
    from kist import NotTrusted, _places, _project

    with Home(vault=False) as home, home.inside():
        state = _places.find().state
        os.makedirs(state, 0o700, exist_ok=True)
        for name, counts in (("plain", True), ("a\rb", False), ("a\x1bb", False), ("a\x7fb", False), ("a\nb", False)):
            os.mkdir(home.at("work", name))
            with open(home.at("work", name, "kist.toml"), "w") as file:
                file.write('profile = "prod"\n')
            project = _project.read(home.at("work", name, "kist.toml"))
            with open(state + "/trust", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(f"{project.digest}  {project.path}\n")
            if counts:
                project.require_trust()
            else:
                raises(NotTrusted, project.require_trust)
