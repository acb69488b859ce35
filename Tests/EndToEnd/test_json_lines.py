"""Programs in any language: the ten lines of the README in Python and a shell, and what a hostile one gets."""

import base64
import json
import os
import re
import signal
import subprocess
import sys

from world import ROOT

from test_one_time_codes import is_now, key_of


def lines(world, *requests, **settings):
    text = "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in requests)
    outcome = world.kist("provider", "json", given=text, may_print=True, **settings)
    return outcome, [json.loads(line) for line in outcome.out.splitlines()]


def example(language):
    """The example of that language, as it stands in the README."""
    with open(os.path.join(ROOT, "README.md")) as file:
        section = file.read().split("### JSON lines", 1)[1]
    return re.search(rf"```{language}\n(.*?)```", section, re.S).group(1)


def test_requests_and_answers(world):
    key = world.secret("json", "demo:{}")
    totp = key_of(world, "json totp")
    world.add("kumo", {"api_key": key})
    world.add("login", {"username": "ada", "password": world.secret("pw"), "totp": totp}, "--name", "site")
    outcome, answers = lines(
        world,
        {"id": 1, "credential": "kumo"},
        {"id": "two", "credential": "kumo", "fields": ["api_key"], "profile": "default"},
        {"credential": "site", "fields": ["otp"]},
        {"id": 4, "credential": "nobody"},
        {"id": 5, "credential": "kumo", "fields": ["nothing"]},
        {"id": 6, "credential": "kumo", "profile": "empty"},
    )
    assert answers[0] == {
        "id": 1,
        "profile": "default",
        "credential": "kumo",
        "platform": "kumo",
        "revision": answers[0]["revision"],
        "secret": ["api_key"],
        "fields": {"customer_id": "demo", "url": "https://demo.kumoai.cloud/api", "api_key": key},
    }
    assert answers[1]["id"] == "two" and answers[1]["fields"] == {"api_key": key}
    assert is_now(answers[2]["fields"]["otp"], totp)
    assert [a["error"]["kind"] for a in answers[3:]] == ["notFound"] * 3 and outcome.status == 3, outcome


def test_every_value_comes_back_to_the_byte(world):
    values = {"text": "ü🗝\n\t\"\\", "pem": "-----BEGIN X-----\nAA\n-----END X-----\n", "url": "a b&c=%41"}
    world.add("fields", {f"{k}_secret": v for k, v in values.items()}, "--name", "odd")
    raw = bytes(range(128, 256))
    file = world.at("work", "raw")
    with open(file, "wb") as out:
        out.write(raw)
    world.done("add", "fields", "--file", f"raw_key={file}", "--name", "raw", "--no-check")
    _, answers = lines(world, {"credential": "odd"}, {"credential": "raw"})
    stored = answers[0]["fields"]
    assert stored == {f"{k}_secret": v.removesuffix("\n") for k, v in values.items()}, stored
    assert base64.b64decode(answers[1]["fields"]["raw_key"]) == raw and answers[1]["base64"] == ["raw_key"]


def test_hostile_lines(world):
    secret = world.secret("never")
    world.add("login", {"username": "a", "password": secret}, "--name", "mine")
    hostile = [
        "x", "{}", "[]", "null", '{"credential":"mine\\u0000"}', '{"credential":"mine","credential":"mine"}',
        '{"credential":"mine","more":1}', '{"credential":"../mine"}', '{"credential":"*"}', '{"credential":""}',
        '{"credential":"mine","fields":["*"]}', '{"credential":"mine","fields":[]}', '{"credential":"mine","profile":""}',
        '{"credential":"mine"} {"credential":"mine"}', '{"credential":"mi\ud800ne"}'.encode("utf-8", "surrogatepass").decode("latin-1"),
        '{"a":' * 5000, '"' * 60000,
    ]  # fmt: skip
    outcome, answers = lines(world, *hostile)
    assert len(answers) == len(hostile) and all("error" in a for a in answers), outcome
    assert secret not in outcome.out and outcome.status != 0
    longest = world.kist("provider", "json", given="x" * 70_000)
    assert longest.status == 64 and "longer" in longest.err, longest


def test_a_locked_vault_answers_at_once(world):
    world.add("login", {"username": "a", "password": world.secret("shut")}, "--name", "shut")
    world.done("lock")
    try:
        outcome, answers = lines(world, {"id": 1, "credential": "shut"})
        assert outcome.status == 4, outcome
        assert answers[0]["error"]["kind"] == "locked" and answers[0]["error"]["advice"], outcome
    finally:
        world.unlock()


def test_an_agent_that_does_not_answer_is_each_tools_own_error(world):
    """Stopped in the middle of its life, it neither answers nor closes anything; nobody waits for it longer than a moment."""
    world.add("login", {"username": "a", "password": world.secret("stopped")}, "--name", "stopped")
    pid = json.loads(world.done("status", "--json").out)["pid"]
    cluster = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "spec": {"interactive": False}}
    google = {
        "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": "//iam.googleapis.com/x",
        "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": "urn:ietf:params:oauth:token-type:jwt",
    }
    registry = {"v": 1, "kind": "get", "operation": "read", "registry": {"index-url": "https://crates.example/"}}
    # One that was started before, has its connection, and is asked now.
    kept = subprocess.Popen(
        ["kist", "provider", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=world.environment, text=True,
        cwd=world.at("work"),
    )  # fmt: skip

    def ask():
        kept.stdin.write('{"credential":"stopped"}\n')
        kept.stdin.flush()
        return json.loads(kept.stdout.readline())

    assert "fields" in ask()
    os.kill(pid, signal.SIGSTOP)
    try:
        said = ask()["error"]
        assert said["kind"] == "failed" and "in time" in said["message"], said
        outcome, answers = lines(world, {"credential": "stopped"})
        assert outcome.status == 125 and answers[0]["error"]["kind"] == "failed", outcome
        cargo = world.kist("provider", "cargo", "--cargo-plugin", given=json.dumps(registry) + "\n")
        assert "in time" in json.loads(cargo.out.splitlines()[1])["Err"]["message"], cargo
        environment = {"KUBERNETES_EXEC_INFO": json.dumps(cluster)}
        kubectl = world.fails(125, "provider", "kubectl", "stopped", environment=environment)
        assert kubectl.out == "" and "in time" in kubectl.err, kubectl
        gcp = world.fails(125, "provider", "gcp", "stopped", environment=google)
        assert json.loads(gcp.out)["success"] is False, gcp
    finally:
        os.kill(pid, signal.SIGCONT)
    assert lines(world, {"credential": "stopped"})[0].status == 0
    assert "fields" in ask()
    kept.stdin.close()
    assert kept.wait(60) == 0


def test_the_examples_of_the_readme(world):
    key = world.secret("example", "demo:{}")
    world.add("kumo", {"api_key": key}, "--name", "kumo-example")
    for language, command in (("python", [sys.executable, "-c"]), ("sh", ["sh", "-c"])):
        text = example(language).replace('"kumo"', '"kumo-example"')
        process = subprocess.run(
            [*command, text], env=world.environment, capture_output=True, text=True, timeout=60, cwd=world.at("work")
        )
        assert process.returncode == 0 and process.stdout.strip() == key, process
