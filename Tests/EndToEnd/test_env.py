"""`kist env`: each form read by its own program, to the byte; what that program would change is refused.

How many values docker and python-dotenv get: KIST_EXPORT_VALUES, 400 without it (the long form has 100,000). The other readers
get theirs in EnvReadersTests.
"""

import base64
import json
import os
import random
import subprocess

from stubs import DockerEngine
from world import client

COUNT = int(os.environ.get("KIST_EXPORT_VALUES", "400"))
PIECES = "' \" \\ $ ` ! { } ( ) & | ; < > * ? ~ # = % ${ $( << EOF \\n '\\'' %s -n ü ✓ 𝕂 word".split(" ") + [
    " ", "  ", "\n", "\t", "\r", "\x7f", "\x1b[31m", "\u2028", "\ufeff", "\x01", "\x00"
]  # fmt: skip


def values(count, fits):
    """Random values, mostly marks that mean something to somebody, of those that fit."""
    source = random.Random(29)
    found = []
    while len(found) < count:
        value = "".join(source.choice(PIECES) for _ in range(source.randrange(1, 9)))
        # What bash would once have run is refused.
        if fits(value) and not value.startswith("()"):
            found.append(value)
    return found


def stored(world, name, values):
    """Variables V0, V1, … of one credential; its fields are v0, v1, …"""
    secrets = {f"v{i}": base64.b64encode(value.encode()).decode() for i, value in enumerate(values)}
    credential = {"name": name, "platform": "fields", "base64": secrets}
    world.done("import", "-", "--from", "kist", "--yes", given={"kist": 1, "credentials": [credential]})


def batches(world, name, values, size=200):
    for start in range(0, len(values), size):
        part = values[start : start + size]
        stored(world, f"{name}-{start}", part)
        yield f"{name}-{start}".upper().replace("-", "_"), f"{name}-{start}", part


def test_python_dotenv(world):
    """Everything but carriage returns and ${, which it changes whatever one writes."""
    for prefix, name, part in batches(world, "de", values(COUNT, lambda v: not set("\r\0") & set(v) and "${" not in v)):
        path = world.at("private", "dotenv")
        world.done("env", name, "--format", "dotenv", "-o", path, "--overwrite")
        program = f"import dotenv, json; print(json.dumps(dotenv.dotenv_values({path!r})))"
        seen = json.loads(subprocess.run([client("services"), "-c", program], capture_output=True, check=True).stdout)
        assert seen == {f"{prefix}_V{i}": value for i, value in enumerate(part)}
    for bad in ("a${HOME}b", "a\rb", "a\0b"):
        stored(world, "bad", [bad])
        world.fails(125, "env", "bad", "--format", "dotenv")
        world.done("remove", "bad", "--yes")


def test_docker(world):
    """The real command line reads the file and tells its engine."""
    engine = world.stub(DockerEngine)
    path = world.at("private", "docker.env")
    for prefix, name, part in batches(world, "dk", values(COUNT, lambda v: not set("\r\n\0") & set(v))):
        world.done("env", name, "--format", "docker", "-o", path, "--overwrite")
        process = subprocess.run(
            ["docker", "create", "--pull", "never", "--env-file", path, "image"],
            env={**world.environment, "DOCKER_HOST": f"tcp://127.0.0.1:{engine.port}"},
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process
        meant = sorted(f"{prefix}_V{i}={value}" for i, value in enumerate(part))
        wrong = [pair for pair in zip(meant, sorted(engine.environment)) if pair[0] != pair[1]]
        assert len(engine.environment) == len(meant) and not wrong, wrong[:5]
    for bad in ("a\nb", "a\rb", "a\0b", "x" * 65_536):
        stored(world, "line", [bad])
        world.fails(125, "env", "line", "--format", "docker")
        world.done("remove", "line", "--yes")


def test_every_form_of_one_credential(world):
    """The same two variables, eight times; on a terminal or not, and into a file of mode 0600."""
    key = world.secret("kumo", "demo:{}")
    world.add("kumo", {"api_key": key})
    url = "https://demo.kumoai.cloud/api"
    for form, text in {
        "shell": f"export KUMO_API_KEY='{key}'\nexport KUMO_URL='{url}'\n",
        "fish": f"set -gx KUMO_API_KEY '{key}'\nset -gx KUMO_URL '{url}'\n",
        "dotenv": f"KUMO_API_KEY='{key}'\nKUMO_URL='{url}'\n",
        "docker": f"KUMO_API_KEY={key}\nKUMO_URL={url}\n",
        "systemd": f'KUMO_API_KEY="{key}"\nKUMO_URL="{url}"\n',
        "github": f"KUMO_API_KEY={key}\nKUMO_URL={url}\n",
    }.items():
        assert world.done("env", "kumo", "--format", form, may_print=True).out == text
    assert json.loads(world.done("env", "kumo", "--json", may_print=True).out) == {"KUMO_API_KEY": key, "KUMO_URL": url}
    path = world.at("private", "env")
    world.done("env", "kumo", "-o", path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    world.fails(64, "env", "kumo", "--format", "toml")


def test_pristine_takes_away_what_other_platforms_know(world):
    """Keys of other platforms in the caller's environment do not reach the program; everything else does."""
    key = world.secret("mine", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "mine")
    others = {"OPENAI_API_KEY": "x", "PGPASSWORD": "x", "SNOWFLAKE_PASSWORD": "x", "AWS_SECRET_ACCESS_KEY": "x", "EDITION": "y"}
    plain = world.done("run", "mine", "--", "env", environment=others, may_print=True).out
    assert all(f"{name}=" in plain for name in others), plain
    outcome = world.done("run", "--pristine", "mine", "--", "env", environment=others, may_print=True)
    kept = {line.split("=")[0] for line in outcome.out.splitlines()}
    assert "EDITION" in kept and "KUMO_API_KEY" in kept and not kept & (set(others) - {"EDITION"}), outcome
    assert "OPENAI_API_KEY" in outcome.err, outcome
