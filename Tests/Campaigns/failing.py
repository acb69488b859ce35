"""C4: EIO and ENOSPC at every call of the system that an operation makes. C6: malloc that gives nothing, and address space that
ends. Nothing may be reported as done that is not, and the vault must be good afterwards."""

import errno
import mmap
import pathlib
import struct
import subprocess

import operations
from agent import Gone, Refused, World
from campaign import Tally

HERE = pathlib.Path(__file__).resolve().parent
CALLS = ["pwrite", "write", "fsync", "fdatasync", "open", "ftruncate", "unlink", "rename", "pread", "stat", "fcntl", "fallocate",
         "mkdir", "fchmod", "read", "malloc"]  # fmt: skip


def library(work):
    target = pathlib.Path(work) / "fault.so"
    if not target.exists():
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", target, HERE / "fault.c", "-ldl"],
                       check=True)  # fmt: skip
    return str(target)


class Page:
    """The page that tells the agent's fault library what to let fail, and counts calls."""

    def __init__(self, path):
        path.write_bytes(bytes(4 * 37))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4 * 37)

    def arm(self, call=-1, number=0, error=0, lasting=False):
        self.map[4:20] = struct.pack("=4i", call, number, error, lasting)
        self.map[0:4] = struct.pack("=i", 1)

    def disarm(self):
        self.map[0:4] = struct.pack("=i", 0)

    def counts(self):
        return struct.unpack("=32i", self.map[20:148])[: len(CALLS)]


def started(world, saved, fault):
    world.lay(saved)
    page = Page(world.folder / "fault")
    world.start(environment={"LD_PRELOAD": fault, "CAMPAIGN_FAULT": str(world.folder / "fault")})
    return page


def counted(run, name):
    """How often the agent makes each call during the operation."""
    world, operation = World(run.work / "points", run.programs), operations.ALL[name]()
    saved, _ = operations.begin(world, name)
    page = started(world, saved, library(run.work))
    talk = operation.prepare(world)
    page.arm()
    operation.operate(world, talk)
    page.disarm()
    world.fresh()
    return page.counts()


def fault_part(context, tries, folder):
    name, programs, fault = context
    tally, world, operation = Tally(), World(folder, programs), operations.ALL[name]()
    saved, before = operations.begin(world, name)
    for call, number, error, lasting in tries:
        what = f"{name}, {errno.errorcode[error]} at {CALLS[call]} {number}{'+' if lasting else ''}"
        page = started(world, saved, fault)
        try:
            talk = operation.prepare(world)
            page.arm(call, number, error, lasting)
            try:
                operation.operate(world, talk)
                outcome = "acknowledged"
            except Refused as problem:
                outcome = f"refused as {problem.kind}"
            except Gone:
                outcome = "ended" if world.process.poll() is not None else "cut off"
            page.disarm()
            trust(world, operation, before, outcome, tally, what)
        except (Gone, Refused) as problem:
            tally.fail(f"{what}: before it began: {problem}")
        tally.count("errors")
        tally.count(f"{name}: {outcome}")
        judge(world, operation, before, outcome, tally, what)
    world.fresh()
    return tally.counts, tally.broken


def trust(world, operation, before, outcome, tally, what):
    """What the same agent says afterwards must be what a new one will find: a failed sync is not to be taken back."""
    if world.process.poll() is not None:
        return
    try:
        talk = world.talk()
        if talk.call("status")[0]["state"] != "unlocked":
            tally.count("the vault had locked itself")
            talk.unlock()
        said = talk.everything()
    except (Gone, Refused) as problem:
        tally.count(f"the same agent then: {getattr(problem, 'kind', 'gone')}")
        return
    state = operation.judge(before, said)
    if state is None or (outcome == "acknowledged" and state == "old"):
        tally.fail(f"{what}: {outcome}, and then the same agent says {state}")


def judge(world, operation, before, outcome, tally, what):
    try:
        state = operation.judge(before, world.opened())
    except (Gone, Refused, OSError) as problem:
        tally.fail(f"{what}: {outcome}, then not opened: {problem}")
        return
    if state is None:
        tally.fail(f"{what}: {outcome}, and what is there is neither old nor new")
    elif outcome == "acknowledged" and state == "old":
        tally.fail(f"{what}: acknowledged, and not there")
    else:
        tally.count(f"{operation.name}: found {state}")
    broken = operation.beside(world)
    world.kill()
    if broken:
        tally.fail(f"{what}: {broken}")


def errors(run):
    for name in operations.offered(run.programs, ["put", "remove", "rekey", "backup", "restore"]):
        counts = counted(run, name)
        run.tally.most(f"most kinds of calls of {name}", sum(1 for count in counts[:-1] if count))
        tries = [
            (call, number, error, lasting)
            for call in range(len(CALLS) - 1)
            for number in range(1, counts[call] + 1)
            for error in (errno.EIO, errno.ENOSPC)
            for lasting in (False, True)
        ]
        chosen = tries if len(tries) <= run.count else run.random.sample(tries, run.count)
        run.parts_of(name, chosen, fault_part, 25, (name, str(run.programs), library(run.work)))


# C6


def memory(run):
    """A third of the tries cut the address space, the rest let single allocations fail."""
    counts = counted(run, "put")
    allocations = counts[CALLS.index("malloc")]
    run.tally.most("most allocations of a put", allocations)
    wanted = min(allocations, run.count * 2 // 3)
    numbers = sorted(run.random.sample(range(1, allocations + 1), wanted))
    tries = [(CALLS.index("malloc"), number, errno.ENOMEM, lasting) for number in numbers for lasting in (False, True)]
    run.parts_of("malloc", tries, fault_part, 25, ("put", str(run.programs), library(run.work)))
    limits = [(40 + 3 * step) << 20 for step in range(0, run.count // 3)]
    run.parts_of("limits", limits, limit_part, 15, str(run.programs))


def limit_part(context, limits, folder):
    tally, world, put = Tally(), World(folder, context), operations.Put()
    saved, before = operations.begin(world, "put")
    for limit in limits:
        world.lay(saved)
        outcome = "not started"
        try:
            world.start("prlimit", f"--as={limit}", "--")
            outcome = "not unlocked"
            talk = put.prepare(world)
            outcome = "ended"
            put.operate(world, talk)
            outcome = "acknowledged"
        except (Refused, Gone) as problem:
            outcome += f" ({getattr(problem, 'kind', 'gone')})"
        tally.count("errors")
        tally.count(f"limit: {outcome}")
        judge(world, put, before, outcome, tally, f"address space of {limit >> 20} MiB")
    world.fresh()
    return tally.counts, tally.broken
