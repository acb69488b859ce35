"""C5 full disks, C7 many writers, C11 who opens the file, B4 locked memory."""

import os
import re
import resource
import subprocess
import threading

import operations
from agent import PASSPHRASE, CHEAP, Gone, Refused, World
from campaign import Tally

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--"]


# C5


def disk_part(context, levels, folder):
    """A file system of its own, 1 MiB, with `level` bytes left."""
    tally, world = Tally(), World(folder, context)
    saved, before = operations.begin(world, "put")
    os.makedirs(world.data, exist_ok=True)
    for level in levels:
        world.fresh()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", world.data], check=True)
        try:
            for path, data in saved.items():
                (world.folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (world.folder / path).write_bytes(data)
                (world.folder / path).chmod(0o600)
            full = world.data / "filler"
            left = os.statvfs(world.data)
            full.write_bytes(bytes(max(0, left.f_bavail * left.f_bsize - level)))
            level_at(world, before, level, full, tally)
        finally:
            world.kill()
            subprocess.run(["umount", "-l", world.data], check=True)
    world.fresh()
    return tally.counts, tally.broken


def level_at(world, before, level, full, tally):
    tally.count("levels")
    what = f"{level} bytes left"
    known = {name: value for name, (_, value) in before.items()}
    try:
        world.start()
        talk = world.talk()
        talk.unlock()
    except (Gone, Refused) as problem:
        # Without room for a lock file nobody can be sure to be alone: said, and nothing touched.
        tally.count(f"not opened: {getattr(problem, 'kind', 'gone')}")
        world.kill()
        full.unlink()
        if world.opened() != before:
            tally.fail(f"{what}: changed although it was not opened")
        return
    for number in range(6):
        values = {f"m{number}": "more " * 300, f"n{number}": f"changed {number}"}
        try:
            talk.put(values)
            known |= values
            tally.count("writes acknowledged")
        except Refused as problem:
            tally.count(f"writes refused: {problem.kind}")
            # Without room for the audit log nothing is written or handed out.
            if problem.kind not in ("full", "io", "notAudited"):
                tally.fail(f"{what}: a write was refused as {problem}")
    try:
        state = talk.call("status")[0]["state"]
        if state != "unlocked":
            talk.unlock()
        try:
            found = {name: value for name, (_, value) in talk.everything().items()}
            if found != known:
                tally.fail(f"{what}: reading gave something else while it was full")
            tally.count("read while full")
        except Refused as problem:
            tally.count(f"not read: {problem.kind}")
            if problem.kind != "notAudited":
                raise
        try:
            talk.remove("n7")
            known.pop("n7")
            tally.count("removed while full")
        except Refused as problem:
            tally.count(f"not removed: {problem.kind}")
        talk.call("lock")
        tally.count("locked while full")
    except (Gone, Refused) as problem:
        tally.fail(f"{what}: reading and locking: {problem}")
    world.kill()
    full.unlink()
    if {name: value for name, (_, value) in world.opened().items()} != known:
        tally.fail(f"{what}: something else is there when there is room again")


def disks(run):
    """Needs a mount namespace of its own; Scripts/campaign starts this one in it."""
    levels = [level * 1_024 for level in range(run.count)]
    run.parts(levels, disk_part, 10, str(run.programs))


# C7


def writers(run):
    world = World(run.work / "world", run.programs)
    world.start()
    first = world.talk()
    first.call("init", CHEAP, PASSPHRASE)
    first.put({"counter": "0"})
    failures = []

    def write(writer):
        try:
            talk = world.talk()
            for number in range(run.count):
                talk.put({f"w{writer}-{number}": f"{writer} {number}"}, ifRevision=0)
                if number % 10 == 9:
                    count_up(talk)
        except (Gone, Refused) as problem:
            failures.append(f"writer {writer}: {problem}")

    def count_up(talk):
        while True:
            result, values = talk.call(
                "reveal", {"wants": [{"profile": "default", "name": "counter"}], "purpose": "get"}
            )
            seen = result["items"][0]["overview"]["revision"]
            try:
                talk.put({"counter": str(int(values[0]) + 1)}, ifRevision=seen)
                return
            except Refused as problem:
                if problem.kind != "conflict":
                    raise
                run.tally.count("conflicts seen and tried again")

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        run.tally.fail(failure)
    found = world.opened()
    expected = {f"w{w}-{n}": f"{w} {n}" for w in range(8) for n in range(run.count)}
    run.tally.count("acknowledged", len(expected))
    for name, value in expected.items():
        if found.get(name, (0, None))[1] != value:
            run.tally.fail(f"lost: {name}")
    run.tally.count("steps of the shared counter", 8 * (run.count // 10))
    if found["counter"][1] != str(8 * (run.count // 10)):
        run.tally.fail(f"the counter is {found['counter'][1]}")
    if len({revision for revision, _ in found.values()}) != len(found):
        run.tally.fail("two writes have one revision")
    world.fresh()


# C11


def opens(run):
    """While SQLite has the vault's file open, nothing else in the agent opens or closes it: closing would drop all locks."""
    world, calls = World(run.work / "world", run.programs), "openat,open,close,dup,dup2,dup3,fcntl"
    saved, _ = operations.begin(world, "put")
    for number in range(run.count):
        world.lay(saved)
        log = run.work / "opens"
        world.start("strace", "-f", "-qq", "-e", f"trace={','.join('?' + c for c in calls.split(','))}", "-o", log, "--")
        talk = world.talk()
        talk.unlock()
        for step in range(6):
            talk.put({f"n{step}": "x"})
            talk.everything()
        talk.remove("n1")
        talk.call("lock")
        talk.unlock()
        talk.call("lock")
        world.kill()
        held, most = {}, 0
        for line in log.read_text(errors="replace").splitlines():
            opened = re.search(r'open(?:at)?\(.*"([^"]*)".* = (\d+)$', line)
            if opened and opened.group(1) == str(world.vault):
                held[opened.group(2)] = line
                run.tally.count("opens of the file")
                most = max(most, len(held))
            closed = re.search(r"close\((\d+)\)", line)
            if closed:
                held.pop(closed.group(1), None)
        run.tally.count("sessions")
        if most != 1:
            run.tally.fail(f"{most} descriptors of the vault's file were open at once")
    world.fresh()


# B4


def locked(run):
    """Secrets in locked memory, or a visible word that they are not; as an ordinary user, whom the limit binds."""
    hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    for limit, expected in ((0, False), (65_536, False), (8 << 20, True), (hard, True)):
        world = World(run.work / f"lock-{limit & 0xFFFFFFFF}", run.programs)
        os.chmod(run.work, 0o711)
        for path in (world.folder, world.data, world.run, world.state, world.run / "kist", world.state / "kist"):
            os.chown(path, 65_534, 65_534)
        world.folder.chmod(0o711)
        amount = "unlimited" if limit == resource.RLIM_INFINITY else limit
        client = (
            "import sys; sys.path.insert(0, sys.argv[1]); from agent import *\n"
            "t = Talk(sys.argv[2]); t.call('init', CHEAP, PASSPHRASE)\n"
            "for n in range(0, int(sys.argv[3]), 200): t.put({f'n{n}-{m}': 'x' * 60 for m in range(200)})\n"
            "t.everything(); print(json.dumps(t.call('status')[0]))"
        )
        world.start("prlimit", f"--memlock={amount}", "--", *NOBODY)
        here = os.path.dirname(os.path.abspath(__file__))
        done = subprocess.run([*NOBODY, "/usr/bin/python3", "-c", client, here, world.socket, str(run.count)],
                              capture_output=True, text=True)  # fmt: skip
        run.tally.count("limits")
        if done.returncode:
            run.tally.fail(f"{amount}: {done.stderr[-300:]}")
            continue
        told = '"locked": true' in done.stdout
        text = open(f"/proc/{world.agent_below()}/status").read()
        held = int(re.search(r"VmLck:\s+(\d+)", text).group(1))
        run.tally.count("credentials stored and read", run.count)
        if told != expected or (told and held == 0):
            run.tally.fail(f"limit {amount}: says locked {told}, and {held} KiB are")
        world.kill()
