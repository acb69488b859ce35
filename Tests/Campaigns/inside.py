"""B3: what an agent's memory holds after a lock. C16: jumps of the clock."""

import datetime
import os
import pathlib
import secrets
import struct
import subprocess
import time

import operations
from agent import PASSPHRASE, Gone, Refused, World
from reading import READING

HERE = pathlib.Path(__file__).resolve().parent


def compiled(run, name, *flags):
    target = run.work / name
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", *flags, "-o", target, HERE / f"{name}.c"], check=True)
    return target


# B3


def windows(named):
    """Every eight bytes in a row of every secret, with a label; all-zero rows say nothing."""
    lines = []
    for name, data in named.items():
        for at in range(len(data) - 7):
            lines.append(f"{name} {data[at : at + 8].hex()}\n")
    return "".join(lines)


def scanned(scan, pid, text):
    done = subprocess.run([scan, str(pid)], input=text, capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        label, number = line.split()
        found[label] = found.get(label, 0) + int(number)
    return found.pop("bytes"), found


def scan(run):
    """The agent is asked for secrets, locked, and searched two seconds later for every eight bytes of all of them."""
    program = compiled(run, "scan")
    world = World(run.work / "world", run.programs)
    world.filled()
    keys = READING.keys(world.vault, PASSPHRASE)
    world.start()
    for cycle in range(run.count):
        secret = secrets.token_hex(24)
        named = {"passphrase": PASSPHRASE, "value": secret.encode(), **keys}
        talk = world.talk()
        talk.unlock()
        talk.put({f"n{cycle % 12}": secret})
        talk.call("reveal", {"wants": [{"profile": "default", "name": f"n{cycle % 12}"}], "purpose": "get"})
        text = windows(named)
        if cycle % 10 == 0:
            size, found = scanned(program, world.pid(), text)
            # The control: open, the root key is there, once, and the search sees it.
            run.tally.count("controls")
            if "root" not in found:
                run.tally.fail(f"cycle {cycle}: the control: the search does not see the root key of an open vault")
            if found.get("root", 0) > len(keys["root"]) - 7:
                run.tally.fail(f"cycle {cycle}: the root key is there more than once: {found['root']} windows")
        talk.call("lock")
        time.sleep(0.2 if run.short else 2)
        size, found = scanned(program, world.pid(), text)
        run.tally.count("cycles")
        run.tally.most("most bytes searched", size)
        run.tally.count("windows searched", text.count("\n"))
        for name, number in found.items():
            run.tally.fail(f"cycle {cycle}: {number} windows of {name} after the lock")
    world.fresh()


# C16

YEARS = 365 * 86_400


def moments():
    """Jumps in seconds: ten years, a leap day, the hour of summer time, the end of 32 bits, and small steps back."""
    now = time.time()
    leap = datetime.datetime(2028, 2, 29, 12, tzinfo=datetime.timezone.utc).timestamp() - now
    summer = datetime.datetime(2027, 3, 28, 1, 0, tzinfo=datetime.timezone.utc).timestamp() - now
    end = 2**31 - 2 - now
    return [10 * YEARS, -10 * YEARS, 0, leap, summer, end, end + 4, -1, 1, -3_600, 3_600, 60 * YEARS, -50 * YEARS]


def clock(run):
    """Order, expiry and lifetimes while the wall clock jumps; the lifetimes count on another clock."""
    library = compiled(run, "clock", "-shared", "-fPIC", "-ldl")
    world = World(run.work / "world", run.programs)
    saved, _ = operations.begin(world, "put")
    for number in range(run.count):
        world.lay(saved)
        page = world.folder / "clock"
        page.write_bytes(struct.pack("=q", 0))

        def jump(seconds):
            with open(page, "r+b") as file:
                file.write(struct.pack("=q", int(seconds)))

        world.start(environment={"LD_PRELOAD": str(library), "CAMPAIGN_CLOCK": str(page)})
        talk = world.talk()
        try:
            talk.call("unlock", {"with": "passphrase", "for": 600}, PASSPHRASE)
            jumps = moments()
            run.random.shuffle(jumps)
            for step, seconds in enumerate(jumps):
                jump(seconds)
                told = time.time() + int(seconds)
                talk.put({"n1": f"after jump {step}"})
                if talk.call("status")[0]["state"] != "unlocked":
                    run.tally.fail(f"run {number}: locked by a jump of {seconds:.0f} s")
                revisions = [item["revision"] for item in talk.call("history", {"profile": "default", "name": "n1"})[0]["items"]]
                if revisions != sorted(revisions, reverse=True):
                    run.tally.fail(f"run {number}: the order of revisions after {seconds:.0f} s")
                if 0 <= told < 253_402_300_799:
                    when = talk.call("history", {"profile": "default", "name": "n1"})[0]["items"][0]["when"]
                    stamp = datetime.datetime.strptime(when, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
                    if abs(stamp.timestamp() - told) > 5:
                        run.tally.fail(f"run {number}: the agent's clock did not jump ({when}): nothing was tried")
                expiring(run, talk, told, number)
                run.tally.count("jumps")
            # A lifetime of a second ends after a second, wherever the wall clock goes.
            talk.call("unlock", {"with": "passphrase", "for": 1}, PASSPHRASE)
            jump(-10 * YEARS if number % 2 else 10 * YEARS)
            time.sleep(1.5)
            if talk.call("status")[0]["state"] != "locked":
                run.tally.fail(f"run {number}: a lifetime of 1 s outlived a jump")
            run.tally.count("lifetimes")
            jump(0)
            world.opened()
        except (Gone, Refused) as problem:
            run.tally.fail(f"run {number}: {problem}")
        world.kill()
    world.fresh()


def expiring(run, talk, now, number):
    """Expired a minute ago is refused, a minute from now is not; by the clock as it stands."""
    for offset, expected in ((-60, "expired"), (60, None)):
        if not 0 <= now + offset < 253_402_300_000:
            continue
        moment = datetime.datetime.fromtimestamp(now + offset, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        talk.put({"expiring": "x"}, expires=moment)
        try:
            talk.call("reveal", {"wants": [{"profile": "default", "name": "expiring"}], "purpose": "get"})
            answer = None
        except Refused as problem:
            answer = problem.kind
        if answer != expected:
            run.tally.fail(f"run {number}: expiry {moment} was answered {answer}")
        # Rightly refused by the time of day in which everything is looked at in the end.
        talk.remove("expiring")
