#!/usr/bin/env python3
"""Opens a vault file and prints what it holds, written from Sources/KistVault/Format.md: a second reader of the format.

    python3 decode-vault.py FILE PASSPHRASE [SECOND-FACTOR-HEX]        (prints secrets: for test vaults only)
    python3 decode-vault.py FILE --code CODE | --key HEX | --identity TEXT | --identity SEED-HEX

Needs PyNaCl and argon2-cffi. It refuses what the format does not allow, checks everything that a reader must check, and
ends with 1 and a reason when something does not hold.
"""
import hashlib, sqlite3, struct, sys

import argon2.low_level
import nacl.bindings as sodium

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("vectors", Path(__file__).with_name("make-vectors.py"))
vectors = module_from_spec(spec)
spec.loader.exec_module(vectors)
B, LP, lp, u8, u16, u32, u64, padded_size = (getattr(vectors, n) for n in "B LP lp u8 u16 u32 u64 padded_size".split())

SCHEMA = {
    "head": "CREATE TABLE head(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "page": "CREATE TABLE page(number INTEGER NOT NULL PRIMARY KEY, entries BLOB NOT NULL) WITHOUT ROWID",
    "record": "CREATE TABLE record(lookup BLOB NOT NULL, revision INTEGER NOT NULL, overview BLOB NOT NULL, "
              "secret BLOB NOT NULL, PRIMARY KEY(lookup, revision)) WITHOUT ROWID",
}


def must(condition, what):
    if not condition:
        raise SystemExit(f"refused: {what}")


class Reader:
    def __init__(self, data): self.data, self.at = data, 0

    def take(self, count):
        must(self.at + count <= len(self.data), "cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, fmt): return struct.unpack(">" + fmt, self.take(struct.calcsize(">" + fmt)))[0]
    def text(self, fmt): return self.take(self.number(fmt)).decode()
    def finish(self): must(self.at == len(self.data), "bytes at the end")


def unbox(key, box): return sodium.crypto_secretbox_open(box[24:], box[:24], key)


def unpad(padded):
    count = struct.unpack(">I", padded[:4])[0]
    must(count <= len(padded) - 4 and padded_size(count) == len(padded) and not any(padded[4 + count:]), "padding")
    return padded[4:4 + count]


def from_letters(text, count):
    """The first `count` bytes of base-32 groups; the check is not looked at."""
    text = text.upper().replace("-", "").replace("I", "1").replace("L", "1").replace("O", "0")
    bits = "".join(f"{vectors.ALPHABET.index(c):05b}" for c in text)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, count * 8, 8))


def way_in(how, secret, factor):
    """For each slot: the KEK that this way gives, and how the root is taken out; None for slots of another kind."""
    def open_with(slot, public, ident):
        kind, bound = slot["kind"], u8(slot["kind"]) + slot["params"]
        wrapped = slot["wrapped"]
        wrap = lambda kek: unbox(B(lp("kist/v1/wrap", ident, slot["id"], bound), kek), wrapped)
        boxed = lambda pair: sodium.crypto_box_open(wrapped[24:], wrapped[:24], public, pair)
        if how == "passphrase" and kind == 1:
            form, passes, memory, salt = struct.unpack(">BII16s", slot["params"])
            must(form in (1, 2), "form")
            kek = argon2.low_level.hash_secret_raw(secret, salt, passes, memory, 1, 32, argon2.low_level.Type.ID)
            kek = B(lp("kist/v1/2f", u8(1), factor), kek) if form == 2 else kek
            return kek, lambda: wrap(kek)
        if how == "--key" and kind in (3, 4, 5):
            return secret, lambda: wrap(secret)
        if how == "--code" and kind == 2:
            kek = B(lp("kist/v1/recovery", secret))
            pair = sodium.crypto_box_seed_keypair(B(lp("kist/v1/recipient"), kek))[1]
            return kek, lambda: boxed(pair)
        if how == "--identity" and kind == 6:
            pair = sodium.crypto_box_seed_keypair(secret)[1]
            return B(lp("kist/v1/recipient-kek", sodium.crypto_box_beforenm(public, pair))), lambda: boxed(pair)
        return None
    return open_with


def show(slot, key):
    info = Reader(unpad(unbox(B(lp("kist/v1/slot-info", slot["id"]), key("slot-info")), slot["info"])))
    must(info.number("B") == 1, "layout of a slot's info")
    created, tested, flags, label = info.number("q"), info.number("q"), info.number("B"), info.text("B")
    must(flags in (0, 1) and len(label.encode()) <= 64, "a slot's info")
    recipient = info.take(32) if slot["kind"] in (2, 6) else None
    if slot["kind"] == 2:
        info.take(32)
    info.finish()
    print("slot", slot["id"].hex(), slot["kind"], created, tested, flags, label, recipient and recipient.hex(), sep=" | ")


def unlock(header, open_with):
    r = Reader(header)
    must(r.take(4) == b"KIST" and r.number("B") == 1, "header")
    ident, incarnation, public, generation = r.take(16), r.take(16), r.take(32), r.number("Q")
    epochs = [(r.number("I"), r.take(72)) for _ in range(r.number("H"))]
    must(epochs and [n for n, _ in epochs] == list(range(epochs[0][0], epochs[0][0] + len(epochs))), "epochs")
    slots = []
    for _ in range(r.number("B")):
        slot = dict(id=r.take(8), kind=r.number("B"))
        slot["params"], slot["commitment"] = r.take(r.number("H")), r.take(32)
        slot["wrapped"] = r.take(r.number("H"))
        must(len(slot["wrapped"]) == 72, "wrapped body")
        slot["info"] = r.take(r.number("H"))
        slots.append(slot)
    mac = r.take(32)
    r.finish()
    must(all(1 <= s["kind"] <= 6 and len(s["params"]) == (25 if s["kind"] == 1 else 0) for s in slots), "a slot's kind")
    for slot in slots:
        found = open_with(slot, public, ident)
        if found is None:
            continue
        kek, open_root = found
        commit = B(lp("kist/v1/commit", ident, slot["id"], u8(slot["kind"]) + slot["params"]), kek)
        if B(lp("kist/v1/commitment", public, slot["wrapped"]), commit) != slot["commitment"]:
            continue
        root = open_root()
        key = lambda purpose: B(lp("kist/v1/root", purpose, ident), root)
        key.root, key.kek = root, kek
        must(B(lp("kist/v1/header", header[:-32]), key("header")) == mac, "header's MAC")
        must(sodium.crypto_box_seed_keypair(key("slot-pair"))[0] == public, "public key")
        for slot in slots:
            show(slot, key)
        keys = {n: unbox(B(lp("kist/v1/epoch", ident) + u32(n), key("epoch-wrap")), box) for n, box in epochs}
        return ident, incarnation, generation, key, keys
    raise SystemExit("refused: no slot opens")


def on_page(lookup, bits): return int.from_bytes(lookup, "big") >> (128 - bits)


def decode(path, open_with):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    pragma = lambda name: db.execute(f"PRAGMA {name}").fetchone()[0]
    must(pragma("application_id") == 0x4B495354 and pragma("user_version") == 1, "not a vault")
    must(dict(db.execute("SELECT name, sql FROM sqlite_schema")) == SCHEMA, "schema")
    head = dict(db.execute("SELECT name, value FROM head"))
    ident, incarnation, written, key, epochs = unlock(head["header"], open_with)
    must(head["manifest"][0] == 1, "manifest")
    m = Reader(unpad(unbox(key("manifest"), head["manifest"][1:])))
    must((m.number("B"), m.number("B"), m.take(16), m.take(16)) == (1, 1, ident, incarnation), "manifest")
    generation = m.number("Q")
    must(written <= generation and m.take(32) == B(head["header"]), "header of another manifest")
    rows, lookups, markers, bits, digest = m.number("Q"), m.number("Q"), m.number("Q"), m.number("B"), m.take(32)
    state = m.number("B")
    must(state < 16 and not (state & 4 and state & 3 in (1, 2)), "state")
    must(0 < generation < 2**62 and markers <= lookups <= rows < 2**40, "bounds")
    # The keys of a row by whether its entry says that it has been moved.
    phase, sides = state & 3, {False: (key, epochs), True: None}
    if phase in (1, 2):
        root = unbox(key("rekey"), m.take(72))
        former = lambda purpose: B(lp("kist/v1/root", purpose, ident), root)
    if phase == 1:
        boxes = [(m.number("I"), m.take(72)) for _ in range(m.number("H"))]
        old = {n: unbox(B(lp("kist/v1/epoch", ident) + u32(n), former("epoch-wrap")), box) for n, box in boxes}
        sides = {False: (former, old), True: (key, epochs)}
    if state & 4:
        unbox(key("rekey"), m.take(72))
    m.take(32)
    links = [(m.number("Q"), m.take(16)) for _ in range(m.number("H"))]
    m.finish()
    must(all(a[0] < b[0] for a, b in zip(links, links[1:])) and all(g < generation for g, _ in links), "chain")

    entries, total = {}, 0
    for number, page in db.execute("SELECT number, entries FROM page"):
        message = lp("kist/v1/page", incarnation) + u8(bits) + u32(number) + LP(page)
        total += int.from_bytes(B(message, key("index")), "big")
        places = []
        for at in range(0, len(page), 56):
            lookup, revision, overview, secret = struct.unpack(">16sQ16s16s", page[at:at + 56])
            moved, revision = bool(revision >> 63), revision & (1 << 63) - 1
            must(sides[moved] and (moved or on_page(lookup, bits) == number), "entry on another page")
            places.append((lookup, revision))
            entries[lookup, revision] = overview, secret, moved, number
        must(places and places == sorted(set(places)), "order of a page")
    must(total % 2**256 == int.from_bytes(digest, "big"), "digest")
    must(len(entries) == rows and len({l for l, _ in entries}) == lookups, "counts")

    def part(lookup, revision, name, sealed, tag, key, epochs):
        message = lp("kist/v1/row", lookup) + u64(revision) + lp(name, sealed)
        must(B(message, key("index"), 16) == tag, f"tag of the {name}")
        must(sealed[0] == 1 and sealed[1:5] == bytes(4), "envelope")
        epoch = struct.unpack(">I", sealed[5:9])[0]
        context = lp("kist/v1/record", ident, incarnation, bytes(4), lookup) + u64(revision) + lp(name)
        return Reader(unpad(unbox(B(context, epochs[epoch]), sealed[9:])))

    seen, found = 0, []
    for lookup, revision, overview, secret in db.execute("SELECT * FROM record ORDER BY lookup, revision"):
        tags = entries.pop((lookup, revision), None)
        must(tags, "a row that is not in the index")
        side = sides[tags[2]]
        o = part(lookup, revision, "overview", overview, tags[0], *side)
        s = part(lookup, revision, "secret", secret, tags[1], *side)
        must(o.number("B") == 1, "layout")
        flags, profile, name, platform = o.number("B"), o.text("B"), o.text("B"), o.text("B")
        variant = o.text("B") if flags & 1 else None
        created, when, again = o.number("q"), o.number("q"), o.number("Q")
        expiry = o.number("q") if flags & 2 else None
        who, why = o.text("B"), o.text("H")
        plain = [(o.text("B"), o.text("I")) for _ in range(o.number("H"))]
        names = [o.text("B") for _ in range(o.number("H"))]
        note = o.text("I") if flags & 4 else None
        policy = o.number("B") if flags & 16 else 0
        must((policy in (1, 2)) == bool(flags & 16), "flags")
        count = o.number("B") if flags & 32 else 0
        must(count in range(1, 17) if flags & 32 else count == 0, "bundles")
        bundles = [(o.number("B"), o.text("B"), o.take(32).hex(), o.number("q"), o.number("q")) for _ in range(count)]
        must(all(b[0] < 2 and len(b[1].encode()) <= 128 for b in bundles), "bundles")
        count = o.number("B") if flags & 64 else 0
        must(count in range(1, 9) if flags & 64 else count == 0, "rejections")
        refused = [(o.text("B"), o.number("Q"), o.number("q")) for _ in range(count)]
        must(all(0 < len(r[0]) < 256 and all(32 < ord(c) < 127 for c in r[0]) for r in refused), "rejections")
        since = o.number("Q") if flags & 128 else None
        must(since is None or 0 < since < revision, "since")
        o.finish()
        must(again == revision and B(lp(profile, name), side[0]("name"), 16) == lookup, "place")
        must(not tags[2] or on_page(B(lp(profile, name), former("name"), 16), bits) == tags[3], "home of a moved row")
        seen += flags == 8
        must(s.number("B") == 1, "layout")
        fields = [(s.text("B"), s.text("I")) for _ in range(s.number("H"))]
        s.finish()
        must([n for n, _ in fields] == names, "fields")
        found.append((profile, name, revision, platform, variant, expiry, who, why, note, ("allow", "confirm", "run-only")[policy], bundles, refused, since, plain, fields))
    must(not entries, "a row is missing")
    for row in sorted(found):
        print(*row, sep=" | ")
    print(f"generation {generation}, {rows} rows, {lookups} credentials and markers" + ("", ", moving", ", checking", ", renewing")[phase])


if __name__ == "__main__":
    must(len(sys.argv) in (3, 4), "usage: see the first lines of this file")
    path, *way = sys.argv[1:]
    if way[0] == "--code":
        way = way_in("--code", from_letters(way[1], 16), b"")
    elif way[0] == "--key":
        way = way_in("--key", bytes.fromhex(way[1]), b"")
    elif way[0] == "--identity":
        text = way[1].removeprefix("kist-identity-")
        way = way_in("--identity", bytes.fromhex(text) if len(text) == 64 else from_letters(text, 32), b"")
    else:
        way = way_in("passphrase", way[0].encode(), bytes.fromhex(way[1]) if len(way) > 1 else b"")
    decode(path, way)
