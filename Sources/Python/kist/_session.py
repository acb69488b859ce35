"""Asking the agent: found or started, unlocked where that is allowed without a question, asked again when it ended.

A connection is opened for each call and closed after it. Only one that must outlive its call is kept: that to an agent
of this process alone, and one for which a key file or passphrase file opened the vault (such an unlock is a lease of
that connection).
"""

from __future__ import annotations

import os
from _thread import RLock

from ._agent import Agent, AgentFailure
from ._errors import BrokenAnswer, KistError, NoAgent, UsageError
from ._members import Members
from ._overview import check_name
from ._places import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, TypeVar

    from ._places import Places

    R = TypeVar("R")

_lock = RLock()
_kept: dict[tuple[int, str], Agent] = {}


def ask(body: Callable[[Agent], R], *, start: bool = True) -> R:
    """Lets `body` ask the agent, unlocking the vault when it is locked. It may run more than once.

    With `start=False` nothing is started, nobody is asked, and a locked vault stays locked.
    """
    places = find()
    _refuse_other_users_home(places)
    with _lock:
        for attempt in range(3):
            agent = _open(places, start)
            try:
                return _asked(agent, body)
            except AgentFailure as failure:
                if failure.kind == "locked" and attempt < 2 and start:
                    if _unlock(agent, places):
                        try:
                            return _asked(agent, body)
                        except AgentFailure as again:
                            raise again.for_people(places) from None
                    continue
                if failure.kind == "retired" and attempt < 2:
                    _forget(agent)
                    continue
                raise failure.for_people(places) from None
            except BrokenAnswer:
                # It ended between our connect and our request; the next one is asked the same, once.
                if agent.greeted or agent.private or attempt > 0 or not start:
                    raise
            finally:
                if agent not in _kept.values():
                    agent.close()
    raise KistError("the agent ended twice while it was asked")


def profile(given: Optional[str] = None) -> str:
    """The profile in use: the argument over KIST_PROFILE over the nearest trusted kist.toml over `default`."""
    name = given or os.environ.get("KIST_PROFILE")
    if name:
        return check_name(name, "profile")
    from ._project import nearest

    project = nearest(find())
    if project is None or project.profile is None:
        return "default"
    project.require_trust()
    return project.profile


def unlock(passphrase: bytes, *, factor: Optional[bytes] = None, seconds: Optional[int] = None) -> None:
    """Opens the vault for everybody who may ask its agent, as `kist unlock` does.

    Raises NotOpened for a wrong passphrase.
    """
    places = find()
    with _lock:
        agent = _open(places, True)
        try:
            _asked(agent, lambda agent: agent.unlock("passphrase", passphrase, factor, seconds=seconds))
        except AgentFailure as failure:
            raise failure.for_people(places) from None
        finally:
            if agent not in _kept.values():
                agent.close()


def state() -> str:
    """`absent`, `locked` or `unlocked`; `none` when no agent runs. Starts nothing and asks nobody."""
    places = find()
    with _lock:
        kept = _kept.get((os.getpid(), places.vault))
        agent = kept
        try:
            agent = agent or Agent.running(places)
            if agent is None:
                return "none"
            # What a kept connection was greeted with may be long ago.
            return _asked(agent, lambda agent: Members(agent.call("status")[0], "status").text("state"))
        except AgentFailure as failure:
            raise failure.for_people(places) from None
        finally:
            if agent is not None and agent is not kept:
                agent.close()


def _asked(agent: Agent, body: Callable[[Agent], R]) -> R:
    """What `body` has of it. A connection that was left in the middle of an answer is not used again."""
    try:
        return body(agent)
    except AgentFailure:
        raise  # a whole answer
    except BaseException:
        # What comes next through this connection may be the rest of this answer.
        _forget(agent)
        raise


def _open(places: Places, start: bool) -> Agent:
    kept = _kept.get((os.getpid(), places.vault))
    if kept is not None:
        return kept
    try:
        agent = Agent.running(places)
        if agent is not None:
            return agent
        if not start:
            raise NoAgent("no agent is running")
        from . import _start

        if places.runtime is None:
            agent = _start.private(places)
            _kept[os.getpid(), places.vault] = agent
            return agent
        return _start.shared(places)
    except AgentFailure as failure:
        raise failure.for_people(places) from None


def _unlock(agent: Agent, places: Places) -> bool:
    """Opens the vault without a question, or with the command line's own one at a terminal.

    True when this connection has it open; False when the agent is to be asked anew. Raises Locked.
    """
    from . import _keys

    key = _keys.given()
    if key is not None:
        try:
            _asked(agent, lambda agent: agent.unlock(key.means, key.secret, key.factor, lease=True))
        except AgentFailure as failure:
            raise failure.for_people(places) from None
        _kept[os.getpid(), places.vault] = agent
        return True
    from . import _start

    if not agent.private and (_asked(agent, _start.by_keyring) or _start.at_terminal()):
        return False
    raise AgentFailure("locked", "", {}).for_people(places)


def _forget(agent: Agent) -> None:
    for key, kept in list(_kept.items()):
        if kept is agent:
            del _kept[key]
    agent.close()


def _refuse_other_users_home(places: Places) -> None:
    """Root would leave files in somebody's home that they cannot use."""
    if os.geteuid() == 0:
        try:
            owner = os.stat(places.home).st_uid
        except OSError:
            return
        if owner != 0:
            raise UsageError(
                f"{places.home} belongs to another user; running as root there would leave files they cannot use",
                "run it as yourself, or as root with root's own home:  sudo -H …",
            )
