"""Ready-made clients of the platforms, each with what that platform's clients get wrong already taken care of.

Values go in as arguments, so nothing is put into the environment. What the clients do with them is theirs.
"""

from __future__ import annotations

import contextlib
import importlib
import os

from . import credential
from ._errors import NotSupported, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Iterator, Optional

    from ._credential import Credential


class Ready:
    """A module that was logged in: `kumo = kist.kumo(); kumo.SnowflakeConnector(…)`. Says in words what it is."""

    def __init__(self, module: ModuleType, words: str) -> None:
        self.module = module
        self._words = words

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def __dir__(self) -> list[str]:
        return dir(self.module)

    def __repr__(self) -> str:
        return self._words


def kumo(name: str = "kumo", *, profile: Optional[str] = None, **settings: Any) -> Ready:
    """kumoai, logged in anew with the credential `name` (of platform kumo, kumo-rfm or kumo-snowpark).

    Also after a rotation: a kumoai that is logged in already would keep its old key. The url is always handed over;
    without one kumoai would send the key over plain http. `settings` go to `kumoai.init`.
    """
    found = credential(name, profile=profile, reason="kist.kumo")
    _require(found, "kumo", "kumo-rfm", "kumo-snowpark")
    # With both variables there kumoai 2.11 to 2.22 fail while they are being imported; with the key alone a login
    # with Snowflake credentials would be one with that key.
    with _without("KUMO_API_KEY", "KUMO_API_ENDPOINT"):
        kumoai = _module("kumoai", "kumoai")
        version = str(getattr(kumoai, "__version__", ""))
        if getattr(getattr(kumoai, "global_state", None), "initialized", False):
            kumoai.global_state.clear()
        if found.platform == "kumo-snowpark":
            _init_snowpark(kumoai, found, settings)
            who = found["user"]
        elif found.platform == "kumo-rfm":
            rfm = _module("kumoai.rfm", "kumoai")
            state = getattr(rfm, "global_state", None)
            if getattr(state, "_initialized", False):
                state._initialized = False  # type: ignore[union-attr]  # or it would keep its key
            rfm.init(url=found["url"], api_key=found["api_key"], **settings)
            return Ready(rfm, f"kumoai.rfm {version} at {found['url']}")
        else:
            kumoai.init(url=found["url"], api_key=found["api_key"], **settings)
            who = found.get("customer_id") or ""
    return Ready(kumoai, f"kumoai {version} at {found['url']}" + (f" as {who}" if who else ""))


def _init_snowpark(kumoai: ModuleType, found: Credential, settings: dict[str, Any]) -> None:
    connector = _version("snowflake_connector_python")
    if connector is not None and int(connector.split(".")[0]) >= 5:
        raise NotSupported(
            f"kumoai cannot log in with snowflake-connector-python {connector}",
            'pip install "snowflake-connector-python<5"',
        )
    # Up to 2.16 it refuses a dictionary with anything more than these.
    credentials = {"user": found["user"], "account": found["account"]}
    if "password" in found:
        credentials["password"] = found["password"]
    else:
        credentials["private_key"] = found["private_key"]
        if "private_key_passphrase" in found:
            credentials["private_key_passphrase"] = found["private_key_passphrase"]
    kumoai.init(url=found["url"], snowflake_credentials=credentials, **settings)


def snowflake(name: str = "snowflake", *, profile: Optional[str] = None, **settings: Any) -> Any:
    """A connection of snowflake-connector-python. `settings` go to `connect` and win over what is stored.

    A private key is handed over as a file in a folder that vanishes with this process: what the connectors take as
    text differs from version to version.
    """
    from ._template import web_address

    found = credential(name, profile=profile, reason="kist.snowflake")
    _require(found, "snowflake")
    arguments: dict[str, Any] = {"account": found["account"]}
    for field in ("user", "role", "warehouse", "database", "schema"):
        if found.get(field):
            arguments[field] = found[field]
    address = web_address(found["url"].encode())
    if address is not None:
        arguments["protocol"], arguments["host"], arguments["port"] = address
    if found.variant == "key-pair":
        from ._files import put

        key = found.bytes("private_key")
        folder = put([("key.p8", 0o600, key if key.endswith(b"\n") else key + b"\n")])
        arguments["authenticator"] = "SNOWFLAKE_JWT"
        arguments["private_key_file"] = folder + "/key.p8"
        if "private_key_passphrase" in found:
            arguments["private_key_file_pwd"] = found["private_key_passphrase"]
    elif found.variant == "token":
        arguments.update(authenticator="PROGRAMMATIC_ACCESS_TOKEN", token=found["token"])
    elif found.variant == "oauth":
        arguments.update(authenticator="oauth", token=found["token"])
    else:
        arguments["password"] = found["password"]
    connector = _module("snowflake.connector", "snowflake-connector-python")
    return connector.connect(**{**arguments, **settings})


def kaskada(name: str = "kaskada", *, profile: Optional[str] = None) -> Ready:
    """kaskada (the hosted client, 0.0.x), logged in with the credential `name`."""
    found = credential(name, profile=profile, reason="kist.kaskada")
    _require(found, "kaskada")
    arguments: dict[str, Any] = {"client_id": found["client_id"], "client_secret": found["client_secret"]}
    for field, argument in (("auth_endpoint", "exchange_endpoint"), ("audience", "audience"), ("endpoint", "endpoint")):
        if found.get(field):
            arguments[argument] = found[field]
    if found.get("is_secure"):
        arguments["is_secure"] = found["is_secure"] != "false"
    module = _module("kaskada", '"kaskada<0.1"')
    if not hasattr(module, "init"):
        raise NotSupported(
            "this kaskada is the open-source engine, which takes no credential", 'pip install "kaskada<0.1"'
        )
    module.init(**arguments)
    where = found.get("endpoint") or "api.kaskada.com:50051"
    return Ready(module, f"kaskada {_version('kaskada') or ''} at {where} as {found['client_id']}")


def cml(name: str = "cloudera-ml", *, profile: Optional[str] = None) -> Any:
    """The client of cmlapi, which every Cloudera workbench serves for download."""
    found = credential(name, profile=profile, reason="kist.cml")
    _require(found, "cloudera-ml")
    url = "https://" + found["domain"]
    cmlapi = _module("cmlapi", f"{url}/api/v2/python.tar.gz")
    return cmlapi.default_client(url=url, cml_api_key=found["api_key"])


def openai(name: str = "openai", *, profile: Optional[str] = None, **settings: Any) -> Any:
    """`openai.OpenAI` with the credential `name`, whatever stands in the environment. `settings` win."""
    found = credential(name, profile=profile, reason="kist.openai")
    arguments: dict[str, Any] = {"api_key": found["api_key"] if "api_key" in found else found[found.main()]}
    for fields, argument in (
        (("organization", "org"), "organization"),
        (("project",), "project"),
        (("base_url", "url"), "base_url"),
    ):
        for field in fields:
            if found.get(field):
                arguments[argument] = found[field]
    module = _module("openai", "openai")
    # What is not given the client would take from the environment, which belongs to another key.
    with _without("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL", "OPENAI_ADMIN_KEY"):
        return module.OpenAI(**{**arguments, **settings})


def _require(found: Credential, *platforms: str) -> None:
    if found.platform not in platforms:
        raise UsageError(
            f"{found.name} is a credential of {found.platform}, not of {' or '.join(platforms)}",
            f'its values:  kist.credential("{found.name}")',
        )


def _module(name: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # One that is missing inside of it is another matter.
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        raise NotSupported(f"{name} is not installed in this Python", f"pip install {package}") from None


def _version(distribution: str) -> Optional[str]:
    from ._injection import installed

    return installed(distribution)


@contextlib.contextmanager
def _without(*names: str) -> Iterator[None]:
    """Variables that a client would prefer or stumble over are away for a moment."""
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.setdefault(name, value)
