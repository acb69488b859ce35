"""What can go wrong. Messages state facts, `advice` says what to do next, and neither ever holds a secret."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional


class KistError(Exception):
    """Something that Kist could not or would not do.

    `kind` is the agent's word for it (`locked`, `notFound`, `expired`, …; see AgentProtocol.md), empty when the error
    is not the agent's. `advice` is a tuple of lines for a person.
    """

    def __init__(self, message: str, *advice: str, kind: str = "", facts: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.kind = kind
        self.facts = dict(facts or {})

    def __str__(self) -> str:
        return "\n  ".join((self.message,) + self.advice)


class UsageError(KistError, ValueError):
    """The call itself is not right: a name that is none, two sources for one variable."""


class NotFound(KistError, LookupError):
    """There is no such credential, field, profile or platform."""


class Locked(KistError):
    """The vault is locked, and nothing here may or can open it."""


class NotOpened(KistError):
    """Wrong passphrase or key, or not the vault that it should be."""


class NoVault(KistError):
    """There is no vault yet."""


class NoAgent(KistError):
    """No agent runs, and none could be started."""


class Expired(KistError):
    """The credential has expired; `allow_expired=True` hands it over all the same."""


class Refused(KistError):
    """The policy of the credential refuses this, or the person who was asked did."""


class NotTrusted(KistError):
    """Nobody has agreed to the kist.toml of this folder yet."""


class UnsafePlace(KistError):
    """A file or folder on the way has an owner or mode that Kist does not trust."""


class BrokenAnswer(KistError):
    """The agent broke the protocol, or the connection to it broke."""


class TimedOut(KistError, TimeoutError):
    """The agent did not answer in time."""


class NotSupported(KistError, NotImplementedError):
    """This is reserved, or needs something that is not installed."""


# Shown, pickled and looked up as people import them: kist.NotFound.
for _error in (KistError, *KistError.__subclasses__()):
    _error.__module__ = "kist"
del _error


def from_agent(kind: str, message: str, facts: Mapping[str, Any], vault: str) -> KistError:
    """The exception for an error of the agent, with the same advice as the command line gives."""

    def fact(key: str) -> str:
        value = facts.get(key)
        return value if isinstance(value, str) else ""

    def make(error: type[KistError], text: str, *advice: str) -> KistError:
        return error(text, *advice, kind=kind, facts=facts)

    name = fact("name")
    if kind == "locked":
        return make(
            Locked,
            "the vault is locked",
            "unlock it first:  kist unlock --for 10h",
            "unattended:       KIST_PASSPHRASE_FILE=FILE (mode 0600) or KIST_KEY_FILE=FILE",
        )
    if kind == "absent":
        return make(NoVault, f"there is no vault yet at {vault}", "create it:  kist init")
    if kind == "notFound":
        if fact("field"):
            return make(NotFound, f"{name} has no field {fact('field')}", f"see its fields:  kist show {name}")
        if not name:
            return make(NotFound, message)
        return make(
            NotFound, f"there is no credential {name} in profile {fact('profile')}", "see what there is:  kist list"
        )
    if kind == "expired":
        return make(
            Expired,
            f"{name} expired" + (f" on {fact('expires')[:10]}" if fact("expires") else ""),
            f"put a new one in:  kist edit {name} FIELD --expires DATE",
            "use it all the same:  allow_expired=True",
        )
    if kind == "refused":
        why = f" ({fact('why')})" if fact("why") else ""
        return make(Refused, f"the policy of {name} ({fact('policy')}) refuses this{why}", f"see it:  kist show {name}")
    if kind in ("wrongKey", "olderCopy", "forked", "replaced", "damaged", "unpinned", "factor"):
        texts = {
            "wrongKey": "not opened: wrong passphrase, or not the vault that it should be",
            "olderCopy": "this is an older copy of the vault than was used on this machine before",
            "forked": "this is another vault, or another history of it, than was used here before",
            "replaced": "the vault file was replaced while the agent had it open",
            "factor": "a second factor is wanted beside the passphrase",
        }
        return make(NotOpened, texts.get(kind, f"the vault was not opened: {message}"), "see more:  kist unlock")
    if kind == "wait":
        return make(NotOpened, "after a wrong key there is a pause")
    if kind == "version":
        return make(NoAgent, "an agent of another version is running", "end it:  kist lock")
    if kind == "holder":
        return make(
            NoAgent,
            "the vault is in use by another agent" + (f": process {facts['pid']}" if "pid" in facts else ""),
            "end that one:  kist lock (as the same user, with its XDG_RUNTIME_DIR)",
        )
    if kind == "notAudited":
        return make(KistError, f"nothing was handed out: the audit log cannot be written ({fact('why')})")
    if kind == "invalid":
        return make(UsageError, f"the agent refused the request: {fact('what') or message}")
    return make(KistError, f"the agent answered: {message}")
