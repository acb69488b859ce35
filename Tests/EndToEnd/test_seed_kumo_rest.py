"""Following Kumo's page on its REST API: the key in a header, and runs on a schedule with nobody there."""

import os
import subprocess

from stubs import Kumo


def stored(world, name):
    key = world.secret(name, "demo:{}")
    stub = world.stub(Kumo, accepted={key})
    world.add("kumo", {"api_key": key, "url": stub.url}, "--name", name)
    return stub, key


def test_key_goes_into_the_header(world):
    """The very line that `kist how` prints for curl, run by a shell; the key is in no process's arguments."""
    stub, key = stored(world, "kumo")
    lines = world.done("how", "kumo", "curl").out.splitlines()
    (line,) = [line.strip() for line in lines if line.strip().startswith("kist curl")]
    process = subprocess.run(["sh", "-c", line], env=world.environment, capture_output=True, text=True)
    assert process.returncode == 0, process
    assert stub.received()[0]["headers"]["x-api-key"] == key


def test_form_of_the_key_is_checked(world):
    """Customer, colon, secret: a key of another form is refused before anything is sent or stored."""
    for number, wrong in enumerate(("no-colon-at-all", ":no-customer", "no-secret:", "with space:in it")):
        outcome = world.kist("add", "kumo", "--name", f"odd-{number}", "--stdin", "--no-check", given=wrong)
        assert outcome.status not in (0, 1, 2) and wrong not in outcome.err, outcome
        world.fails(3, "show", f"odd-{number}")


def test_scheduled_run_needs_nobody(world):
    """A cron job's bare environment, a locked vault, a passphrase in a private file."""
    stub, key = stored(world, "nightly")
    world.done("lock")
    bare = {
        "HOME": world.at("home"),
        "PATH": world.environment["PATH"],
        "SHELL": "/bin/sh",
        "KIST_PASSPHRASE_FILE": world.passphrase_file,
    }
    job = (
        'exec kist run --isolated nightly -- sh -c \'printf "X-API-Key: %s" "$KUMO_API_KEY" | '
        'curl -sSf -H @- "$KUMO_URL/v1/connectors"\''
    )
    process = subprocess.run(["sh", "-c", job], env=bare, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert process.returncode == 0, process
    assert stub.received()[0]["headers"]["x-api-key"] == key
    world.unlock()


def test_scheduled_run_fails_loudly_when_the_key_was_reset(world):
    """Somebody made a new key: every earlier one is dead, and the job's check says so before any work is done."""
    stub, _ = stored(world, "reset")
    stub.accepted = set()
    process = subprocess.run(
        ["sh", "-c", "kist check reset && touch worked"],
        env=world.environment,
        cwd=world.at("work"),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1 and "refused" in process.stdout, process
    assert not os.path.exists(world.at("work", "worked"))
