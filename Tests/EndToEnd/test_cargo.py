"""cargo itself, with a registry on this machine that wants a token for everything."""

import json
import os
import shutil
import subprocess

from stubs import CargoRegistry

# Where cargo and rustc are, whatever HOME is; rustup's stand-ins would look there.
SYSROOT = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()


def project(world, registry, name):
    """A package that needs one from the registry, and cargo set up for both."""
    folder = world.at("work", name)
    os.makedirs(os.path.join(folder, "src"))
    with open(os.path.join(folder, "Cargo.toml"), "w") as file:
        file.write(
            f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n\n'
            '[dependencies]\ntreasure = { version = "0.1", registry = "local" }\n'
        )
    with open(os.path.join(folder, "src", "lib.rs"), "w") as file:
        file.write("pub use treasure::gold;\n")
    os.makedirs(world.at("home", ".cargo"), exist_ok=True)
    with open(world.at("home", ".cargo", "config.toml"), "w") as file:
        file.write(f'[registries.local]\nindex = "{registry.index}"\n\n[net]\nretry = 0\n')
    return folder


def cargo(world, folder, *arguments, given=None, environment=None):
    path = f"{SYSROOT}/bin:{world.environment['PATH']}"
    process = subprocess.run(
        ["cargo", *arguments],
        cwd=folder,
        env={**world.environment, "PATH": path, "CARGO_TERM_COLOR": "never", **(environment or {})},
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not found, f"printed by cargo: {found}"
    return process


def test_fetch_publish_and_owners(world):
    token = world.secret("cargo token")
    registry = world.stub(CargoRegistry, tokens={token})
    folder = project(world, registry, "miner")
    world.add("cargo-registry", {"token": token, "index": registry.index, "registry": "local"}, "--variant", "registry", "--name", "crates")
    without = cargo(world, folder, "fetch")
    assert without.returncode != 0 and "credential" in without.stderr + without.stdout or "token" in without.stderr, without
    shown = world.done("setup", "cargo", "--show").out
    assert "credential-alias" in shown and not os.path.exists(world.at("home", ".cargo", "credentials.toml"))
    world.done("setup", "cargo")
    fetched = cargo(world, folder, "fetch")
    assert fetched.returncode == 0, fetched
    assert {r["headers"].get("authorization") for r in registry.received()} <= {None, token}
    owners = cargo(world, folder, "owner", "--list", "treasure", "--registry", "local")
    assert owners.returncode == 0 and "ada" in owners.stdout, owners
    published = cargo(world, folder, "publish", "--registry", "local", "--no-verify", "--allow-dirty")
    assert len(registry.published) == 1, published
    assert "cargo publish miner" in world.done("audit", "crates", "--json").out
    before = open(world.at("home", ".cargo", "config.toml")).read()
    world.done("setup", "cargo")
    assert open(world.at("home", ".cargo", "config.toml")).read() == before
    world.done("setup", "cargo", "--undo")
    assert "kist" not in open(world.at("home", ".cargo", "config.toml")).read()


def test_login_and_logout(world):
    first, second = world.secret("first token"), world.secret("second token")
    registry = world.stub(CargoRegistry, tokens={second})
    folder = project(world, registry, "smith")
    world.done("setup", "cargo")
    for token in (first, second):
        logged = cargo(world, folder, "login", "--registry", "local", given=token + "\n")
        assert logged.returncode == 0, logged
    stored = json.loads(world.done("show", "local", "--json").out)
    assert stored["platform"] == "cargo-registry" and stored["plain"]["index"] == registry.index[7:].rstrip("/")
    assert len(world.done("history", "local", "--json").out.split('"revision"')) == 3
    assert not os.path.exists(world.at("home", ".cargo", "credentials.toml"))
    assert cargo(world, folder, "fetch").returncode == 0
    # A logout destroys nothing, and cargo gets it no more until somebody logs in again.
    assert cargo(world, folder, "logout", "--registry", "local").returncode == 0
    assert world.done("get", "local", may_print=True).out == second
    shutil.rmtree(world.at("home", ".cargo", "registry"), ignore_errors=True)
    assert cargo(world, folder, "fetch").returncode != 0
    assert cargo(world, folder, "login", "--registry", "local", given=second + "\n").returncode == 0
    assert cargo(world, folder, "fetch").returncode == 0


def test_another_registry_gets_nothing(world):
    token = world.secret("for one registry")
    registry, other = world.stub(CargoRegistry, tokens={token}), world.stub(CargoRegistry, tokens={token})
    world.add("cargo-registry", {"token": token, "index": registry.index}, "--variant", "registry", "--name", "mine")
    folder = project(world, other, "thief")
    world.done("setup", "cargo")
    assert cargo(world, folder, "fetch").returncode != 0
    assert all("authorization" not in r["headers"] for r in other.received())


def test_a_locked_vault_is_cargos_own_error(world):
    token = world.secret("locked token")
    registry = world.stub(CargoRegistry, tokens={token})
    world.add("cargo-registry", {"token": token, "index": registry.index}, "--variant", "registry", "--name", "locked")
    folder = project(world, registry, "locksmith")
    world.done("setup", "cargo")
    world.done("lock")
    try:
        outcome = world.helper(
            "cargo", "--cargo-plugin",
            given=json.dumps({"v": 1, "kind": "get", "operation": "read", "registry": {"index-url": registry.index}}) + "\n",
        )
        hello, error = map(json.loads, outcome.out.splitlines())
        assert hello == {"v": [1]} and error["Err"]["kind"] == "other" and "locked" in error["Err"]["message"], outcome
        fetched = cargo(world, folder, "fetch")
        assert fetched.returncode != 0 and "the vault is locked" in fetched.stderr, fetched
    finally:
        world.unlock()
    assert cargo(world, folder, "fetch").returncode == 0
