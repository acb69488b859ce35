#!/usr/bin/env python3
"""Opens a backup and prints what it holds, written from Sources/KistVault/Backup.md: a second reader of that format.

    python3 decode-backup.py FILE PASSPHRASE               (prints secrets: for test vaults only)
    python3 decode-backup.py FILE --code RECOVERY-CODE

It puts the vault together again as Format.md has it, index and all, and leaves the judging of that to decode-vault.py. Needs
PyNaCl and argon2-cffi. What the format does not allow is refused: it ends with 1 and a reason.
"""
import sqlite3, struct, sys, tempfile

import nacl.bindings as sodium

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("vault", Path(__file__).with_name("decode-vault.py"))
vault = module_from_spec(spec)
spec.loader.exec_module(vault)
B, lp, u64, must, Reader = vault.B, vault.lp, vault.u64, vault.must, vault.Reader
CHUNK, LONGEST_HEAD, LONGEST_PART = 65_536, 256 << 10, 2 << 20


def part(r, longest):
    count = r.number("I")
    must(count <= longest, "a part is too long")
    return r.take(count)


def opened(stream, key):
    """The plaintext of all chunks; the last one, and only that, has the final tag."""
    must(len(stream) > 24, "cut short")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, stream[:24], key)
    plain, chunks = b"", [stream[at:at + CHUNK] for at in range(24, len(stream), CHUNK)]
    for number, chunk in enumerate(chunks, 1):
        must(len(chunk) > 17, "a chunk without content")
        try:
            piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk)
        except Exception:
            raise SystemExit("refused: a chunk does not open")
        must(tag == (3 if number == len(chunks) else 0), "the final tag")
        plain += piece
    return plain


def decode(path, open_with):
    data = Path(path).read_bytes()
    r = Reader(data)
    must(r.take(8) == b"KISTBACK" and r.number("B") == 1, "not a backup")
    header, manifest = part(r, LONGEST_HEAD), part(r, LONGEST_HEAD)
    ident, incarnation, _, key, _ = vault.unlock(header, open_with)
    m = Reader(vault.unpad(vault.unbox(key("manifest"), manifest[1:])))
    m.take(2 + 16 + 16 + 8 + 32)
    count, lookups, _, bits = m.number("Q"), m.number("Q"), m.number("Q"), m.number("B")

    r = Reader(opened(data[r.at:], B(lp("kist/v1/backup", B(data[:r.at])), key("backup"))))
    must(r.number("B") == 1, "layout")
    made = r.number("q")
    rows, pages = [], {}
    for _ in range(count):
        lookup, revision = r.take(16), r.number("Q")
        overview, secret = part(r, LONGEST_PART), part(r, LONGEST_PART)
        tag = lambda name, sealed: B(lp("kist/v1/row", lookup) + u64(revision) + lp(name, sealed), key("index"), 16)
        rows.append((lookup, revision, overview, secret))
        number = int.from_bytes(lookup, "big") >> (128 - bits)
        entry = lookup + u64(revision) + tag("overview", overview) + tag("secret", secret)
        pages[number] = pages.get(number, b"") + entry
    must([row[:2] for row in rows] == sorted({row[:2] for row in rows}), "order of the rows")
    must((r.number("Q"), r.number("Q")) == (count, lookups), "counts at the end")
    r.finish()

    with tempfile.NamedTemporaryFile(suffix=".kist") as file:
        db = sqlite3.connect(file.name)
        db.execute(f"PRAGMA application_id = {0x4B495354}")
        db.execute("PRAGMA user_version = 1")
        for statement in vault.SCHEMA.values():
            db.execute(statement)
        db.executemany("INSERT INTO head VALUES(?, ?)", [("header", header), ("manifest", manifest)])
        db.executemany("INSERT INTO page VALUES(?, ?)", pages.items())
        db.executemany("INSERT INTO record VALUES(?, ?, ?, ?)", rows)
        db.commit()
        db.close()
        vault.decode(file.name, open_with)
    print(f"backup of {made}")


if __name__ == "__main__":
    must(len(sys.argv) in (3, 4), "usage: see the first lines of this file")
    if sys.argv[2] == "--code":
        way = vault.way_in("--code", vault.from_letters(sys.argv[3], 16), b"")
    else:
        way = vault.way_in("passphrase", sys.argv[2].encode(), b"")
    decode(sys.argv[1], way)
