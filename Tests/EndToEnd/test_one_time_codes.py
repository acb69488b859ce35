"""Codes of a second factor, compared with another implementation of the standard."""

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time

from world import ROOT


def code(key, digits=6, period=30, algorithm=hashlib.sha1, now=None):
    """RFC 6238 in five lines."""
    counter = struct.pack(">Q", int(time.time() if now is None else now) // period)
    digest = hmac.new(base64.b32decode(key), counter, algorithm).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def is_now(given, key, **settings):
    """Whether `given` is the code of this moment, or of the one that just ended."""
    period = settings.get("period", 30)
    return given in {code(key, now=time.time() - ago, **settings) for ago in (0, period)}


def key_of(world, name):
    """A random key in base 32, looked for everywhere like any secret."""
    return world.canaries.plant(name, base64.b32encode(os.urandom(20)).decode())


def test_a_one_time_code_from_vault_and_bundle(world):
    key = key_of(world, "totp key")
    address = f"otpauth://totp/Site:ada?secret={key}&digits=8&period=60&algorithm=SHA256"
    world.add("login", {"username": "ada", "password": world.secret("site"), "totp": key}, "--name", "site")
    world.add("login", {"username": "ada", "password": world.secret("eight"), "totp": address}, "--name", "eight")
    assert is_now(world.done("get", "site", "otp").out, key)
    assert is_now(world.done("get", "eight", "otp").out, key, digits=8, period=60, algorithm=hashlib.sha256)
    # References, and a program's environment.
    assert is_now(world.done("get", "kist://site/otp").out, key)
    env_file = world.at("work", "one-time.env")
    with open(env_file, "w") as file:
        file.write("CODE=kist://site/otp\n")
    assert is_now(world.done("run", "--env-file", env_file, "--", "printenv", "CODE").out.strip(), key)
    # Whoever asks the agent gets the code, in any language.
    python = subprocess.run(
        [sys.executable, "-c", "import kist; print(kist.get('site', 'otp'))"],
        env={**world.environment, "PYTHONPATH": os.path.join(ROOT, "Sources", "Python")},
        capture_output=True,
        text=True,
    )
    assert is_now(python.stdout.strip(), key), python
    # The trail says what was handed out: the code, not its key.
    assert "otp" in world.done("audit", "site").out
    assert "kist get site otp" in world.done("show", "site").out
    identity, bundle = world.at("home", "machine.identity"), world.at("home", "site.kist")
    recipient = re.search(r"kist-recipient-\S+", world.done("identity", "create", "-o", identity).out).group()
    sealed = world.kist("seal", "site", "--to", recipient, "-o", bundle)
    assert sealed.status == 0, sealed
    outcome = world.done("get", "site", "otp", environment={"KIST_BUNDLE": bundle, "KIST_IDENTITY_FILE": identity})
    assert is_now(outcome.out, key), outcome


def test_what_is_no_key_of_codes(world):
    for wrong in ("no base 32!", "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1", "GEZD"):
        outcome = world.fails(
            64, "add", "login", "--stdin", "--no-check", "--name", "wrong", given={"username": "a", "password": "b", "totp": wrong}
        )
        assert "one-time codes" in outcome.err and wrong not in outcome.err, outcome
    world.add("fields", {"totp": "free text"}, "--name", "free")
    outcome = world.kist("get", "free", "otp")
    assert outcome.status == 64 and "base 32" in outcome.err, outcome
    world.add("login", {"username": "a", "password": world.secret("plain")}, "--name", "plain")
    world.fails(3, "get", "plain", "otp")
