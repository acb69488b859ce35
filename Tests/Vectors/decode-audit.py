#!/usr/bin/env python3
"""Reads a vault's audit log and proves it with the recovery code, written from Sources/KistVault/Audit.md: a second reader.

    python3 decode-audit.py VAULT CODE         prints one line for each entry; ends with 1 and a reason when something does not hold

Needs PyNaCl and argon2-cffi. Every entry of every segment that is kept is opened, its number and the tag before it compared, and its own
tag computed from the code's line.
"""
import datetime, glob, re, sqlite3, sys

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("decoder", Path(__file__).with_name("decode-vault.py"))
decoder = module_from_spec(spec)
spec.loader.exec_module(decoder)
B, lp, LP, u64, Reader, must, unbox, unpad = (
    getattr(decoder, n) for n in "B lp LP u64 Reader must unbox unpad".split())
sodium = decoder.sodium


def head(data):
    r = Reader(data[:226])
    must(r.take(8) == b"KISTAUDT" and r.number("B") == 1, "not a segment")
    s = dict(vault=r.take(16), id=r.take(16), number=r.number("Q"), oldest=r.number("Q"), first=r.number("Q"), previous=r.take(32),
             origin=r.number("B"), line=r.take(16), base=r.number("Q"), box=r.take(104))
    r.finish()
    return s


def first_key(s, code):
    kek = B(lp("kist/v1/recovery", code))
    if s["origin"] == 1:
        return B(lp("kist/v1/audit-line", s["vault"], s["line"]), kek)
    must(s["origin"] == 2, "this line can be proved by nobody")
    secret = sodium.crypto_box_seed_keypair(B(lp("kist/v1/recipient"), kek))[1]
    return sodium.crypto_box_open(s["box"][56:], s["box"][32:56], s["box"][:32], secret)


def entry(plain, sequence, previous):
    r = Reader(plain)
    must(r.number("B") == 1 and r.number("Q") == sequence and r.take(32) == previous, f"entry {sequence}: out of order")
    when = datetime.datetime.fromtimestamp(r.number("q"), datetime.timezone.utc)
    words = [r.text("B") for _ in range(3)]
    client, pid, user, program = r.text("B"), r.number("i"), r.number("I"), r.text("B")
    reason, missed = r.text("H"), r.number("I")
    targets = []
    for _ in range(r.number("H")):
        profile, name, revision = r.text("B"), r.text("B"), r.number("Q")
        fields = [r.text("B") for _ in range(r.number("H"))]
        targets.append("/".join([profile, name]) + (f"@{revision}" if revision else "") + "".join(f" {f}" for f in fields))
    r.finish()
    print(sequence, f"{when:%Y-%m-%dT%H:%M:%SZ}", *words, "; ".join(targets), f"{client} {pid} {user} {program}", reason, missed, sep=" | ")


def read(vault, text):
    code = decoder.from_letters(text, 16)
    header = dict(sqlite3.connect(f"file:{vault}?mode=ro", uri=True).execute("SELECT name, value FROM head"))["header"]
    ident, _, _, key, _ = decoder.unlock(header, decoder.way_in("--code", code, b""))
    audit = key("audit")
    older = [int(m[1]) for p in glob.glob(glob.escape(vault) + ".audit.*") if (m := re.fullmatch(r".*\.audit\.([1-9]\d*)", p))]
    files = [f"{vault}.audit.{n}" for n in sorted(older)] + [f"{vault}.audit"]
    oldest = head(Path(files[-1]).read_bytes())["oldest"]
    reached, line, chain, entries = None, None, None, 0
    for path in files:
        data = Path(path).read_bytes()
        s = head(data)
        if s["number"] < oldest:
            continue
        must(s["vault"] == ident, f"{path}: another vault's")
        must(reached is None or reached == (s["first"], s["previous"]), f"{path}: does not follow")
        places = [data[256:328], data[336:408]]
        keys = [place for place in places if any(place)]
        must(len(keys) == 1, "a change of the root is under way")
        segment = unbox(B(lp("kist/v1/audit-segment", data[:226]), audit), keys[0])
        if s["line"] != line:
            line, chain = s["line"], first_key(s, code)
            for _ in range(s["base"], s["first"]):
                chain = B(lp("kist/v1/audit-next"), chain)
        seal, sequence, previous, at = B(lp("kist/v1/audit-seal"), segment), s["first"], s["previous"], 1024
        while at < len(data):
            r = Reader(data[at:at + 12])
            n, number = r.number("I"), r.number("Q")
            box, tag = data[at + 12:at + 12 + n], data[at + 12 + n:at + 44 + n]
            must(296 <= n <= 81960 and len(tag) == 32 and number == sequence, f"entry {sequence}: not one")
            message = lp("kist/v1/entry", s["id"]) + u64(sequence) + LP(previous) + LP(box)
            must(B(message, chain) == tag, f"entry {sequence}: not of this code's line")
            entry(unpad(unbox(seal, box)), sequence, previous)
            chain, previous, sequence, at, entries = B(lp("kist/v1/audit-next"), chain), tag, sequence + 1, at + 44 + n, entries + 1
        reached = (sequence, previous)
    print(f"{entries} entries, all proved")


if __name__ == "__main__":
    must(len(sys.argv) == 3, "usage: see the first lines of this file")
    read(*sys.argv[1:])
