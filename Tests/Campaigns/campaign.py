"""Counts, results, and work split between processes, for every campaign of this folder."""

import collections
import concurrent.futures
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STORE = ROOT / ".build/campaign"
FIGURES = pathlib.Path(__file__).resolve().parent / "figures.json"


class Tally:
    """What was tried and what came of it. `broken` are promises that did not hold, each with how to see it again."""

    def __init__(self):
        self.counts, self.broken = collections.Counter(), []

    def count(self, what, more=1):
        self.counts[what] += more

    def most(self, what, value):
        self.counts[what] = max(self.counts[what], value)

    def fail(self, text):
        self.counts["broken"] += 1
        if len(self.broken) < 100:
            self.broken.append(str(text))

    def merge(self, counts, broken):
        for name, number in counts.items():
            if name.startswith(("longest", "extra", "most")):
                self.most(name, number)
            else:
                self.counts[name] += number
        self.broken += broken[: max(0, 100 - len(self.broken))]


class Run:
    """One campaign's arguments, and where it keeps what is done already."""

    def __init__(self, name, count, seed, jobs, programs, work, short=False):
        self.name, self.count, self.seed, self.jobs, self.short = name, count, seed, jobs, short
        self.programs, self.work = pathlib.Path(programs), pathlib.Path(work) / f"{name}-{os.getpid()}"
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.random = random.Random(f"{seed}/{name}")
        self.tally = Tally()

    def parts(self, items, body, size, context=None):
        """As `parts_of`, for a campaign of one kind of thing."""
        self.parts_of("", items, body, size, context)

    def parts_of(self, kind, items, body, size, context=None):
        """Runs `body(context, part, worker folder)` over parts of `items` in `jobs` processes.

        What a part gave is kept in .build/campaign, so a run that was stopped goes on where it was, if the agent and
        the campaigns are the same. `body` is a function
        of a module and returns (counts, broken).
        """
        items = list(items)
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        version = hashlib.sha256()
        for path in [self.programs / "kist-agent", *sorted(pathlib.Path(__file__).parent.glob("*.*"))]:
            if path.suffix in ("", ".py", ".c"):
                version.update(path.read_bytes())
        version = version.hexdigest()
        STORE.mkdir(parents=True, exist_ok=True)
        kept = STORE / f"{self.name}{kind and '-' + kind}-{self.count}-{self.seed}.json"
        done = json.loads(kept.read_text()) if kept.exists() else {}
        if done.get("version") != version:
            done = {"version": version, "parts": {}}
        waiting = [n for n in range(len(parts)) if str(n) not in done["parts"]]
        begun, shown = time.monotonic(), 0.0
        with concurrent.futures.ProcessPoolExecutor(self.jobs) as pool:
            futures = {}
            for n in waiting:
                futures[pool.submit(body, context, parts[n], str(self.work / f"part-{n}"))] = n
            for future in concurrent.futures.as_completed(futures):
                counts, broken = future.result()
                done["parts"][str(futures[future])] = [dict(counts), broken]
                kept.with_suffix(".new").write_text(json.dumps(done))
                os.replace(kept.with_suffix(".new"), kept)
                if sys.stderr.isatty() and time.monotonic() - shown > 1:
                    shown = time.monotonic()
                    print(f"\r  {self.name}: {len(done['parts'])} of {len(parts)} parts, {shown - begun:.0f} s ", end="",
                          file=sys.stderr)  # fmt: skip
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        for counts, broken in done["parts"].values():
            self.tally.merge(counts, broken)


def commit():
    found = subprocess.run(["git", "rev-parse", "--short=9", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def note(run, seconds):
    """Keeps the figures of a campaign beside the code."""
    STORE.mkdir(parents=True, exist_ok=True)
    with open(STORE / "figures.lock", "w") as lock:
        # Some campaigns run beside others.
        fcntl.flock(lock, fcntl.LOCK_EX)
        figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
        figures[run.name] = {
            "counts": dict(sorted(run.tally.counts.items())),
            "broken": run.tally.broken,
            "seed": run.seed,
            "seconds": round(seconds),
            "commit": commit(),
            "date": datetime.date.today().isoformat(),
        }
        FIGURES.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
