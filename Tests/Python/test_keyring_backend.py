"""What the keyring backend is answered by the vault's policies. The real clients are in Tests/EndToEnd/test_keyring.py."""

import contextlib
import sys
import types

from home import Home

URL = "https://pypi.example.com/simple/"


class Base:
    """As much of `keyring` as the backend needs; it may be missing here."""


@contextlib.contextmanager
def backend():
    modules = {
        "keyring": {},
        "keyring.backend": {"KeyringBackend": Base},
        "keyring.compat": {"properties": types.SimpleNamespace(classproperty=property)},
        "keyring.credentials": {"SimpleCredential": lambda username, password: (username, password)},
        "keyring.errors": {"PasswordDeleteError": ValueError, "PasswordSetError": LookupError},
    }
    before = {name: sys.modules.pop(name, None) for name in [*modules, "kist.keyring_backend"]}
    for name, members in modules.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    try:
        from kist import keyring_backend

        yield keyring_backend.Kist()
    finally:
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def test_what_is_run_only_is_given_to_a_tool_at_its_host_and_shown_to_nobody_by_its_name():
    with Home() as home:
        home.unlock()
        home.add("login", {"username": "ada", "password": "host-canary", "url": URL}, "--name", "index")
        with home.inside(), backend() as kist:
            assert kist.get_password("kist", "index") == "host-canary"
            assert kist.get_password("kist://default/index/password", "x") == "host-canary"
            assert kist.get_password(URL, "ada") == "host-canary"
            home.kist("policy", "index", "run-only", **home.key())
            assert kist.get_password("kist", "index") is None
            assert kist.get_password("kist", "index.password") is None
            assert kist.get_password("kist://default/index/password", "x") is None
            assert kist.get_credential("kist", "index") is None
            assert kist.get_password(URL, "ada") == "host-canary"


def test_what_a_host_has_refused_is_not_offered_there_again():
    from kist import _session

    with Home() as home:
        home.unlock()
        fields = {"username": "ada", "password": "old-canary", "url": "https://pypi.example.com:8443/simple/"}
        home.add("login", fields, "--name", "index")
        url = fields["url"]
        with home.inside(), backend() as kist:
            assert kist.get_password(url, "ada") == "old-canary"
            wanted = {"profile": "default", "name": "index", "host": "pypi.example.com:8443", "field": "password"}
            assert _session.ask(lambda agent: agent.call("reject", wanted, [b"old-canary"]))[0]["rejected"] is True
            assert kist.get_password(url, "ada") is None
            assert kist.get_password("kist", "index") == "old-canary", "by its name it is there"
            home.kist("edit", "index", "password", "--stdin", "--no-check", given="new-canary")
            assert kist.get_password(url, "ada") == "new-canary"


def test_hosts_are_written_as_a_refusal_is_noted():
    from kist._hosts import best
    from kist._overview import Overview
    from liar import overview

    def offered(url, host):
        found = Overview(
            overview(
                platform="login",
                plain={"url": url, "username": "ada"},
                order=["url", "username"],
                secrets=["password"],
                rejected=[{"host": host, "revision": 2, "when": "2026-11-21T00:31:09Z"}],
            )
        )
        return best([found], url) is not None

    for url, host, others in (
        ("https://a.example.com/x", "a.example.com", ("a.example.com:443", "b.example.com", "a.example.com:8443")),
        ("https://a.example.com:8443", "a.example.com:8443", ("a.example.com",)),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080", ("127.0.0.1",)),
        ("http://localhost/", "localhost", ("localhost:80",)),
        ("https://[2001:db8::1]/", "[2001:db8::1]", ("2001:db8::1",)),
    ):
        assert not offered(url, host), url
        for other in others:
            assert offered(url, other), (url, other)
