"""What a program gets: values, credentials, variables; and what it is told when there is nothing to get."""

import json
import os
import pickle
import traceback

import kist
from home import Home, raises

HOME = Home()
HOME.unlock()
KEY = "demo:kist-canary-8f21c0"
HOME.add("kumo", {"api_key": KEY})
HOME.add("kaskada", {"client_id": "ada", "client_secret": "kaskada-canary-5d"})
HOME.add("fields", {"token": "näïve-✓"}, "--name", "kafka")


def after():
    HOME.close()


def test_a_value_is_one_call_and_exact():
    with HOME.inside():
        assert kist.get("kumo") == KEY
        assert kist.get("kumo", "url") == "https://demo.kumoai.cloud/api"
        assert kist.get("kist://default/kaskada/client_secret") == "kaskada-canary-5d"
        assert kist.get("kafka", "token") == "näïve-✓"


def test_a_credential_reads_like_a_mapping_and_shows_no_secret():
    with HOME.inside():
        found = kist.credential("kaskada")
    assert dict(found) == {"client_id": "ada", "client_secret": "kaskada-canary-5d"}
    assert (found.platform, found.secrets, found.plain) == ("kaskada", ("client_secret",), {"client_id": "ada"})
    assert "canary" not in f"{found!r} {found} {[found]} {vars(kist).get('found')}"
    raises(TypeError, lambda: pickle.dumps(found))
    raises(kist.NotFound, lambda: found["nothing"])
    assert found.get("nothing", "else") == "else"


def test_the_environment_is_set_within_the_block_and_restored_to_the_byte():
    with HOME.inside(KUMO_API_KEY="before \udcff", KASKADA_TRIAL_CLIENT_ID="trial"):
        before = dict(os.environ)
        with kist.env("kumo", "kaskada") as loaded:
            assert os.environ["KUMO_API_KEY"] == KEY and os.environ["KASKADA_CLIENT_SECRET"] == "kaskada-canary-5d"
            assert "KASKADA_TRIAL_CLIENT_ID" not in os.environ
            assert os.getenv("KUMO_URL") == "https://demo.kumoai.cloud/api"
            assert "canary" not in f"{loaded} {loaded!r} {loaded.variables} {loaded.notices}"
            os.environ["KUMO_URL"] = "changed within"
        assert dict(os.environ) == before

        def breaks():
            with kist.env("kumo"):
                raise ZeroDivisionError

        raises(ZeroDivisionError, breaks)
        assert dict(os.environ) == before


def test_a_child_gets_what_was_loaded():
    printed = HOME.python(
        "import kist, subprocess; kist.load('kumo'); "
        "print(subprocess.run(['sh', '-c', 'echo $KUMO_API_KEY'], capture_output=True, text=True).stdout)"
    )
    assert printed.strip() == KEY


def test_purposes_stand_in_the_audit_log():
    with HOME.inside():
        kist.get("kafka", "token", reason="a look")
        with kist.env("kaskada"):
            pass
    entries = json.loads(HOME.kist("audit", "--json"))["items"]
    seen = [(entry.get("purpose"), entry.get("reason"), entry.get("client")) for entry in entries]
    assert ("get", "a look", "kist-python 0.1.0") in seen
    assert any(purpose == "run" and client == "kist-python 0.1.0" for purpose, _, client in seen)


def test_what_is_missing_is_named_with_advice():
    with HOME.inside():
        error = raises(kist.NotFound, lambda: kist.get("kumo2"))
        assert "kumo2" in str(error) and "kist list" in str(error)
        error = raises(kist.NotFound, lambda: kist.get("kumo", "nothing"))
        assert "nothing" in str(error) or "no such field" in str(error)
        assert isinstance(raises(kist.KistError, lambda: kist.connect("https://kist.example")), kist.NotSupported)


def test_errors_are_shown_by_the_names_that_programs_use():
    shown = "".join(traceback.format_exception_only(kist.NotFound, kist.NotFound("there is none")))
    assert shown == "kist.NotFound: there is none\n", shown
    errors = [kist.KistError, *kist.KistError.__subclasses__()]
    assert len(errors) == 14 and all(getattr(kist, error.__name__) is error for error in errors), errors
    assert {error.__module__ for error in errors} == {"kist"}
    assert type(pickle.loads(pickle.dumps(kist.Locked("x")))) is kist.Locked


def test_a_secret_in_the_place_of_a_name_is_not_repeated():
    with HOME.inside():
        for body in (
            lambda: kist.get("my secret!"),
            lambda: kist.get("kumo", "my secret!"),
            lambda: kist.load("my secret!"),
        ):
            error = raises(kist.UsageError, body)
            assert "my secret" not in str(error)


def test_two_sources_for_one_variable_are_refused_and_nothing_is_set():
    HOME.add("kumo", {"api_key": "eu:other-canary"}, "--name", "kumo-eu")
    with HOME.inside():
        before = dict(os.environ)
        error = raises(kist.UsageError, lambda: kist.load("kumo", "kumo-eu"))
        assert "KUMO_API_KEY" in str(error) and "canary" not in str(error)
        assert dict(os.environ) == before


def test_a_dangerous_name_is_set_only_when_that_is_said():
    HOME.add("fields", {"LD_PRELOAD": "/tmp/evil.so"}, "--name", "evil")
    with HOME.inside():
        error = raises(kist.UsageError, lambda: kist.load("evil"))
        assert "LD_PRELOAD" in str(error) and "LD_PRELOAD" not in os.environ


def test_an_expired_credential_is_refused_unless_that_is_said():
    HOME.add("cloudera-ml", {"domain": "ml.example.com", "api_key": "ab.cd", "expires": "2020-01-31"}, "--name", "old")
    with HOME.inside():
        error = raises(kist.Expired, lambda: kist.get("old"))
        assert "2020-01-31" in str(error) and "allow_expired" in str(error)
        assert kist.get("old", allow_expired=True) == "ab.cd"


def test_a_policy_for_running_only_refuses_a_look():
    HOME.add("login", {"username": "ada", "password": "login-canary"}, "--name", "shown")
    HOME.kist("policy", "shown", "run-only")
    with HOME.inside():
        assert "run-only" in str(raises(kist.Refused, lambda: kist.get("shown")))
        with kist.env("shown"):
            assert os.environ["SHOWN_PASSWORD"] == "login-canary"


def test_a_one_time_code_is_made_where_its_key_is():
    HOME.add("login", {"username": "ada", "password": "x", "totp": "JBSWY3DPEHPK3PXP"}, "--name", "codes")
    with HOME.inside():
        code = kist.get("codes", "otp")
    assert len(code) == 6 and code.isdigit()
