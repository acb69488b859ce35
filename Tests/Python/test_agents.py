"""Which agent is asked: none, a locked one, one of this process alone, and one that is not the user's."""

import os
import time

import kist
from home import Home, raises
from kist import _session
from kist._agent import Want
from kist._reading import reveal


def test_without_a_vault_that_is_said():
    with Home(vault=False) as home, home.inside():
        error = raises(kist.NoVault, lambda: kist.get("kumo"))
        assert "kist init" in str(error)


def test_without_programs_and_without_an_agent_that_is_said():
    with Home(vault=False) as home, home.inside(PATH="/nowhere"):
        error = raises(kist.NoAgent, lambda: kist.get("kumo"))
        assert "PATH" in str(error)


def test_a_locked_vault_is_an_error_and_never_a_question():
    with Home() as home:
        home.kist("lock")
        with home.inside():
            error = raises(kist.Locked, lambda: kist.get("kumo"))
            assert "kist unlock" in str(error)


def test_the_agent_is_started_and_a_passphrase_file_opens_the_vault_for_this_process_alone():
    with Home() as home:
        home.add("kumo", {"api_key": "demo:lease-canary"}, **home.key())
        home.kist("lock")
        code = "import kist; print(kist.get('kumo')); print(kist.get('kumo', 'customer_id'))"
        assert home.python(code, **home.key()).split() == ["demo:lease-canary", "demo"]
        with home.inside():
            raises(kist.Locked, lambda: kist.get("kumo"))


def test_an_untrusted_kist_toml_does_not_keep_the_agent_from_being_started():
    with Home() as home:
        home.add("kumo", {"api_key": "demo:start-canary"}, **home.key())
        with open(home.at("work", "kist.toml"), "w") as file:
            file.write('profile = "prod"\n')
        home.stop()
        code = "import kist; print(kist.get('kumo', profile='default'))"
        assert home.python(code, **home.key()).strip() == "demo:start-canary"


def test_a_key_file_opens_it_too_and_a_damaged_one_does_not():
    with Home() as home:
        home.add("kumo", {"api_key": "demo:key-canary"}, **home.key())
        home.kist("slot", "add", "key-file", home.at("nightly.key"), **home.key())
        home.kist("lock")
        code = "import kist; print(kist.get('kumo'))"
        assert home.python(code, KIST_KEY_FILE=home.at("nightly.key")).strip() == "demo:key-canary"
        with open(home.at("nightly.key")) as file:
            text = file.read()
        at = text.rindex("-") + 1
        with open(home.at("bad.key"), "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
        with home.inside(KIST_KEY_FILE=home.at("bad.key")):
            assert "damaged" in str(raises(kist.NotOpened, lambda: kist.get("kumo")))
        os.chmod(home.at("nightly.key"), 0o644)
        with home.inside(KIST_KEY_FILE=home.at("nightly.key")):
            assert "others" in str(raises(kist.KistError, lambda: kist.get("kumo")))


def test_where_there_is_no_runtime_folder_an_agent_of_this_process_does_it_and_ends_with_it():
    with Home(runtime=False) as home:
        home.add("kumo", {"api_key": "demo:private-canary"}, **home.key())
        code = (
            "import kist, os; from kist import _session; "
            "print(kist.get('kumo'), kist.get('kumo', 'customer_id')); print(_session.state()); "
            "print(list(_session._kept.values())[0].hello()['pid'])"
        )
        printed = home.python(code, **home.key()).split()
        assert printed[:3] == ["demo:private-canary", "demo", "unlocked"]
        for _ in range(100):
            if not os.path.exists(f"/proc/{printed[3]}"):
                break
            time.sleep(0.05)
        else:
            raise AssertionError("the private agent is still there")


def test_a_bundle_answers_without_agent_and_vault():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:bundle-canary"})
        home.add("snowflake", {"account": "acme", "user": "ada", "password": "snow-canary"}, "--variant", "password")
        identity, bundle = home.at("ci.identity"), home.at("ci.kist")
        home.kist("identity", "create", "-o", identity)
        home.kist("seal", "kumo", "snowflake", "--to", identity, "-o", bundle)
        home.kist("lock")
        os.mkdir(home.at("other"), 0o700)
        sealed = {"KIST_BUNDLE": bundle, "KIST_IDENTITY_FILE": identity, "XDG_RUNTIME_DIR": home.at("other")}
        code = (
            "import kist, os; print(kist.get('kumo'), dict(kist.credential('kumo'))['url']); kist.load('snowflake'); "
            "print(os.environ['SNOWFLAKE_HOME']); print(open(os.environ['SNOWFLAKE_HOME'] + '/connections.toml').read())"
        )
        printed = home.python(code, **sealed)
        assert printed.split()[:2] == ["demo:bundle-canary", "https://demo.kumoai.cloud/api"], printed
        assert "snow-canary" in printed and not os.path.exists(printed.split()[2]), "the folder is still there"
        with home.inside(**sealed):
            assert "nothing" in str(raises(kist.NotFound, lambda: kist.get("nothing")))
        with home.inside(**{**sealed, "KIST_IDENTITY_FILE": home.at("passphrase")}):
            raises(kist.KistError, lambda: kist.get("kumo"))


def test_a_policy_holds_in_a_bundle_as_it_does_in_the_vault():
    """`run-only` is put into this program's environment and handed to tools, and shown to nobody who asks for a value."""
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:run-only-canary"})
        home.add("snowflake", {"account": "acme", "user": "ada", "password": "open-canary"}, "--variant", "password")
        home.kist("policy", "kumo", "run-only")
        identity, bundle = home.at("ci.identity"), home.at("ci.kist")
        home.kist("identity", "create", "-o", identity)
        home.kist("seal", "kumo", "snowflake", "--to", identity, "-o", bundle)
        for place in ({}, {"KIST_BUNDLE": bundle, "KIST_IDENTITY_FILE": identity}):
            with home.inside(**place):
                for look in (
                    lambda: kist.get("kumo"),
                    lambda: kist.get("kumo", "api_key"),
                    lambda: kist.get("kist://default/kumo/api_key"),
                    lambda: kist.credential("kumo"),
                    lambda: kist.credential("kumo", allow_expired=True),
                ):
                    error = raises(kist.Refused, look)
                    assert error.kind == "refused" and "run-only" in str(error) and "canary" not in str(error), error
                assert kist.get("snowflake", "password") == "open-canary"
                with kist.env("kumo", "snowflake"):
                    assert os.environ["KUMO_API_KEY"] == "demo:run-only-canary"
                want = Want("default", "kumo", ["api_key"])
                for purpose in ("run", "provider"):
                    assert reveal([want], purpose)[0].secrets == {"api_key": b"demo:run-only-canary"}
                for purpose in ("get", "env", "show", "export", "render"):
                    raises(kist.Refused, lambda purpose=purpose: reveal([want], purpose))
                # All or none.
                both = [Want("default", "snowflake", None), want]
                raises(kist.Refused, lambda both=both: reveal(both, "get"))


def test_what_has_expired_in_a_bundle_is_said_so():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:old-canary"}, "--expires", "1970-01-02")
        identity, bundle = home.at("ci.identity"), home.at("ci.kist")
        home.kist("identity", "create", "-o", identity)
        home.kist("seal", "kumo", "--allow-expired", "--to", identity, "-o", bundle)
        for place in ({}, {"KIST_BUNDLE": bundle, "KIST_IDENTITY_FILE": identity}):
            with home.inside(**place):
                error = raises(kist.Expired, lambda: kist.get("kumo"))
                assert error.kind == "expired" and "1970-01-02" in str(error), error
                assert kist.get("kumo", allow_expired=True) == "demo:old-canary"


def test_after_a_fork_the_child_has_a_connection_of_its_own():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:fork-canary"})
        home.kist("lock")
        code = """if True:
            import kist, os
            assert kist.get("kumo") == "demo:fork-canary"
            for _ in range(3):
                if (child := os.fork()) == 0:
                    for _ in range(20): assert kist.get("kumo") == "demo:fork-canary"
                    os._exit(0)
                for _ in range(20): assert kist.get("kumo") == "demo:fork-canary"
                assert os.waitpid(child, 0)[1] == 0
            print("both")
        """
        assert home.python(code, **home.key()).strip() == "both"


def test_threads_and_an_agent_that_ends_between_two_questions():
    with Home() as home:
        home.unlock()
        home.add("kumo", {"api_key": "demo:thread-canary"})
        code = """if True:
            import kist, threading
            def ask():
                for _ in range(20): found.append(kist.get("kumo"))
            found = []
            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            assert found == ["demo:thread-canary"] * 160
            import subprocess
            subprocess.run(["kist", "lock"], check=True, capture_output=True)
            try: kist.get("kumo")
            except kist.Locked: print("locked")
        """
        assert home.python(code).strip() == "locked"


def test_looking_starts_nothing():
    with Home() as home:
        home.kist("lock")
        home.kist("status")
        with home.inside():
            raises(kist.KistError, lambda: _session.ask(lambda agent: agent.overviews("default"), start=False))
            assert _session.state() in ("none", "locked")


def test_a_socket_that_others_may_use_is_not_asked():
    from liar import Liar, hello

    with Home(vault=False) as home, home.inside():
        with Liar(hello()) as liar:
            os.chmod(liar.path, 0o666)
            raises(kist.UnsafePlace, lambda: kist.get("kumo"))
            os.chmod(liar.path, 0o600)
            os.chmod(os.path.dirname(liar.path), 0o755)
            raises(kist.UnsafePlace, lambda: kist.get("kumo"))
            os.chmod(os.path.dirname(liar.path), 0o700)
            assert liar.heard == []


def test_programs_that_others_could_have_written_are_not_started():
    with Home(vault=False) as home:
        os.mkdir(home.at("open"), 0o777)
        os.chmod(home.at("open"), 0o777)
        for name in ("kist", "kist-agent"):
            with open(home.at("open", name), "w") as file:
                file.write("#!/bin/sh\ntouch " + home.at("started") + "\n")
            os.chmod(home.at("open", name), 0o755)
        with home.inside(PATH=home.at("open")):
            raises(kist.NoAgent, lambda: kist.get("kumo"))
        assert not os.path.exists(home.at("started"))


def test_a_kept_connection_that_broke_is_not_used_again():
    import json
    import socket

    from kist import _agent, _keys, _places
    from liar import Liar, frame

    def kept():
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        theirs.close()
        places = _places.find()
        _session._kept[os.getpid(), places.vault] = _agent.Agent(ours, places)

    def stops(agent):
        raise KeyboardInterrupt

    with Home(vault=False) as home, home.inside(PATH="/nowhere"):
        for body in (
            _session.state,
            lambda: _session.unlock(b"x"),
            lambda: _session.ask(lambda agent: agent.call("status"), start=False),
            lambda: _session.ask(stops),
        ):
            kept()
            raises(BaseException, body)
            assert not _session._kept, body
        # The same when the vault was locked in between, and the key of the environment is to open it.
        locked = _agent.AgentFailure("locked", "", {})
        asked = []

        def once(agent):
            asked.append(agent)
            if len(asked) == 1:
                raise locked
            raise KeyboardInterrupt

        given, unlock = _keys.given, _agent.Agent.unlock
        _keys.given = lambda: _keys.Key("passphrase", b"x")
        _agent.Agent.unlock = lambda *_, **__: {}
        try:
            kept()
            raises(KeyboardInterrupt, lambda: _session.ask(once))
            assert len(asked) == 2 and not _session._kept
        finally:
            _keys.given, _agent.Agent.unlock = given, unlock
        # An agent elsewhere that answers its greeting with an error is told like any other.
        refusal = {"code": -32000, "message": "no", "data": {"kind": "version"}}
        with Liar(frame({"jsonrpc": "2.0", "id": 1, "error": refusal})) as liar:
            vault = _places.find().vault
            os.makedirs(os.path.dirname(vault), 0o700, exist_ok=True)
            with open("/proc/sys/kernel/random/boot_id") as file:
                boot = file.read().strip()
            with open(vault + ".lock", "w") as file:
                file.write(json.dumps({"boot": boot, "socket": liar.path}))
            os.mkdir(home.at("other"), 0o700)
            os.environ["XDG_RUNTIME_DIR"] = home.at("other")
            assert "another version" in str(raises(kist.NoAgent, _session.state))
