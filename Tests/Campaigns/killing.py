"""C1: SIGKILL at a random moment of an operation. C2: a kill at every system call of it.

Nothing that was acknowledged may be lost, nothing may be torn, and the next agent must go on without help.
"""

import os
import random
import signal
import threading
import time

import operations
import strace
from agent import Gone, Refused, World
from campaign import Tally


def attempt(world, operation, talk):
    """How the operation ended for its caller."""
    try:
        operation.operate(world, talk)
        return "acknowledged"
    except Refused as problem:
        return f"refused: {problem.kind}"
    except Gone:
        return "cut off"


def judge(world, operation, before, outcome, tally, what):
    """Opens what is left with a new agent and compares."""
    try:
        found = world.opened()
    except (Gone, Refused, OSError) as problem:
        tally.fail(f"{what}: {outcome}, then not opened: {problem}")
        return
    state = operation.judge(before, found)
    if state is None:
        tally.fail(f"{what}: {outcome}, and what is there is neither old nor new")
    elif outcome == "acknowledged" and state == "old":
        tally.fail(f"{what}: acknowledged and lost")
    else:
        tally.count(f"{operation.name}: found {state}")
    broken = operation.beside(world)
    world.kill()
    if broken:
        tally.fail(f"{what}: {broken}")


# C1


def kill_part(context, numbers, folder):
    name, programs, seed = context
    tally, world, operation = Tally(), World(folder, programs), operations.ALL[name]()
    saved, before = operations.begin(world, name, batches=3)
    world.lay(saved)
    world.start()
    begun = time.monotonic()
    talk = operation.prepare(world)
    started = time.monotonic()
    operation.operate(world, talk)
    length = max(0.002, time.monotonic() - started)
    tally.most("longestMillisecondsOf " + name, round(1000 * (time.monotonic() - begun)))
    for number in numbers:
        chance = random.Random(f"{seed}/{name}/{number}")
        world.lay(saved)
        world.start()
        talk = operation.prepare(world)
        pid = world.pid()
        # Most moments inside, some just after: an acknowledged write must survive the kill that follows.
        # Every other time the command line dies instead, where it is the one that writes.
        client = operation.client_too and number % 2

        def strike(pid=pid, client=client):
            try:
                os.kill(world.client.pid if client else pid, signal.SIGKILL)
            except (ProcessLookupError, AttributeError):
                pass

        world.client = None
        killer = threading.Timer(chance.random() * length * 1.3, strike)
        killer.start()
        outcome = attempt(world, operation, talk)
        killer.join()
        tally.count("kills")
        tally.count(f"{name}: {outcome.split(':')[0]}")
        judge(world, operation, before, outcome, tally, f"{name} {number} of seed {seed}")
    world.fresh()
    return tally.counts, tally.broken


def kills(run):
    names = operations.offered(run.programs, ["put", "remove", "rekey", "backup", "restore"])
    for name in names:
        if name == "remove":
            continue
        run.parts_of(name, range(run.count), kill_part, 25, (name, str(run.programs), run.seed))


# C2


def call_part(context, points, folder):
    name, programs, who = context
    tally, world, operation = Tally(), World(folder, programs), operations.ALL[name]()
    saved, before = operations.begin(world, name)
    for call, number in points:
        world.lay(saved)
        killed = strace.at(call, number, "signal=KILL")
        try:
            world.start(*(killed if who == "agent" else []))
            talk = operation.prepare(world)
            world.client_wrapper = killed if who == "client" else []
            outcome = attempt(world, operation, talk)
        except Gone:
            outcome = "before"
        world.client_wrapper = []
        # Dead is what was asked for; alive means that this call did not come this time.
        alive = outcome == "acknowledged" and (who == "client" or world.process.poll() is None)
        tally.count("points")
        tally.count(f"{name}, {who} killed: " + ("not reached" if alive else outcome.split(":")[0]))
        judge(world, operation, before, outcome, tally, f"{name}, {who} killed at {call} {number}")
    world.fresh()
    return tally.counts, tally.broken


def points_of(run, name, who="agent"):
    world, operation = World(run.work / "points", run.programs), operations.ALL[name]()
    saved, _ = operations.begin(world, name)
    find = strace.points if who == "agent" else strace.client_points
    found = find(world, saved, operation.prepare, operation.operate)
    world.fresh()
    return found


def calls(run):
    for name in operations.offered(run.programs, ["put", "remove", "rekey", "backup", "restore"]):
        for who in ("agent", "client") if operations.ALL[name].client_too else ("agent",):
            points = points_of(run, name, who)
            run.tally.most(f"most calls of {name}, {who}", len(points))
            if len(points) < 15:
                run.tally.fail(f"{name}: only {len(points)} calls of the {who} were seen")
            chosen = points if len(points) <= run.count else sorted(run.random.sample(points, run.count), key=points.index)
            run.parts_of(f"{name}-{who}", chosen, call_part, 25, (name, str(run.programs), who))
