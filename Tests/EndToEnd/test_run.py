"""`kist run`: what the program gets, what stops it, and the exit statuses."""

import os

from stubs import Kumo


def stored(world, name, **fields):
    key = world.secret(name, "demo:{}")
    world.add("kumo", {"api_key": key, **fields}, "--name", name)
    return key


def test_exit_status_and_signals_are_the_programs_own(world):
    stored(world, "status")
    for status in (0, 1, 3, 42, 125):
        assert world.kist("run", "status", "--", "sh", "-c", f"exit {status}").status == status
    assert world.kist("run", "status", "--", "sh", "-c", "kill -TERM $$").status in (-15, 143)


def test_program_is_the_same_process(world):
    """exec, not a child: no parent stays that could hold a secret or lose a signal."""
    stored(world, "same")
    outcome = world.done("run", "same", "--", "sh", "-c", "cat /proc/$$/stat | cut -d' ' -f4")
    assert outcome.out.strip() == str(os.getpid()), outcome


def test_only_the_named_credential_is_handed_over(world):
    stored(world, "mine")
    other = world.secret("other")
    world.add("epigos", {"api_key": other, "scope": "inference"}, "--name", "not-mine")
    outcome = world.done("run", "mine", "--", "env", may_print=True)
    assert other not in outcome.out and "EPIGOS" not in outcome.out, outcome
    assert "KUMO_API_KEY=" in outcome.out


def test_not_found_and_not_executable(world):
    stored(world, "which")
    assert world.kist("run", "which", "--", "no-such-program").status == 127
    plain = world.at("work", "plain")
    open(plain, "w").close()
    assert world.kist("run", "which", "--", plain).status == 126


def test_without_names_nothing_is_guessed(world):
    outcome = world.fails(125, "run", "--", "true")
    assert "kist run" in outcome.err and "kist use" in outcome.err, outcome


def test_missing_credential_is_125(world):
    outcome = world.fails(125, "run", "absent", "--", "true")
    assert "absent" in outcome.err


def test_expired_is_refused_with_its_date(world):
    key = world.secret("stale")
    world.add("cloudera-ml", {"domain": "ml.example.com", "api_key": key, "expires": "2020-01-01"}, "--name", "stale")
    outcome = world.fails(125, "run", "stale", "--", "true")
    assert "stale" in outcome.err and "2020" in outcome.err, outcome
    world.done("run", "--allow-expired", "stale", "--", "true")


def test_two_sources_for_one_variable(world):
    stored(world, "one")
    stored(world, "two")
    outcome = world.fails(125, "run", "one", "two", "--", "true")
    assert "one" in outcome.err and "two" in outcome.err and "KUMO_API_KEY" in outcome.err, outcome


def test_locked_with_nobody_to_ask(world):
    stored(world, "shut")
    world.done("lock")
    outcome = world.fails(125, "run", "shut", "--", "true")
    assert "locked" in outcome.err, outcome
    world.fails(4, "get", "shut")
    world.unlock()


def test_passphrase_file_opens_for_one_command(world):
    """The nightly job's way, while nobody is there; afterwards the vault is locked as before."""
    key = stored(world, "nightly")
    stub = world.stub(Kumo, accepted={key})
    world.done("edit", "nightly", f"url={stub.url}", "--no-check")
    world.done("lock")
    outcome = world.python(
        "nightly",
        "kumoai-2.22.0",
        "import os, kumoai; kumoai.init(url=os.environ['KUMO_URL'])",
        environment={"KIST_PASSPHRASE_FILE": world.passphrase_file},
    )
    assert outcome.status == 0, outcome
    assert stub.received()[0]["headers"]["x-api-key"] == key
    world.fails(4, "get", "nightly")
    world.unlock()


def test_wrong_passphrase_is_5(world):
    world.done("lock")
    wrong = world.at("private", "wrong")
    with open(wrong, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write("not the passphrase")
    world.fails(5, "unlock", environment={"KIST_PASSPHRASE_FILE": wrong})
    world.unlock()
