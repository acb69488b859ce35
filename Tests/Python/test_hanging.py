"""An agent that is stopped: it takes every connection and says nothing."""

import json
import os
import signal
import time

import kist
from home import Home, raises
from kist import _agent, _session


def test_an_agent_that_hangs_is_named_and_waited_for_a_moment_only():
    """It is stopped: what follows the greeting would have had 90 seconds, and a key 120."""
    assert _agent.GREETING <= 10
    with Home() as home:
        home.add("kumo", {"api_key": "demo:hang-canary"}, **home.key())
        home.unlock()
        agent = json.loads(home.kist("status", "--json"))["pid"]
        usual, _agent.GREETING = _agent.GREETING, 0.5
        os.kill(agent, signal.SIGSTOP)
        try:
            with home.inside(**home.key()):
                for ask in (lambda: kist.get("kumo"), lambda: kist.env("kumo").__enter__(), _session.state):
                    began = time.monotonic()
                    error = raises(kist.TimedOut, ask)
                    assert f"(process {agent}) does not answer" in str(error) and f"kill -9 {agent} " in str(error)
                    assert time.monotonic() - began < 20
        finally:
            os.kill(agent, signal.SIGCONT)
            _agent.GREETING = usual
        with home.inside():
            assert kist.get("kumo") == "demo:hang-canary"
