"""A16: a backup made while somebody writes is the vault at one commit boundary."""

import json
import threading

import operations
from agent import PASSPHRASE, CHEAP, World


class Writer(threading.Thread):
    """Changes, removals and new ones, and what the vault held at each generation."""

    def __init__(self, talk, random, truth):
        super().__init__(daemon=True)
        self.talk, self.random, self.truth = talk, random, truth
        self.history, self.writes, self.ending, self.problem = {}, 0, threading.Event(), None
        self.more = threading.Condition()

    def run(self):
        try:
            while not self.ending.is_set():
                self.write()
        except Exception as problem:
            self.problem = problem
        with self.more:
            self.more.notify_all()

    def write(self):
        name = f"n{self.random.randrange(70)}"
        if self.random.random() < 0.1 and name in self.truth:
            generation = self.talk.remove(name)["generation"]
            del self.truth[name]
        else:
            value = f"write {self.writes} " * self.random.randrange(1, 300)
            generation = self.talk.put({name: value})["revision"]
            self.truth[name] = value
        with self.more:
            self.history[generation] = dict(self.truth)
            self.writes += 1
            self.more.notify_all()

    def wait_for(self, count):
        """So many writes from now on."""
        with self.more:
            until = self.writes + count
            self.more.wait_for(lambda: self.writes >= until or self.problem, timeout=60)


def backups(run):
    world, other = (World(run.work / name, run.programs) for name in ("writing", "restored"))
    world.start()
    talk = world.talk()
    talk.call("init", CHEAP, PASSPHRASE)
    truth = {f"n{number}": f"value {number} " * 300 for number in range(60)}
    first = talk.put(truth)["revision"]
    writer = Writer(world.talk(), run.random, dict(truth))
    writer.history[first] = dict(truth)
    writer.start()
    seen = set()
    for number in range(run.count):
        copy = run.work / f"{number}.backup"
        made = world.kist("backup", "create", copy, "--json")
        if made.returncode:
            run.tally.fail(f"backup {number} was refused: {made.stdout + made.stderr}")
            break
        made = json.loads(made.stdout)["generation"]
        writer.wait_for(2)
        if writer.problem:
            run.tally.fail(f"the writer was refused: {writer.problem}")
            break
        run.tally.count("backups")
        other.fresh()
        other.start()
        operations.run_kist(other, "backup", "restore", copy, given_passphrase=True)
        talk = other.talk()
        talk.unlock()
        found = {name: value for name, (_, value) in talk.everything().items()}
        if made not in writer.history:
            run.tally.fail(f"backup {number} is of generation {made}, which no write made")
        elif found != writer.history[made]:
            run.tally.fail(f"backup {number} holds something else than generation {made} held")
        seen.add(made)
        copy.unlink()
    writer.ending.set()
    writer.join(timeout=60)
    # The control: without a write in between, two backups would prove what one does.
    if len(seen) != run.tally.counts.get("backups", 0):
        run.tally.fail(f"{len(seen)} generations only: nothing was written meanwhile")
    other.kill()
    world.kill()
