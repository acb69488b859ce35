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
