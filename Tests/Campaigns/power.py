"""C3: power is lost. What was written but not synced may be there, be gone, or be torn; what was acknowledged must be there.

One session of several operations is recorded with every byte that it writes. From that record, states that a disk may hold
after a power cut are made: at a point of time, each file has what was synced, and of everything after that a random part (of
a write possibly a half, in any order); names made, moved and removed since the folder was synced may or may not be. A new
agent must open each: with everything that was acknowledged before the point, and whole.
"""

import pathlib
import re
import shutil
import time

import operations
from agent import Gone, Refused, World
from campaign import Tally

CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,mkdir,close,sendto,sendmsg,fallocate,pwritev,writev,link,linkat,copy_file_range"
LINE = re.compile(r"^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?(?: .*)?$")
SECTOR = 512


def steps():
    """Operations in turn; `None` marks where the caller has heard of success."""
    return [
        ("put", lambda talk: talk.put({"n1": "changed " * 40})),
        ("add", lambda talk: talk.put({"added": "new " * 900})),
        ("remove", lambda talk: talk.remove("n2")),
        ("batch", lambda talk: talk.put({f"b{n}": f"value {n} " * 20 for n in range(12)})),
        ("again", lambda talk: talk.put({"added": "newer"})),
    ]


def record(run):
    """Returns the start as bytes, the states from first to last, and the events with the index of each acknowledgement."""
    world = World(run.work / "world", run.programs)
    saved, before = operations.begin(world, "put")
    world.lay(saved)
    log = run.work / "writes"
    world.start("strace", "-f", "-qq", "-ttt", "-xx", "-y", "-s", "4000000", "-o", log, "-e",
                f"trace={','.join('?' + call for call in CALLS.split(','))}", "--")  # fmt: skip
    talk = world.talk()
    talk.unlock()
    states, heard, begin = [before], [], time.time()
    for _, step in steps():
        step(talk)
        heard.append(time.time())
        states.append(talk.everything())
    world.kill()
    events, acknowledged = parse(log.read_text(errors="replace"), str(world.folder), begin, heard)
    world.fresh()
    return saved, states, events, acknowledged


def text(hexed):
    return bytes.fromhex(hexed.replace("\\x", ""))


def path_of(argument):
    found = re.search(r"<((?:\\x[0-9a-f]{2})+|[^>]*)>", argument)
    if not found:
        return ""
    return text(found.group(1)).decode() if found.group(1).startswith("\\x") else found.group(1)


def parse(log, folder, begin, heard):
    """Events: (kind, path, …) below `folder`, in order; and after how many of them each operation was acknowledged."""
    events, acknowledged, waiting = [], [], list(heard)
    last_sent = None
    for line in log.splitlines():
        match = LINE.match(line)
        if not match or match.group(5).startswith("-"):
            continue
        when, call, arguments = float(match.group(2)), match.group(3), match.group(4)
        if when < begin:
            continue
        while waiting and when > waiting[0]:
            acknowledged.append(last_sent if last_sent is not None else len(events))
            waiting.pop(0)
            last_sent = None
        names = [text(found).decode(errors="replace") for found in re.findall(r'"((?:\\x[0-9a-f]{2})+)"', arguments)]
        if call in ("sendto", "sendmsg"):
            last_sent = len(events)
        elif call in ("pwrite64", "write"):
            path = path_of(arguments.split(",")[0])
            if path.startswith(folder):
                data = text(re.search(r'"((?:\\x[0-9a-f]{2})*)"', arguments).group(1))
                offset = int(arguments.rsplit(",", 1)[1]) if call == "pwrite64" else None
                events.append(("write", path, offset, data))
        elif call in ("pwritev", "writev", "copy_file_range") and path_of(arguments).startswith(folder):
            raise ValueError(f"{call} is not understood by this model")
        elif call == "ftruncate":
            events.append(("truncate", path_of(arguments), int(arguments.rsplit(",", 1)[1])))
        elif call in ("fsync", "fdatasync"):
            events.append(("sync", path_of(arguments)))
        elif call == "openat" and "O_CREAT" in arguments and names[-1].startswith(folder):
            events.append(("create", names[-1], "O_TRUNC" in arguments))
        elif call in ("unlink", "unlinkat"):
            events.append(("unlink", names[-1]))
        elif call.startswith("rename"):
            events.append(("rename", names[0], names[1]))
        elif call.startswith("link"):
            events.append(("link", names[0], names[1]))
    while waiting:
        acknowledged.append(last_sent if last_sent is not None else len(events))
        waiting.pop(0)
    return [event for event in events if event[1].startswith(folder)], acknowledged


class Inode:
    """What a file holds for sure, and what was done to it since."""

    def __init__(self, data=b""):
        self.data, self.pending, self.length = bytearray(data), [], len(data)

    def write(self, offset, data):
        offset = self.length if offset is None else offset
        self.pending.append((offset, data))
        self.length = max(self.length, offset + len(data))

    def truncate(self, length):
        self.pending.append((None, length))
        self.length = length

    @staticmethod
    def apply(data, pending):
        for offset, change in pending:
            if offset is None:
                del data[change:]
                data.extend(bytes(change - len(data)))
            else:
                data.extend(bytes(max(0, offset - len(data))))
                data[offset : offset + len(change)] = change
        return data

    def sync(self):
        self.apply(self.data, self.pending)
        self.pending = []

    def after_the_cut(self, chance):
        """Any part of what is pending, writes torn between sectors."""
        how, kept = chance.randrange(4), []
        if how == 0:
            return bytes(self.data)
        for offset, change in self.pending:
            if how == 1 or chance.random() < 0.5:
                if how == 3 and offset is not None and len(change) > SECTOR and chance.random() < 0.5:
                    change = change[: SECTOR * chance.randrange(1, len(change) // SECTOR + 1)]
                kept.append((offset, change))
        return bytes(self.apply(bytearray(self.data), kept))


def cut(saved, folder, events, point, chance):
    """Files after power was lost before event `point`: path → bytes."""
    durable = {f"{folder}/{path}": Inode(data) for path, data in saved.items()}
    names, pending = dict(durable), []
    for event in events[:point]:
        kind, path = event[0], event[1]
        if kind == "create":
            if path not in names:
                names[path] = Inode()
                pending.append(("add", path, names[path]))
            elif event[2]:
                names[path].truncate(0)
        elif kind == "write" and path in names:
            names[path].write(event[2], event[3])
        elif kind == "truncate" and path in names:
            names[path].truncate(event[2])
        elif kind == "sync":
            if path in names:
                names[path].sync()
            else:
                # A folder: its names are for sure now.
                rest = []
                for change in pending:
                    if str(pathlib.PurePath(change[1]).parent) == path:
                        settle(durable, change)
                    else:
                        rest.append(change)
                pending = rest
        elif kind == "unlink" and path in names:
            del names[path]
            pending.append(("drop", path, None))
        elif kind == "rename" and path in names:
            names[event[2]] = names.pop(path)
            pending.append(("move", path, (event[2], names[event[2]])))
    for change in pending:
        if chance.random() < 0.5:
            settle(durable, change)
    return {path: inode.after_the_cut(chance) for path, inode in durable.items()}


def settle(names, change):
    kind, path, what = change
    if kind == "add":
        names[path] = what
    elif kind == "drop":
        names.pop(path, None)
    else:
        names.pop(path, None)
        names[what[0]] = what[1]


def cut_part(context, numbers, folder):
    import random

    programs, seed, place, saved, states, events, acknowledged = context
    tally, world = Tally(), World(folder, programs)
    for number in numbers:
        chance = random.Random(f"{seed}/power/{number}")
        point = chance.randrange(len(events) + 1)
        least = sum(1 for after in acknowledged if after <= point)
        files = cut(saved, place, events, point, chance)
        world.fresh()
        for path, data in files.items():
            target = world.folder / pathlib.PurePath(path).relative_to(place)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(0o600)
        adopt_anchor(world, place)
        tally.count("cuts")
        what = f"power lost before event {point} of {len(events)} (number {number} of seed {seed})"
        try:
            found = world.opened()
        except (Gone, Refused, OSError) as problem:
            tally.fail(f"{what}: not opened: {problem}")
            continue
        if found not in states[least : least + 2]:
            where = states.index(found) if found in states else None
            tally.fail(f"{what}: {least} were acknowledged, found state {where}")
        else:
            tally.count("kept" if found == states[least] else "kept, and the next one too")
    world.fresh()
    return tally.counts, tally.broken


def adopt_anchor(world, place):
    """The state folder names a vault by the tag of its path, which is another one here."""
    for path in (world.state / "kist/seen").glob("*") if (world.state / "kist/seen").exists() else []:
        if path.name == tag(f"{place}/data/vault.kist"):
            shutil.move(path, path.with_name(tag(str(world.vault))))


def tag(path):
    """FNV-1a 64 in 16 hexadecimal digits."""
    value = 0xCBF29CE484222325
    for byte in path.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def power(run):
    saved, states, events, acknowledged = record(run)
    place = str(run.work / "world")
    syncs = [number for number, event in enumerate(events) if event[0] == "sync"]
    run.tally.most("most events", len(events))
    run.tally.count("acknowledged operations", len(acknowledged))
    start = 0
    for number, after in enumerate(acknowledged):
        # Every write has a sync of the file and of its folder between its beginning and its answer.
        synced = {events[at][1] for at in syncs if start <= at < after}
        if not any(path.endswith("vault.kist") for path in synced) or not any(path.endswith("/data") for path in synced):
            run.tally.fail(f"operation {number}: answered after syncs of {sorted(synced)} only")
        start = after
    run.parts(range(run.count), cut_part, 25, (str(run.programs), run.seed, place, saved, states, events, acknowledged))
