"""A17, A8: what the agent wrote, the second reader of the format reads, and reads the same."""

import ast
import os

import operations
from agent import PASSPHRASE, CHEAP, World
from reading import READING


def readers(run):
    world = World(run.work / "world", run.programs)
    for number in range(run.count):
        world.fresh()
        world.start()
        talk = world.talk()
        talk.call("init", CHEAP, PASSPHRASE)
        for step in range(run.random.randrange(1, 40)):
            name = f"n{run.random.randrange(12)}"
            if run.random.random() < 0.15 and step:
                try:
                    talk.remove(name)
                except operations.Refused:
                    run.tally.count("removals of nothing")
            else:
                talk.put({name: os.urandom(run.random.randrange(1, 900)).hex()})
        expected = talk.everything()
        world.kill()
        done = READING.decode(world.vault, PASSPHRASE)
        run.tally.count("vaults")
        if done.returncode:
            run.tally.fail(f"vault {number}: the second reader says: {(done.stdout + done.stderr)[-300:]}")
            continue
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
