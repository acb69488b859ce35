"""The AWS CLI and botocore with a stand-in of AWS on this machine (moto)."""

import json
import os
import shlex
import signal
import socket
import subprocess
import time

from world import client

KEY = "AKIAIOSFODNN7EXAMPLE"


class Moto:
    """moto's server, as AWS's token service."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = subprocess.Popen(
            [client("aws"), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(1_200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._server.poll() is None, self._server.stderr.read()
                time.sleep(0.1)
        raise AssertionError("moto did not start")

    def close(self):
        self._server.kill()
        self._server.wait()


def aws(world, moto, *arguments, profile="work"):
    process = subprocess.run(
        [client("aws"), "-m", "awscli", "--profile", profile, "--endpoint-url", moto.url, "--region", "us-east-1", *arguments],
        env={**world.environment, "AWS_EC2_METADATA_DISABLED": "true"},
        cwd=world.at("work"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = world.canaries.found_in((process.stdout + process.stderr).encode())
    assert not found, f"printed by aws: {found}"
    return process


def provide(world, *arguments, **settings):
    return world.kist("provider", "aws", *arguments, may_print=True, **settings)


def test_keys_reach_the_aws_cli_and_botocore(world):
    moto = world.keep(Moto())
    secret = world.secret("aws secret", "{}ABCDEFGHIJ012345")
    world.add("aws", {"access_key_id": KEY, "secret_access_key": secret, "url": moto.url}, "--name", "work")
    answer = json.loads(provide(world, "work").out)
    assert answer == {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": secret}
    assert aws(world, moto, "sts", "get-caller-identity").returncode != 0
    assert "credential_process" in world.done("setup", "aws", "work", "--show").out
    world.done("setup", "aws", "work")
    who = aws(world, moto, "sts", "get-caller-identity")
    assert who.returncode == 0 and json.loads(who.stdout)["Account"], who
    code = "import botocore.session as s; c = s.Session(profile='work').get_credentials(); print(c.method, c.access_key)"
    process = subprocess.run(
        [client("aws"), "-c", code], env=world.environment, capture_output=True, text=True, timeout=60
    )
    assert process.stdout == f"custom-process {KEY}\n", process
    world.done("setup", "aws", "work", "--undo")
    assert "kist" not in open(world.at("home", ".aws", "config")).read()
    # What it says to take it back does.
    said = world.done("setup", "aws", "work", "--as", "an.other").out.split("take it back:")[1].split("\n")[0]
    assert "an.other" in open(world.at("home", ".aws", "config")).read()
    program, *words = shlex.split(said)
    assert program == "kist" and "--as" in words, said
    world.done(*words)
    assert "kist" not in open(world.at("home", ".aws", "config")).read()
    assert '"aws"' in world.done("audit", "work", "--json").out


def test_temporary_keys_of_a_role(world):
    moto = world.keep(Moto())
    secret = world.secret("role secret", "{}ABCDEFGHIJ012345")
    role = "arn:aws:iam::123456789012:role/build"
    fields = {"access_key_id": KEY, "secret_access_key": secret, "url": moto.url, "role_arn": role, "duration": "3600"}
    world.add("aws", fields, "--name", "build")
    first = json.loads(provide(world, "build").out)
    world.canaries.plant("temporary secret", first["SecretAccessKey"])
    assert first["AccessKeyId"].startswith("ASIA") and first["SessionToken"], first
    left = time.mktime(time.strptime(first["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 3_000 < left <= 3_700, first
    # Held by the agent: the same keys again, also when AWS is out of reach.
    assert json.loads(provide(world, "build").out) == first
    other = json.loads(provide(world, "build", "--duration", "900").out)
    assert other["AccessKeyId"] != first["AccessKeyId"]
    world.done("setup", "aws", "build")
    who = aws(world, moto, "sts", "get-caller-identity", profile="build")
    assert "assumed-role/build/kist" in who.stdout, who
    moto.close()
    assert json.loads(provide(world, "build").out) == first
    world.done("lock")
    world.unlock()
    gone = provide(world, "build")
    assert gone.status == 2 and gone.out == "" and "did not answer" in gone.err, gone


def test_a_second_factor(world):
    moto = world.keep(Moto())
    secret = world.secret("mfa secret", "{}ABCDEFGHIJ012345")
    fields = {
        "access_key_id": KEY,
        "secret_access_key": secret,
        "url": moto.url,
        "mfa_serial": "arn:aws:iam::123456789012:mfa/ada",
    }
    world.add("aws", fields, "--name", "factor")
    alone = provide(world, "factor")
    assert alone.status == 4 and alone.out == "" and "a code of" in alone.err, alone
    world.add("aws", {**fields, "totp": world.secret("totp", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")}, "--name", "coded")
    answer = json.loads(provide(world, "coded").out)
    assert answer["SessionToken"] and answer["Expiration"], answer
    assert "otp" in world.done("audit", "coded", "--json").out


def test_locked_and_broken_aws_is_told_so(world):
    world.add("aws", {"access_key_id": KEY, "secret_access_key": world.secret("s", "{}ABCDEFGHIJ012345")}, "--name", "shut")
    assert provide(world, "nothing").status == 3
    assert provide(world).status == 64
    assert provide(world, "shut", "--nonsense", "x").status == 64
    assert provide(world, "shut", "--duration", "1").status == 64
    pid = json.loads(world.done("status", "--json").out)["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        outcome = provide(world, "shut")
        assert outcome.status == 125 and outcome.out == "" and "in time" in outcome.err, outcome
    finally:
        os.kill(pid, signal.SIGCONT)
    world.done("lock")
    outcome = provide(world, "shut")
    assert outcome.status == 4 and outcome.out == "" and "kist unlock" in outcome.err, outcome
    world.unlock()
