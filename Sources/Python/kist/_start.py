"""Starting an agent, and the ways in that need a program of Kist. Imported only when one of them is needed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from ._agent import Agent, AgentFailure
from ._errors import KistError, NoAgent
from ._members import Members
from ._programs import program, without_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._places import Places

_SECONDS = 20
_agents: list[subprocess.Popen[bytes]] = []


def shared(places: Places) -> Agent:
    """Starts the shared agent by means of `kist`, which knows how: orphan, own session, empty environment, prompter.

    The same run opens the vault by the desktop's keyring when that may be done without a word. No terminal: it asks
    nobody.
    """
    _kist("list", "--json", "--profile", "default")
    agent = Agent.running(places)
    if agent is None:
        raise NoAgent("kist-agent could not be started", "look why:  kist status")
    return agent


def private(places: Places) -> Agent:
    """An agent for this process alone, where the user has no runtime folder. It ends with the connection."""
    ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with other:
        command = [program("kist-agent"), "--vault", places.vault, "--state", places.state]
        command += ["--inherited-fd", str(other.fileno())]
        try:
            started = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                pass_fds=[other.fileno()],
                start_new_session=True,
                umask=0o077,
            )
        except OSError as error:
            ours.close()
            raise NoAgent(f"kist-agent could not be started ({error.strerror})") from None
    _agents.append(started)  # reaped by subprocess when the next one starts
    return Agent(ours, places, private=True)


def by_keyring(agent: Agent) -> bool:
    """Whether the desktop's keyring has opened the vault: only at the first use in a session of the user's."""
    try:
        slots = Members(agent.call("slots")[0], "result")
        if not slots.flag("first") or not any(
            isinstance(slot, dict) and slot.get("kind") == "keyring" for slot in slots.items()
        ):
            return False
    except AgentFailure:
        return False
    return _kist("list", "--json", "--profile", "default") == 0


def at_terminal() -> bool:
    """Lets `kist unlock` ask, when this is a program that a person started at a terminal."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        return False
    sys.stdout.flush()
    return subprocess.run([program("kist"), "unlock"], env=without_keys()).returncode == 0


def _kist(*arguments: str) -> int:
    try:
        done = subprocess.run(
            [program("kist"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=without_keys(),
            start_new_session=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NoAgent(f"kist did not answer within {_SECONDS} seconds") from None
    except OSError as error:
        raise KistError(f"kist could not be started ({error.strerror})") from None
    return done.returncode
