"""A17, A8: what the agent wrote, the second reader of the format reads, and reads the same."""

import ast
import os

import operations
from agent import PASSPHRASE, CHEAP, World
from reading import READING

# An identity, as seed and as its recipient's text.
SEED = bytes(range(1, 33))
RECIPIENT = "kist-recipient-98W0FM34-T1VHG760-E2C9WXM9-3MGDS9AN-JN4DRB3Q-R6JG4WW8-5CWC9049"


def add_ways(talk, code):
    """Slots of every kind; what the second reader opens each with."""
    key, factor = os.urandom(32), os.urandom(32)
    proof = {"proof": {"with": "passphrase"}}
    talk.call("slotTest", {"proof": {"with": "recovery"}}, code)
    for kind in ("keyring", "keyFile", "credential"):
        talk.call("slotAdd", proof | {"kind": kind, "label": "n\u00e4h"}, PASSPHRASE, key)
    talk.call("slotAdd", proof | {"kind": "recipient", "recipient": RECIPIENT}, PASSPHRASE)
    talk.call("slotAdd", proof | {"kind": "passphrase", "factor": True} | CHEAP, PASSPHRASE, b"with both", factor)
    return [("--key", key.hex()), ("--code", code.decode()), ("--identity", SEED.hex()), ("with both", factor.hex())]


def rows(done):
    return [line for line in done.stdout.splitlines() if not line.startswith("slot")] or done.stderr


def backup_and_log(run, world, code, done):
    """The backup holds what the vault holds, and the recovery code proves every line of the log."""
    copy = world.folder / "out.backup"
    for way in ([PASSPHRASE.decode()], ["--code", code.decode()]):
        run.tally.count("backups")
        found = READING.of("backup", copy, *way)
        # Its records are all there is; what stands below them, the state, is the backup's own.
        if found.returncode or rows(found)[:-2] != rows(done)[:-1]:
            run.tally.fail(f"the second reader of backups says: {(found.stdout + found.stderr)[-300:]}")
    log = READING.of("audit", world.vault, code.decode())
    run.tally.count("logs")
    lines = [line for line in log.stdout.splitlines() if not line.startswith("slot")]
    if log.returncode or lines[-1] != f"{len(lines) - 1} entries, all proved" or len(lines) < 4:
        run.tally.fail(f"the second reader of the log says: {(log.stdout + log.stderr)[-300:]}")
    # The controls: one changed byte of each.
    for path, kind, way in ((copy, "backup", PASSPHRASE.decode()), (world.vault.with_name(world.vault.name + ".audit"), "audit", code.decode())):
        bent = bytearray(path.read_bytes())
        bent[len(bent) * 2 // 3 if kind == "backup" else 1_024 + 60] ^= 4
        path.write_bytes(bent)
        if READING.of(kind, path if kind == "backup" else world.vault, way).returncode == 0:
            run.tally.fail(f"the second reader takes a {kind} with a changed byte")


def readers(run):
    world = World(run.work / "world", run.programs)
    for number in range(run.count):
        world.fresh()
        world.start()
        talk = world.talk()
        code = talk.call("init", CHEAP, PASSPHRASE)[1][0]
        for step in range(run.random.randrange(1, 40)):
            name = f"n{run.random.randrange(12)}"
            if run.random.random() < 0.15 and step:
                try:
                    talk.remove(name)
                except operations.Refused:
                    run.tally.count("removals of nothing")
            else:
                talk.put({name: os.urandom(run.random.randrange(1, 900)).hex()})
        ways = add_ways(talk, code) if number % 3 == 0 else []
        expected = talk.everything()
        if ways:
            operations.run_kist(world, "backup", "create", world.folder / "out.backup", "--overwrite")
            # So that the log ends with what was written last.
            talk.call("lock")
        world.kill()
        done = READING.decode(world.vault, PASSPHRASE)
        run.tally.count("vaults")
        if done.returncode:
            run.tally.fail(f"vault {number}: the second reader says: {(done.stdout + done.stderr)[-300:]}")
            continue
        for way in ways:
            run.tally.count("ways in")
            if rows(READING.decode_by(world.vault, *way)) != rows(done):
                run.tally.fail(f"vault {number}: the second reader does not open it by {way[0]}")
        if ways:
            backup_and_log(run, world, code, done)
        newest = {}
        for line in done.stdout.splitlines()[:-1]:
            cells = line.split(" | ")
            if cells[0] == "slot":
                continue
            name, revision = cells[1], int(cells[2])
            fields = ast.literal_eval(cells[-1])
            if revision > newest.get(name, (0, ""))[0]:
                newest[name] = (revision, fields[0][1])
        if newest != expected:
            run.tally.fail(f"vault {number} of seed {run.seed}: the two readers read different things")
        # The control: a passphrase that is not its own opens nothing.
        if number == 0 and READING.decode(world.vault, b"another").returncode == 0:
            run.tally.fail("the second reader opens with any passphrase")
    world.fresh()
