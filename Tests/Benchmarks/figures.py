"""The figures Kist is built to reach, each beside its peer or its floor in the same run."""

import datetime
import json
import os
import pathlib
import platform
import re
import sqlite3
import statistics
import subprocess
import time

import proxy_figure
import report
from bed import Home, Keyring, compiled, hyperfine, remove, synced, work_folder

median = statistics.median
ROOT = pathlib.Path(__file__).resolve().parents[2]


PARTS = (
    "whole_processes", "lookups", "unlock", "keyring", "bundle", "listing", "batch", "rekey", "audit", "proxy", "library",
    "resident", "python", "notebooks", "masking", "helpers", "tools",
)  # fmt: skip


def measure(binaries, out, work, quick, only):
    folder = work_folder(work)
    bench = Bench(binaries, folder, quick)
    try:
        for name in only or PARTS:
            part = getattr(bench, name)
            started = time.monotonic()
            print(f"{part.__doc__.splitlines()[0]}", end=" ", flush=True)
            part()
            print(f"({time.monotonic() - started:.0f} s)", flush=True)
    finally:
        bench.close()
        remove(folder)
    out.mkdir(parents=True, exist_ok=True)
    text = report.markdown(bench.rows, machine(binaries, folder), fixtures(bench, quick))
    (out / "bench.md").write_text(text)
    (out / "bench.json").write_text(
        json.dumps(
            {"machine": machine(binaries, folder), "quick": quick, "figures": bench.rows, "raw": bench.raw}, indent=1
        )
    )
    print(f"\n{text}\nWritten to {out}/bench.md and bench.json")
    return 0


class Bench:
    """Rows of the table, and the raw numbers they come from."""

    def __init__(self, binaries, folder, quick):
        self.binaries, self.folder, self.quick = binaries, folder, quick
        self.many = 10_000 if quick else 100_000
        self.rounds, self.runs = (2, 60) if quick else (5, 200)
        self.rows, self.raw = [], {}
        self.programs = compiled(folder)
        self._open = []

    def home(self, name, credentials=0):
        home = Home(self.folder, name, self.binaries, self.programs["agent_client"])
        self._open.append(home)
        home.initialise()
        home.fill(credentials)
        return home

    def close(self):
        while self._open:
            self._open.pop().close()

    def row(self, figure, measured, beside, result, target, met):
        self.rows.append(
            dict(figure=figure, measured=measured, beside=beside, result=result, target=target, met=bool(met))
        )

    # Each part is one or two rows

    def whole_processes(self):
        """Whole processes: kist get, kist run, age, secret-tool"""
        home = self.home("thousand", 1_000)
        home.kist(
            "add",
            "fields",
            "--name",
            "twenty",
            "--stdin",
            "--no-check",
            given=json.dumps({f"variable_{n:02}": f"value-{n:02}-0123456789abcdef" for n in range(20)}),
        )
        handed = home.kist("run", "twenty", "--", "env").count("-0123456789abcdef")
        assert handed == 20, f"{handed} variables arrived instead of 20"
        keyring = self.desktop()
        subprocess.run(["age-keygen", "-o", self.folder / "age.key"], check=True, capture_output=True)
        recipient = re.search("age1[0-9a-z]+", (self.folder / "age.key").read_text()).group()
        subprocess.run(["age", "-r", recipient, "-o", self.folder / "small.age"], input=b"sk-bench-000042", check=True)

        commands = [
            [self.binaries / "kist", "get", "bench-000042"],
            ["/usr/bin/age", "-d", "-i", self.folder / "age.key", self.folder / "small.age"],
            ["/usr/bin/secret-tool", "lookup", "service", "kist-bench"],
            [self.binaries / "kist", "run", "twenty", "--", "/bin/true"],
            ["/bin/true"],
        ]
        environment = {
            **keyring.environment,
            **home.environment,
            "DBUS_SESSION_BUS_ADDRESS": keyring.environment["DBUS_SESSION_BUS_ADDRESS"],
        }
        times = [[] for _ in commands]
        for _ in range(self.rounds):  # in turn, so that a busy moment hits all of them
            for sink, new in zip(times, hyperfine(commands, environment, self.folder, self.runs // 2)):
                sink += new
        self.raw["whole processes, ms"] = {" ".join(map(str, c)): t for c, t in zip(commands, times)}
        get, age, tool, run, true = map(median, times)
        self.row(
            "`kist get`, warm agent, whole process",
            f"{get:.2f} ms",
            f"`age -d` {age:.2f} ms",
            f"{get / age:.2f} ×",
            "≤ 1.2 ×, stretch 1.0 ×",
            get <= 1.2 * age,
        )
        self.row(
            "the same",
            f"{get:.2f} ms",
            f"`secret-tool lookup` {tool:.2f} ms",
            f"{get / tool:.2f} ×",
            "≤ 0.5 ×",
            get <= 0.5 * tool,
        )
        trips = round_trips(home, "run", "twenty", "--", "/bin/true")
        self.row(
            "`kist run NAME -- /bin/true`, 20 variables",
            f"{run:.2f} ms",
            f"`/bin/true` {true:.2f} ms",
            f"+ {run - true:.2f} ms, {trips} round trip{'s' * (trips != 1)}",
            "≤ + 6 ms, one round trip",
            run - true <= 6 and trips == 1,
        )

    def lookups(self):
        """Look-ups in the agent, 100 credentials and many"""
        few, many = self.home("hundred", 100), self.home("many", self.many)
        count, single = (20_000, 5_000) if self.quick else (200_000, 20_000)
        rates, latencies = {few: [], many: []}, {few: [], many: []}
        for _ in range(self.rounds):
            for home, size in ((few, 100), (many, self.many)):
                rates[home].append(float(home.ask("lookup", size, count, 64)[0]))
                latencies[home].append([float(n) for n in home.ask("single", size, single)[0].split()])
        self.raw["look-ups a second"] = {"100": rates[few], str(self.many): rates[many]}
        self.raw["single look-up, microseconds: p50 p99 max"] = {"100": latencies[few], str(self.many): latencies[many]}
        rate, slow = max(rates[few]), max(rates[many])
        p50, p99 = (min(latency[i] for latency in latencies[few]) for i in (0, 1))
        self.row("Look-ups, one client, 64 in flight", f"{rate:,.0f}/s", "–", "–", "≥ 30,000/s", rate >= 30_000)
        self.row("Single look-up, p99", f"{p99:.0f} µs", f"p50 {p50:.0f} µs", "–", "< 300 µs", p99 < 300)
        self.row(
            f"Look-up among {self.many:,}",
            f"{1e6 / slow:.1f} µs",
            f"among 100: {1e6 / rate:.1f} µs",
            f"{rate / slow:.2f} ×",
            "≤ 1.3 ×",
            rate <= 1.3 * slow,
        )

    def unlock(self):
        """Unlock beyond Argon2id, 1,000 credentials and many"""
        times = 5 if self.quick else 15
        for name, size, allowed in (("thousand", 1_000, 10), ("many", self.many, 50)):
            (home,) = [h for h in self._open if getattr(h, "place", None) == self.folder / name and isinstance(h, Home)]
            unlocks, floors = [], []
            for _ in range(times):
                unlocks += [float(s) * 1000 for s in home.ask("unlock", 1)]
                floor = subprocess.run(
                    [self.programs["argon2_floor"], "2", "19456", "1"], capture_output=True, text=True
                )
                floors.append(float(floor.stdout) * 1000)
            self.raw[f"unlock of {size}, ms"] = {"unlock": unlocks, "argon2id": floors}
            beyond = min(unlocks) - min(floors)
            self.row(
                f"Unlock, {size:,} credentials",
                f"{min(unlocks):.1f} ms",
                f"Argon2id alone {min(floors):.1f} ms",
                f"+ {beyond:.1f} ms",
                f"≤ + {allowed} ms",
                beyond <= allowed,
            )

    def python(self):
        """A look-up from Python, beside keyring"""
        import python_package

        python_package.rows(self)

    def notebooks(self):
        """Masking what notebooks show, in Python"""
        import notebooks

        notebooks.rows(self)

    def helpers(self):
        """Other tools' helpers, beside git's own cache"""
        import helpers

        helpers.rows(self)

    def tools(self):
        """Helpers of git and docker beside git's cache and the Secret Service"""
        import tools

        tools.rows(self)

    def desktop(self):
        """A keyring for all parts that want one."""
        for opened in self._open:
            if isinstance(opened, Keyring):
                return opened
        self._open.append(Keyring(self.folder))
        return self._open[-1]

    def keyring(self):
        """Opening with the key in a keyring, beside secret-tool"""
        desktop, home = self.desktop(), self.home("opened by a keyring", 1_000)
        passphrase = home.place / "passphrase"
        passphrase.touch(0o600)
        passphrase.write_text("bench")
        home.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]
        home.environment["KIST_PASSPHRASE_FILE"] = str(passphrase)
        home.kist("slot", "add", "keyring")
        unlocks, lookups = [], []
        for _ in range(20 if self.quick else 100):
            home.ask("lock")
            started = time.monotonic()
            home.kist("unlock", "--keyring")
            unlocks.append((time.monotonic() - started) * 1000)
            started = time.monotonic()
            command = ["secret-tool", "lookup", "service", "kist-bench"]
            subprocess.run(command, env=desktop.environment, capture_output=True, check=True)
            lookups.append((time.monotonic() - started) * 1000)
        self.raw["opening with a keyring, ms"] = {"kist unlock --keyring": unlocks, "secret-tool lookup": lookups}
        unlock, lookup = median(unlocks), median(lookups)
        self.row(
            "`kist unlock --keyring`, 1,000 credentials, whole processes",
            f"{unlock:.1f} ms",
            f"`secret-tool lookup` {lookup:.1f} ms",
            f"1.5 × {unlock - 1.5 * lookup:+.1f} ms",
            "≤ 1.5 × + 10 ms",
            unlock <= 1.5 * lookup + 10,
        )

    def bundle(self):
        """A credential from a bundle, without agent and vault, beside age"""
        home = self.home("bundles", 100)
        identity, sealed = home.place / "ci.identity", home.place / "ci.kist"
        home.kist("identity", "create", "-o", identity)
        home.kist("seal", "bench-000042", "--to", identity, "-o", sealed)
        clear = home.kist("get", "bench-000042")
        subprocess.run(["age-keygen", "-o", self.folder / "bundle.key"], check=True, capture_output=True)
        recipient = re.search("age1[0-9a-z]+", (self.folder / "bundle.key").read_text()).group()
        subprocess.run(["age", "-r", recipient, "-o", self.folder / "bundle.age"], input=clear.encode(), check=True)
        environment = {**home.environment, "KIST_BUNDLE": str(sealed), "KIST_IDENTITY_FILE": str(identity)}
        commands = [
            [self.binaries / "kist", "get", "bench-000042"],
            ["/usr/bin/age", "-d", "-i", self.folder / "bundle.key", self.folder / "bundle.age"],
        ]
        times = [[] for _ in commands]
        for _ in range(self.rounds):
            for sink, new in zip(times, hyperfine(commands, environment, self.folder, self.runs // 2)):
                sink += new
        self.raw["from a bundle, ms"] = {" ".join(map(str, c)): t for c, t in zip(commands, times)}
        get, age = map(median, times)
        self.row(
            "`kist get` from a bundle, whole process",
            f"{get:.2f} ms",
            f"`age -d` {age:.2f} ms",
            f"{get / age:.2f} ×",
            "≤ 1.2 ×",
            get <= 1.2 * age,
        )

    def listing(self):
        """List of 10,000"""
        home = self.home("ten thousand", 10_000)
        (times,) = hyperfine([[self.binaries / "kist", "list"]], home.environment, self.folder, self.runs // 4)
        lines = home.kist("list").count("bench-")
        assert lines == 10_000, f"{lines} of 10,000 listed"
        inside = [float(home.ask("list")[0].split()[0]) * 1000 for _ in range(self.rounds)]
        self.raw["list of 10,000, ms"] = {"kist list": times, "agent alone": inside}
        self.row(
            "`kist list` of 10,000, whole process",
            f"{median(times):.0f} ms",
            f"agent alone {median(inside):.0f} ms",
            "–",
            "≤ 150 ms",
            median(times) <= 150,
        )

    def batch(self):
        """10,000 stored in one batch"""
        stored, floor = [], []
        for turn in range(self.rounds):
            home = self.home(f"batch {turn}")
            stored += home.fill(10_000)
            overview, secret = row_sizes(home.vault)
            command = [
                self.programs["store_floor"],
                self.folder / f"floor {turn}.db",
                "10000",
                str(overview),
                str(secret),
            ]
            floor.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        self.raw["batch of 10,000, s"] = {"kist": stored, "floor": floor, "row": [overview, secret]}
        ratio = median(stored) / median(floor)
        self.row(
            "10,000 stored in one batch, through the agent",
            f"{median(stored) * 1000:.0f} ms",
            f"SQLite + secretbox in C {median(floor) * 1000:.0f} ms",
            f"{ratio:.2f} ×",
            "≤ 3 ×",
            ratio <= 3,
        )

    def rekey(self):
        """Another root for all rows, beside the same rows moved in C"""
        many, rounds = str(self.many), 1 if self.quick else 2
        kist, floor = [], []
        for turn in range(rounds):
            command = [self.measuring("vault-bench"), "rekey", many, self.folder]
            kist.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            # 256 padded bytes of each part, sealed: what three revisions of 200 bytes are.
            place = self.folder / f"rekey floor {turn}.db"
            command = [self.programs["rekey_floor"], place, many, "3", "305", "305"]
            floor.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            place.unlink()
        self.raw["rekey"] = {"kist": kist, "floor, s": floor}
        whole, moved = median([one["seconds"] for one in kist]), median(floor)
        grown = max(one["resident"][1] - one["resident"][0] for one in kist) / 1_024
        waits = [median([one["wait"][place] for one in kist]) / 1_000 for place in (0, 1)]
        self.row(
            f"`rekey`, {self.many:,} credentials of 3 revisions, 200 bytes", f"{whole:.1f} s",
            f"moved in C {moved:.1f} s", f"{whole / moved:.2f} ×", "≤ 2 ×", whole <= 2 * moved)
        self.row("Memory meanwhile", f"+ {grown:.1f} MiB", "–", "–", "± 10 MiB", grown <= 10)
        sync = synced(self.folder)
        self.raw["one fsync there, ms"] = sync
        sync = sorted(sync)[len(sync) * 99 // 100]
        self.row(
            "A read meanwhile waits for a slice and its commit, p99", f"{waits[1]:.1f} ms",
            f"one fsync there, p99 {sync:.1f} ms", f"p50 {waits[0]:.1f} ms", "≤ 5 ms + one fsync", waits[1] <= 5 + sync)
        looks = [median([one["verify"][place] for one in kist]) / 1_000 for place in (0, 1)]
        seconds = median([one["verified"] for one in kist])
        self.row(
            f"A read waits for a slice of a look at all {3 * self.many:,} rows, p99", f"{looks[1]:.1f} ms",
            f"p50 {looks[0]:.1f} ms, {seconds:.1f} s in all", "–", "≤ 5 ms", looks[1] <= 5)

    def masking(self):
        """Masking what a program prints, and scanning files"""
        program = self.measuring("vault-bench")
        found = json.loads(
            subprocess.run([program, "masking", "16" if self.quick else "64"], check=True, capture_output=True, text=True).stdout)
        self.raw["masking and scanning, MB/s of wall clock and processor"] = found
        for name, figure, target in (("mask50", "Masking, 50 secrets", 200), ("scan1000", "kist scan, 1,000 values", 300)):
            slowest = min(found[f"{name}-log"][1], found[f"{name}-base64"][1])
            self.row(f"{figure} in all forms ({found[name + '-patterns']:,} patterns), one core", f"{slowest} MB/s",
                     f"a secret in every hundredth line {found[name + '-busy'][1]} MB/s", "–", f"≥ {target} MB/s", slowest >= target)
        self.scanning()

    def scanning(self):
        """The whole program over a folder, beside grep for one value."""
        home = self.home("scanned", 1_000)
        folder = self.folder / "tree"
        folder.mkdir()
        line = b"2026-11-21 INFO request 123456 took 12 ms, path=/api/v1/predict\n"
        size = (16 if self.quick else 256) << 20
        for number in range(16):
            (folder / f"{number}.log").write_bytes(line * (size // 16 // len(line)))
        took = []
        for _ in range(self.rounds):
            started = time.monotonic()
            home.kist("scan", str(folder))
            took.append(time.monotonic() - started)
        started = time.monotonic()
        subprocess.run(["grep", "-rF", "one-value-that-is-not-there", folder], check=False)
        grep = time.monotonic() - started
        remove(folder)
        self.raw["kist scan of a folder, s"] = took
        self.row(f"kist scan of {size >> 20} MiB in 16 files, program and vault included", f"{size / 1e6 / min(took):.0f} MB/s",
                 f"grep -rF for one value {size / 1e6 / grep:.0f} MB/s", "–", "–", True)

    def measuring(self, name):
        """A program that measures from inside; it is never shipped, so it may have to be built."""
        program = self.binaries / name
        if not program.exists():
            subprocess.run([ROOT / "Scripts/build", name], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            program = ROOT / ".build/release" / name
        return program

    def audit(self):
        """An audited read beside one that is not, within one process"""
        program = self.measuring("vault-bench")
        runs = [json.loads(subprocess.run([program, "1000"], check=True, capture_output=True, text=True).stdout)
                for _ in range(self.rounds)]
        self.raw["reveal of 1,000 without and with the audit log, µs"] = runs
        plain, audited = (min(run[name][0] for run in runs) / 1_000 for name in ("reveal1000", "audited1000"))
        self.row(
            "Audited read, in the agent",
            f"{audited:.1f} µs",
            f"not audited {plain:.1f} µs",
            f"+ {audited - plain:.1f} µs",
            "≤ + 5 µs",
            audited - plain <= 5,
        )

    def library(self):
        """Credentials through the Swift library, one after the other in one task"""
        program = self.measuring("client-bench")
        home = self.home("library", 100)
        name = json.loads(home.kist("list", "--json"))["items"][0]["name"]
        count = 2_000 if self.quick else 20_000
        runs = [json.loads(subprocess.run([program, name, str(count)], env=home.environment, check=True,
                                          capture_output=True, text=True).stdout) for _ in range(self.rounds)]
        self.raw["the Swift library, ns for each request"] = runs
        best = {source: min(run[source] for run in runs) for source in runs[0]}
        rate = 1e9 / best["agent"]
        self.row("Swift: `provider.credential` from the agent, one task", f"{rate:,.0f}/s",
                 f"{best['agent'] / 1000:.1f} µs each", "–", "≥ 20,000/s", rate >= 20_000)
        empty = {source: best[source] for source in ("environment", "static", "bundle", "file")}
        slowest = max(empty, key=empty.get)
        self.row("Swift: a source that has nothing", f"{empty[slowest]} ns ({slowest})",
                 ", ".join(f"{source} {ns} ns" for source, ns in empty.items() if source != slowest), "–", "< 1 µs",
                 empty[slowest] < 1_000)

    def proxy(self):
        """kist proxy: between wrk and nginx"""
        rate, direct, through, beside = proxy_figure.measure(
            self.home("proxy", 100), self.folder, 2 if self.quick else 8)
        self.raw["proxy"] = dict(rate=rate, direct=direct, median_us=through, direct_median_us=beside)
        self.row("`kist proxy`, 16 connections", f"{rate:,.0f}/s", f"nginx alone {direct:,.0f}/s", f"{rate / direct:.2f} ×",
                 "≥ 5,000/s", rate >= 5_000)  # fmt: skip
        self.row("`kist proxy`, one request, median", f"{through / 1e3:.2f} ms", f"nginx alone {beside / 1e3:.2f} ms",
                 f"+ {(through - beside) / 1e3:.2f} ms", "≤ + 1 ms", through - beside <= 1e3)  # fmt: skip

    def resident(self):
        """Memory of an idle agent"""
        home = Home(self.folder, "resident", self.binaries, self.programs["agent_client"])
        self._open.append(home)
        home.initialise(3, 262_144)  # the cost a new vault has
        home.fill(1_000)
        home.close()
        home.start()
        home.ask("unlock", 1)
        home.kist("list")
        time.sleep(2)
        status = open(f"/proc/{home.process.pid}/status").read()
        resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
        self.raw["resident, MiB"] = resident
        self.row(
            "Agent, unlocked, idle, 1,000 credentials",
            f"{resident:.1f} MiB",
            "–",
            "–",
            "≤ 20 MiB resident",
            resident <= 20,
        )


def round_trips(home, *arguments):
    """Requests that a command sends besides `hello`, which rides in the same write: counted from its system calls."""
    trace = home.place / "trace"
    command = [
        "strace",
        "-f",
        "-qq",
        "-s",
        "65536",
        "-e",
        "trace=write,writev,sendto,sendmsg",
        "-o",
        trace,
        home.binaries / "kist",
        *arguments,
    ]
    subprocess.run(command, env=home.environment, check=True, capture_output=True)
    return sum("jsonrpc" in line for line in trace.read_text(errors="replace").splitlines())


def row_sizes(vault):
    """Average bytes of the two sealed parts of a stored row, as any storage would see them."""
    with sqlite3.connect(f"file:{vault}?mode=ro", uri=True) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        table = max(tables, key=lambda name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        columns = [name for (_, name, *_) in db.execute(f'PRAGMA table_info("{table}")')]
        sizes = {
            c: db.execute(f'SELECT avg(length("{c}")) FROM "{table}" WHERE typeof("{c}") = \'blob\'').fetchone()[0]
            for c in columns
        }
    largest = sorted((size for size in sizes.values() if size), reverse=True)[:2]
    return round(largest[0]), round(largest[1])


def machine(binaries, folder):
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    revision = subprocess.run(
        ["git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty"], capture_output=True, text=True
    )
    file_system = subprocess.run(["stat", "-f", "-c", "%T", folder.parent], capture_output=True, text=True)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{cpu.group(1) if cpu else platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "kernel": platform.release(),
        "file system": file_system.stdout.strip(),
        "revision": revision.stdout.strip(),
        "load before": " ".join(open("/proc/loadavg").read().split()[:3]),
    }


def fixtures(bench, quick):
    """What was measured, in sentences."""
    text = f"""
        Release build with the static Swift standard library. Vaults lie on the file system named above, with a rollback
        journal and synchronous=EXTRA.
        | A credential is a generic API key: two plain fields (a 28-byte address and a header's name) and one secret of
        40 bytes.
        | Whole processes: hyperfine without a shell, {bench.rounds} rounds in turn of {bench.runs // 2} runs each,
        1,000 credentials, output discarded; medians. age decrypts a 15-byte file with a key file; secret-tool asks an
        unlocked gnome-keyring that has one item, on a bus of its own.
        | Look-ups: a client in C reveals one secret of a random credential at a time; the best of the rounds, as for
        unlock: what else runs on a machine only ever adds.
        | Unlock and batches use the lowest Argon2id cost allowed (2 passes, 19 MiB), so that it does not drown the
        rest; the idle agent has the cost of a new vault (3 passes, 256 MiB).
        | The C floor writes as many rows of the same sizes in one transaction with the same settings, each part sealed
        with secretbox.
        """
    if quick:
        text += "| Quick run: fewer repetitions and 10,000 instead of 100,000 credentials; not for figures."
    return [" ".join(sentence.split()) for sentence in text.split("|")]
