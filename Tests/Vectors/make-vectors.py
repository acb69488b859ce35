#!/usr/bin/env python3
"""Makes the vectors in this folder from Sources/KistVault/Format.md alone: python3 make-vectors.py [FOLDER]

Needs PyNaCl (secretbox, box) and argon2-cffi (the reference Argon2); BLAKE2b is Python's own. Nothing is random: running it
again gives the same files. A vector is a block of `key: value` lines; `expect` names the exact outcome class.
"""
import hashlib, math, struct, sys
from pathlib import Path

import argon2.low_level
import nacl.bindings as sodium

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
counter = 0


def some(count):
    """Bytes that look random and are the same in each run."""
    global counter
    out = b""
    while len(out) < count:
        counter += 1
        out += hashlib.blake2b(b"kist vectors %d" % counter).digest()
    return out[:count]


def LP(x): return struct.pack(">I", len(x)) + (x if isinstance(x, bytes) else x.encode())
def lp(*parts): return b"".join(LP(p.encode() if isinstance(p, str) else p) for p in parts)
def u8(n): return struct.pack(">B", n)
def u16(n): return struct.pack(">H", n)
def u32(n): return struct.pack(">I", n)
def u64(n): return struct.pack(">Q", n)
def i64(n): return struct.pack(">q", n)
def text(fmt, t): return struct.pack(fmt, len(t.encode())) + t.encode()
def t8(t): return text(">B", t)
def t16(t): return text(">H", t)
def t32(t): return text(">I", t)
def B(x, key=b"", size=32): return hashlib.blake2b(x, key=key, digest_size=size).digest()
def box(key, p):
    nonce = some(24)
    return nonce + sodium.crypto_secretbox(p, nonce, key)


def padded_size(count):
    n = count + 4
    for bucket in (256, 512, 1024, 2048, 4096):
        if n <= bucket:
            return bucket
    e = int(math.log2(n))
    s = int(math.log2(e)) + 1
    step = 1 << (e - s)
    return (n + step - 1) // step * step


def pad(p): return (u32(len(p)) + p).ljust(padded_size(len(p)), b"\0")


def encode_code(code16):
    check = B(lp("kist/v1/recovery-check", code16))
    bits = "".join(f"{b:08b}" for b in code16 + check[:2])[:140]
    letters = "".join(ALPHABET[int(bits[i:i + 5], 2)] for i in range(0, 140, 5))
    return "-".join(letters[i:i + 4] for i in range(0, 28, 4))


class Vault:
    """A vault put together by hand; every part can be bent before it is written."""

    def __init__(self, passphrase=b"correct horse", cost=(2, 19456), generation=5):
        self.id, self.incarnation, self.root, self.epoch = some(16), some(16), some(32), some(32)
        self.generation, self.cost, self.passphrase = generation, cost, passphrase
        self.salt, self.code = some(16), some(16)
        self.public, self.secret = sodium.crypto_box_seed_keypair(self.key("slot-pair"))
        self.kek = argon2.low_level.hash_secret_raw(
            passphrase, self.salt, cost[0], cost[1], 1, 32, argon2.low_level.Type.ID)
        self.rows, self.bits, self.chain, self.predecessor = [], 0, [], bytes(32)
        self.markers = 0

    def key(self, purpose): return B(lp("kist/v1/root", purpose, self.id), self.root)
    def lookup(self, profile, name): return B(lp(profile, name), self.key("name"), 16)

    def record_key(self, lookup, revision, part, **other):
        get = lambda name: other.get(name, getattr(self, name, None))
        return B(lp("kist/v1/record", get("id"), get("incarnation"), u32(other.get("compartment", 0)), lookup)
                 + u64(revision) + lp(part), get("epoch"))

    def seal(self, lookup, revision, part, plaintext, number=1, fmt=1, compartment=0, padded=None, **other):
        key = self.record_key(lookup, revision, part, compartment=compartment, **other)
        return u8(fmt) + u32(compartment) + u32(number) + box(key, pad(plaintext) if padded is None else padded)

    def overview(self, profile, name, revision, secrets=("api-key",), platform="kumo", variant=None, created=1_790_000_000,
                 written=1_790_000_000, expiry=None, plain=(), note=None, who="python", why="vector", flags=None,
                 policy=None, bundles=None, refused=None, since=None):
        bits = (1 if variant is not None else 0) | (2 if expiry is not None else 0) | (4 if note is not None else 0) | (16 if policy is not None else 0) | (32 if bundles is not None else 0) | (64 if refused is not None else 0) | (128 if since is not None else 0)
        out = u8(1) + u8(bits if flags is None else flags) + t8(profile) + t8(name) + t8(platform)
        out += t8(variant) if variant is not None else b""
        out += i64(created) + i64(written) + u64(revision)
        out += i64(expiry) if expiry is not None else b""
        out += t8(who) + t16(why) + u16(len(plain)) + b"".join(t8(k) + t32(v) for k, v in plain)
        out += u16(len(secrets)) + b"".join(t8(s) for s in secrets)
        return out + (t32(note) if note is not None else b"") + (u8(policy) if policy is not None else b"") + (b"" if bundles is None else bundles) + (b"" if refused is None else refused) + (b"" if since is None else u64(since))

    def secret_part(self, fields):
        return u8(1) + u16(len(fields)) + b"".join(t8(k) + LP(v) for k, v in fields)

    def add(self, profile, name, revision, fields=(("api-key", b"s3cret"),), overview=None, secret=None, **more):
        lookup = self.lookup(profile, name)
        plain = overview if overview is not None else self.overview(
            profile, name, revision, tuple(k for k, _ in fields), **more)
        hidden = secret if secret is not None else self.secret_part(fields)
        self.rows.append((lookup, revision, self.seal(lookup, revision, "overview", plain),
                          self.seal(lookup, revision, "secret", hidden)))

    def tag(self, lookup, revision, part, sealed):
        return B(lp("kist/v1/row", lookup) + u64(revision) + lp(part, sealed), self.key("index"), 16)

    def pages(self):
        pages = {}
        for lookup, revision, overview, secret in sorted(self.rows):
            number = int.from_bytes(lookup[:4], "big") >> (32 - self.bits) if self.bits else 0
            pages[number] = pages.get(number, b"") + lookup + u64(revision) + self.tag(
                lookup, revision, "overview", overview) + self.tag(lookup, revision, "secret", secret)
        return pages

    def digest(self, pages):
        total = 0
        for number, page in pages.items():
            message = lp("kist/v1/page", self.incarnation) + u8(self.bits) + u32(number) + LP(page)
            total += int.from_bytes(B(message, self.key("index")), "big")
        return (total % 2**256).to_bytes(32, "big")

    # Slots and header
    def slot(self, kek, ident, kind, params, wrapped, created=1_790_000_000, extra=b"", commitment=None, tested=0, flags=0,
             label="", layout=1, tail=b""):
        bound = u8(kind) + params
        commit = B(lp("kist/v1/commit", self.id, ident, bound), kek)
        commitment = commitment or B(lp("kist/v1/commitment", self.public, wrapped), commit)
        info = u8(layout) + i64(created) + i64(tested) + u8(flags) + t8(label) + extra + (commit if kind == 2 else b"") + tail
        info = box(B(lp("kist/v1/slot-info", ident), self.key("slot-info")), pad(info))
        return (ident + u8(kind) + u16(len(params)) + params + commitment + u16(len(wrapped)) + wrapped
                + u16(len(info)) + info)

    def passphrase_slot(self, ident=None, kek=None, wrapped_root=None, alg=1, params_tail=b"", body_tail=b"", **more):
        ident = ident or some(8)
        kek = kek or self.kek
        params = u8(alg) + u32(self.cost[0]) + u32(self.cost[1]) + self.salt + params_tail
        wrap = B(lp("kist/v1/wrap", self.id, ident, u8(1) + params), kek)
        wrapped = box(wrap, (wrapped_root or self.root) + body_tail)
        return self.slot(kek, ident, 1, params, wrapped, **more)

    def recovery_slot(self, ident=None, code=None, sender=None, **more):
        ident = ident or some(8)
        kek = B(lp("kist/v1/recovery", code or self.code))
        recipient, _ = sodium.crypto_box_seed_keypair(B(lp("kist/v1/recipient"), kek))
        nonce = some(24)
        wrapped = nonce + sodium.crypto_box(self.root, nonce, recipient, sender or self.secret)
        return self.slot(kek, ident, 2, b"", wrapped, extra=recipient, **more)

    def stored_slot(self, kind, key, ident=None, **more):
        ident = ident or some(8)
        wrapped = box(B(lp("kist/v1/wrap", self.id, ident, u8(kind)), key), self.root)
        return self.slot(key, ident, kind, b"", wrapped, **more)

    def recipient_slot(self, recipient, ident=None, sender=None, kek=None, **more):
        ident, sender = ident or some(8), sender or self.secret
        kek = kek or B(lp("kist/v1/recipient-kek", sodium.crypto_box_beforenm(recipient, sender)))
        nonce = some(24)
        wrapped = nonce + sodium.crypto_box(self.root, nonce, recipient, sender)
        return self.slot(kek, ident, 6, b"", wrapped, extra=recipient, **more)

    def header(self, slots=None, epochs=None, magic=b"KIST", version=1, public=None, generation=1, tail=b"", mac=None,
               incarnation=None):
        if slots is None:
            slots = [self.passphrase_slot(), self.recovery_slot()]
        if epochs is None:
            epochs = [(1, box(B(lp("kist/v1/epoch", self.id) + u32(1), self.key("epoch-wrap")), self.epoch))]
        out = magic + u8(version) + self.id + (incarnation or self.incarnation) + (public or self.public) + u64(generation)
        out += u16(len(epochs)) + b"".join(u32(n) + b for n, b in epochs) + u8(len(slots)) + b"".join(slots)
        return out + (mac or B(lp("kist/v1/header", out), self.key("header"))) + tail

    def manifest(self, header, pages, layout=1, least=1, rows=None, lookups=None, markers=None, bits=None, digest=None, job=0,
                 header_hash=None, generation=None, ident=None, incarnation=None, tail=b"", padded=None, fmt=1, key=None):
        p = u8(layout) + u8(least) + (ident or self.id) + (incarnation or self.incarnation)
        p += u64(self.generation if generation is None else generation) + (header_hash or B(header))
        p += u64(len(self.rows) if rows is None else rows)
        p += u64(len({r[0] for r in self.rows}) if lookups is None else lookups)
        p += u64(self.markers if markers is None else markers) + u8(self.bits if bits is None else bits)
        p += (digest or self.digest(pages)) + u8(job) + self.predecessor
        p += u16(len(self.chain)) + b"".join(u64(g) + c for g, c in self.chain) + tail
        return u8(fmt) + box(key or self.key("manifest"), pad(p) if padded is None else padded)

    def commitment(self, header, pages):
        return B(lp("kist/v1/anchor", self.id, self.incarnation) + u64(self.generation)
                 + lp(self.digest(pages), B(header), self.predecessor), self.key("anchor"))

    def anchor(self, links, ident=None, incarnation=None, layout=1, mac=None, unproved=0):
        out = u8(layout) + (ident or self.id) + self.public + (incarnation or self.incarnation) + u64(unproved)
        out += u16(len(links)) + b"".join(u64(g) + c[:16] for g, c in links)
        return out + (mac or B(lp("kist/v1/seen", out), self.key("anchor")))


def flip(data, bit):
    data = bytearray(data)
    data[bit // 8] ^= 128 >> bit % 8
    return bytes(data)


class File:
    def __init__(self, folder, name):
        self.path, self.blocks = Path(folder) / f"{name}.txt", []

    def add(self, **fields):
        def show(v): return v.hex() if isinstance(v, bytes) else str(v)
        self.blocks.append("".join(f"{k.replace('_', '-')}: {show(v)}\n" for k, v in fields.items()))

    def write(self):
        self.path.write_text("# Made by make-vectors.py; do not edit.\n\n" + "\n".join(self.blocks))
        print(self.path.name, len(self.blocks))


def derivations(folder):
    f, v = File(folder, "derivations"), Vault()
    for purpose in ("header", "name", "manifest", "index", "anchor", "audit", "slot-pair", "slot-info", "epoch-wrap"):
        f.add(op="root", root=v.root, vault=v.id, purpose=purpose, out=v.key(purpose), expect="equal")
    for profile, name in (("default", "kumo"), ("default", ""), ("d", "efaultkumo"), ("work.eu", "Snow_1"), ("x" * 64, "y" * 64)):
        f.add(op="lookup", root=v.root, vault=v.id, incarnation=v.incarnation, profile=profile, name=name,
              out=v.lookup(profile, name), expect="equal")
    for ident, kind in ((some(8), u8(2)), (some(8), u8(1) + u8(1) + u32(2) + u32(19456) + some(16))):
        f.add(op="slot-keys", kek=v.kek, vault=v.id, slot=ident, kind=kind,
              wrap=B(lp("kist/v1/wrap", v.id, ident, kind), v.kek), commit=B(lp("kist/v1/commit", v.id, ident, kind), v.kek),
              expect="equal")
    for number in (1, 2, 4_000_000_000):
        wrapped = box(B(lp("kist/v1/epoch", v.id) + u32(number), v.key("epoch-wrap")), v.epoch)
        common = dict(op="epoch", wrap=v.key("epoch-wrap"), vault=v.id, message=b"probe")
        f.add(**common, number=number, box=wrapped, out=B(LP(b"probe"), v.epoch), expect="equal")
        f.add(**common, number=number - 1, box=wrapped, expect="sealed")
        f.add(**common, number=number, box=flip(wrapped, 300), expect="sealed")
        f.add(**common, number=number, box=wrapped[:-1], expect="sealed")
        f.add(**common, number=number, box=box(B(lp("kist/v1/epoch", v.id) + u32(number), v.key("epoch-wrap")), some(33)),
              expect="sealed")
    for vault, public in ((v.id, v.public), (some(16), some(32))):
        hashed = B(lp("kist/v1/fingerprint", vault, public))[:10]
        bits = "".join(f"{b:08b}" for b in hashed)
        letters = "".join(ALPHABET[int(bits[i:i + 5], 2)] for i in range(0, 80, 5))
        f.add(op="fingerprint", vault=vault, public=public, out="-".join(letters[i:i + 4] for i in range(0, 16, 4)),
              expect="equal")
    f.write()


def padding(folder):
    f = File(folder, "padding")
    for count in (0, 1, 252, 253, 508, 509, 1020, 1021, 2044, 2045, 4092, 4093, 5000, 9000, 65536, 100_000, 1_048_576):
        f.add(op="size", count=count, out=padded_size(count), expect="equal")
    for count in (0, 1, 252, 253, 4092, 4093):
        f.add(op="unpad", padded=pad(some(count)), count=count, expect="equal")
    good = pad(some(100))
    f.add(op="unpad", padded=good[:-1] + b"\1", expect="sealed")
    f.add(op="unpad", padded=good[:104] + b"\x80" + good[105:], expect="sealed")
    f.add(op="unpad", padded=good + bytes(256), expect="sealed")
    f.add(op="unpad", padded=good[:-1], expect="sealed")
    f.add(op="unpad", padded=b"", expect="sealed")
    f.add(op="unpad", padded=bytes(3), expect="sealed")
    f.add(op="unpad", padded=u32(253) + good[4:], expect="sealed")
    f.add(op="unpad", padded=u32(2**32 - 1) + good[4:], expect="sealed")
    f.add(op="unpad", padded=u32(2**31) + good[4:], expect="sealed")
    f.add(op="unpad", padded=pad(some(5000)) + bytes(256), expect="sealed")
    f.write()


def argon(folder):
    f = File(folder, "argon2id")
    for n in range(100):
        passphrase, salt = some(n % 40), some(16)
        passes, memory = 1 + n % 4, 8 << n % 5
        f.add(op="argon2", passphrase=passphrase, salt=salt, passes=passes, memory=memory, expect="equal",
              out=argon2.low_level.hash_secret_raw(passphrase, salt, passes, memory, 1, 32, argon2.low_level.Type.ID))
    for passphrase, factor in ((b"correct horse", some(32)), (b"", some(32)), (b"correct horse", b"")):
        salt = some(16)
        kek = argon2.low_level.hash_secret_raw(passphrase, salt, 2, 19456, 1, 32, argon2.low_level.Type.ID)
        f.add(op="factor", passphrase=passphrase, salt=salt, passes=2, memory=19456, factor=factor, expect="equal",
              out=B(lp("kist/v1/2f", u8(1), factor), kek))
    v = Vault()
    f.add(op="argon2", passphrase=b"correct horse", salt=v.salt, passes=2, memory=19456, out=v.kek, expect="equal")
    half = 8 * 1024 * 1024
    for passes, memory, expect in (
            (2, 19456, "accepted"), (3, 262144, "accepted"), (4, 1048576, "accepted"), (1, 2097152, "too-cheap"),
            (2, 19455, "too-cheap"), (0, 0, "too-cheap"), (100, 19455, "too-cheap"), (1, 8388608, "too-cheap"),
            (2, 2097152, "accepted"), (2, 2097153, "too-dear"), (3, 8388608, "too-dear"), (2**32 - 1, 19456, "too-dear"),
            (2, 2**32 - 1, "too-dear"), (216, 19456, "too-dear"), (215, 19456, "accepted")):
        f.add(op="cost", passes=passes, memory=memory, limit=half, expect=expect)
    f.add(op="cost", passes=2, memory=65536, limit=65535, expect="too-dear")
    f.write()


def codes(folder):
    f = File(folder, "recovery-codes")
    for code in (bytes(16), b"\xff" * 16, some(16), some(16)):
        f.add(op="code", text=encode_code(code), out=code, expect="equal")
    code = some(16)
    good = encode_code(code)
    swap = next(i for i in range(28) if good.replace("-", "")[i] != good.replace("-", "")[i + 1])
    plain = good.replace("-", "")
    swapped = plain[:swap] + plain[swap + 1] + plain[swap] + plain[swap + 2:]
    for text in (good.lower(), plain, good.replace("-", " "), " " + good + "\\n", good.replace("1", "I").replace("0", "o")):
        f.add(op="code", text=text, out=code, expect="equal")
    zero = encode_code(bytes(16))
    f.add(op="code", text=zero.replace("0", "O"), out=bytes(16), expect="equal")
    for text in ("", "-", good[:-1], good + "0", good.replace("-", "_"), swapped, flip_letter(plain, 0), flip_letter(plain, 13),
                 flip_letter(plain, 27), plain[:10] + "U" + plain[11:], plain[:10] + "é" + plain[12:], "correct horse battery",
                 plain * 2):
        f.add(op="code", text=text, expect="not-a-code")
    f.write()


def flip_letter(plain, index):
    other = ALPHABET[(ALPHABET.index(plain[index]) + 1) % 32]
    return plain[:index] + other + plain[index + 1:]


def vaults(folder):
    f = File(folder, "vaults")
    v = Vault()
    v.add("default", "kumo", 2, plain=(("url", "https://x.example"),), note="näh")
    v.add("default", "snow", 3, fields=(("user-password", b""), ("pin", b"1234")), variant="password", expiry=1_800_000_000)
    v.add("work", "kumo", 4, fields=(("api-key", b"x" * 5000),))
    v.add("default", "kumo", 5, fields=(("api-key", b"newer"),))
    v.add("empty", "", 5, overview=v.overview("empty", "", 5, secrets=(), platform="", flags=8), secret=v.secret_part(()))
    v.markers = 1
    v.chain = [(1, some(16)), (4, some(16))]
    v.predecessor = some(32)
    names = "default/kumo default/snow work/kumo"
    number = 0

    def write(expect, header=None, pages=None, manifest=None, rows=None, kek=None, code=None, anchor=None, **more):
        nonlocal number
        number += 1
        h = header or base["header"]
        pg = base["pages"] if pages is None else pages
        m = manifest or base["manifest"]
        fields = dict(op="vault", header=h, manifest=m)
        for n, page in sorted(pg.items()):
            fields[f"page-{n}"] = page
        for n, row in enumerate(sorted(v.rows) if rows is None else rows):
            if row is not None:
                fields[f"row-{n}"] = f"{row[0].hex()} {row[1]} {row[2].hex()} {row[3].hex()}"
        if code is not None:
            fields["code"] = code
        elif not {"stored", "identity"} & set(more):
            fields["kek"] = kek or v.kek
        if anchor is not None:
            fields["anchor"] = anchor
        # What a base has already is not repeated.
        if expect != "opens" or more.get("short"):
            for key in list(fields):
                if key in shared and shared[key] == fields[key]:
                    del fields[key]
            kept = [f"page-{n}" for n in pg]
            kept += [f"row-{n}" for n, row in enumerate(sorted(v.rows) if rows is None else rows) if row is not None]
            gone = [key for key in shared if key.startswith(("page-", "row-")) and key not in kept]
            fields["like"] = "base"
            if gone:
                fields["without"] = " ".join(gone)
        else:
            fields["names"] = names
            shared.update({k: x for k, x in fields.items() if k not in ("op", "names", "kek", "code")})
        fields.update({k: x for k, x in more.items() if k != "short"})
        fields["expect"] = expect
        f.add(**fields)

    shared, base = {}, {}
    slots = [v.passphrase_slot(), v.recovery_slot()]
    base["header"] = v.header(slots)
    base["pages"] = v.pages()
    base["manifest"] = v.manifest(base["header"], base["pages"])
    write("opens", values="default/kumo/api-key=newer default/snow/pin=1234")
    H = base["header"]
    again = lambda header, **more: dict(header=header, manifest=v.manifest(header, base["pages"], **more))
    short = dict(short=True, names=names)
    write("opens", code=encode_code(v.code), **short)
    write("opens", code=encode_code(v.code).lower().replace("-", ""), **short)
    write("opens", **again(v.header(slots, generation=5)), **short)
    ids = [some(8) for _ in range(5)]
    write("opens", **again(v.header([v.passphrase_slot(i) for i in ids[:4]])), **short)

    # Wrong keys and slots that were bent
    write("wrong-key", kek=some(32))
    write("wrong-key", code=encode_code(some(16)))
    write("not-a-code", code=flip_letter(encode_code(v.code).replace("-", ""), 3))
    write("not-a-code", code="correct horse")
    start = 4 + 1 + 16 + 16 + 32 + 8 + 2 + 76 + 1
    for what, offset in (("slot id", 0), ("salt", 8 + 1 + 2 + 9), ("commitment", 36), ("wrapped nonce", 70), ("wrapped body", 110),
                         ("slot info", 150)):
        write("wrong-key", header=flip(H, (start + offset) * 8 + 3), note=what)
    write("wrong-key", header=flip(H, (start + 8 + 1 + 2 + 4) * 8 + 7), note="passes")
    for what, bit in (("vault id", 5 * 8), ("incarnation", 21 * 8), ("public key", 37 * 8), ("generation", 69 * 8 + 63),
                      ("epoch's box", 90 * 8), ("mac", len(H) * 8 - 1)):
        write("wrong-key", header=flip(H, bit), note=what)
    write("wrong-key", **again(v.header([v.passphrase_slot(kek=some(32)), slots[1]])), note="slot of another key")
    write("wrong-key", **again(v.header([v.passphrase_slot(wrapped_root=some(32)), slots[1]])), note="another root")
    write("wrong-key", **again(v.header([v.passphrase_slot(commitment=some(32)), slots[1]])), note="commitment made up")
    other_public, other_secret = sodium.crypto_box_seed_keypair(some(32))
    planted = v.recovery_slot(sender=other_secret)
    write("wrong-key", **again(v.header([slots[0], planted])), code=encode_code(v.code), note="box from another vault's pair")
    write("wrong-key", **again(v.header(slots, public=other_public)), note="public key of another pair")
    write("wrong-key", **again(v.header([slots[1]])), note="no passphrase slot")
    write("wrong-key", **again(v.header([slots[0]])), code=encode_code(v.code), note="no recovery slot")
    stranger = Vault(passphrase=b"other")
    write("wrong-key", header=stranger.header(), note="another vault's header")

    # Headers that do not follow the form
    write("malformed", header=H[:-1], note="cut by one")
    write("malformed", header=H[:40], note="cut short")
    write("malformed", header=H + b"\0", note="one byte more")
    write("malformed", header=v.header(slots, magic=b"KISS"))
    write("malformed", header=v.header(slots, version=0))
    write("newer", header=v.header(slots, version=2))
    write("newer", header=v.header(slots, version=255))
    write("malformed", **again(v.header([])), note="no slot")
    write("malformed", **again(v.header(slots, epochs=[])), note="no epoch")
    one = v.header(slots)
    epoch_box = one[79:79 + 76][4:]
    write("damaged", **again(v.header(slots, epochs=[(2, epoch_box)])), note="epochs begin at 2 with a key of 1")
    write("malformed", **again(v.header(slots, epochs=[(1, epoch_box), (1, epoch_box)])), note="epoch twice")
    write("malformed", **again(v.header(slots, epochs=[(1, epoch_box), (3, epoch_box)])), note="gap in the epochs")
    write("damaged", **again(v.header(slots, epochs=[(1, epoch_box), (2, epoch_box)])), note="epoch 2 is a copy of 1")
    write("malformed", **again(v.header([v.passphrase_slot(ids[0]), v.passphrase_slot(ids[0])])), note="slot id twice")
    write("malformed", **again(v.header([v.passphrase_slot(i) for i in ids])), note="five passphrases")
    write("malformed", **again(v.header([v.passphrase_slot(alg=3)])), note="another form")
    write("malformed", **again(v.header([v.passphrase_slot(params_tail=b"\0")])), note="parameters too long")
    write("malformed", **again(v.header([v.passphrase_slot(body_tail=b"\0")])), note="wrapped body of 49 bytes")
    write("malformed", **again(v.header([v.passphrase_slot(wrapped_root=v.root[:31])])), note="wrapped body of 47 bytes")
    write("malformed", **again(v.header([v.slot(v.kek, some(8), 7, b"", some(72))])), note="unknown kind")
    write("malformed", **again(v.header([v.slot(v.kek, some(8), 2, b"\0", some(72))])), note="recovery with parameters")
    write("malformed", **again(v.header([v.slot(v.kek, some(8), 2, b"", some(72))] * 33)), note="33 slots")

    # Manifests
    m = lambda **more: dict(manifest=v.manifest(H, base["pages"], **more))
    M = base["manifest"]
    for what, bit in (("format", 7), ("nonce", 80), ("tag", 25 * 8), ("body", 60 * 8), ("last", len(M) * 8 - 1)):
        write("damaged", manifest=flip(M, bit), note=what)
    write("damaged", manifest=M[:-1])
    write("damaged", manifest=M + b"\0")
    write("damaged", manifest=b"\1")
    write("damaged", **m(fmt=2))
    write("damaged", **m(key=v.key("header")), note="under another key")
    write("damaged", **m(layout=2))
    write("newer", **m(least=2))
    write("damaged", **m(least=0))
    write("damaged", **m(job=1))
    write("damaged", **m(generation=0))
    write("damaged", **m(bits=21))
    write("damaged", **m(bits=1), note="pages of another number of bits")
    write("damaged", **m(rows=4))
    write("damaged", **m(rows=6))
    write("damaged", **m(lookups=5))
    write("damaged", **m(lookups=3))
    write("damaged", **m(markers=9))
    write("damaged", **m(digest=some(32)))
    write("damaged", **m(header_hash=some(32)), note="another header")
    write("damaged", **m(ident=some(16)))
    write("damaged", **m(incarnation=some(16)))
    write("damaged", **m(tail=b"\0"))
    write("damaged", **m(padded=bytes(256)))
    write("damaged", header=v.header(slots, generation=6), **m(header_hash=B(v.header(slots, generation=6))), note="header from the future")
    write("damaged", header=v.header(slots, generation=2), note="header of another generation, manifest kept")
    for chain in ([(2, some(16)), (1, some(16))], [(0, some(16))], [(5, some(16))], [(1, some(16)), (1, some(16))],
                  [(n + 1, some(16)) for n in range(257)]):
        kept, v.chain = v.chain, chain
        generation = 5 if len(chain) < 9 else 999
        write("damaged", **m(generation=generation), note=f"chain {len(chain)}")
        v.chain = kept

    # The index
    P = base["pages"]
    page = P[0]
    entries = [page[i:i + 56] for i in range(0, len(page), 56)]
    bend = lambda p: dict(pages=p)
    write("damaged", **bend({}), note="no page")
    write("damaged", **bend({0: page, 1: page}), note="a page too many")
    write("damaged", **bend({1: page}), note="page under another number")
    write("damaged", **bend({0: page[56:]}), note="first entry dropped")
    write("damaged", **bend({0: page + entries[-1]}), note="last entry doubled")
    write("damaged", **bend({0: entries[1] + entries[0] + b"".join(entries[2:])}), note="two entries swapped")
    write("damaged", **bend({0: page[:-1]}), note="cut")
    write("damaged", **bend({0: b""}), note="an empty page")
    for what, byte in (("lookup id", 3), ("revision", 23), ("overview tag", 30), ("secret tag", 50)):
        write("damaged", **bend({0: flip(page, byte * 8)}), note=what)
    unsorted = {0: entries[1] + entries[0] + b"".join(entries[2:])}
    write("damaged", pages=unsorted, manifest=v.manifest(H, unsorted), note="unsorted but with its digest")
    doubled = {0: page + entries[-1]}
    write("damaged", pages=doubled, manifest=v.manifest(H, doubled, rows=6), note="doubled but with its digest")

    # Rows
    rows = sorted(v.rows)
    at = next(i for i, r in enumerate(rows) if r[0] == v.lookup("default", "kumo") and r[1] == 5)
    old = next(i for i, r in enumerate(rows) if r[0] == v.lookup("default", "kumo") and r[1] == 2)
    work = next(i for i, r in enumerate(rows) if r[0] == v.lookup("work", "kumo"))

    def with_row(index, row): return dict(rows=[row if i == index else r for i, r in enumerate(rows)])
    R, W = rows[at], rows[work]
    read = dict(read="default/kumo")
    for part, name in ((2, "overview"), (3, "secret")):
        for what, bit in (("format", 7), ("compartment", 39), ("epoch", 71), ("nonce", 100), ("tag", 34 * 8), ("body", 80 * 8)):
            bent = list(R)
            bent[part] = flip(R[part], bit)
            write("damaged-read", **with_row(at, tuple(bent)), **read, note=f"{name}: {what}")
        for what, value in (("cut", R[part][:-1]), ("longer", R[part] + b"\0"), ("empty", b""), ("another row's", W[part]),
                            ("older revision's", rows[old][part]), ("the other part", R[5 - part])):
            bent = list(R)
            bent[part] = value
            write("damaged-read", **with_row(at, tuple(bent)), **read, note=f"{name}: {what}")
    write("damaged-read", **with_row(at, None), **read, note="row dropped")
    write("damaged-read", **with_row(at, (W[0], 9, R[2], R[3])), **read, note="moved")
    write("damaged-read", rows=rows + [(v.lookup("default", "ghost"), 5, R[2], R[3])], note="a planted row")

    # Rows whose tags are right and whose content is not: what only the holder of the keys could write
    def forged(expect, overview=None, secret=None, note="", sealed=None, read="default/x", **seal):
        kept = v.rows
        v.rows = list(kept)
        lookup = v.lookup("default", "x")
        plain = overview if overview is not None else v.overview("default", "x", 5)
        hidden = secret if secret is not None else v.secret_part((("api-key", b"s"),))
        v.rows.append((lookup, 5, sealed or v.seal(lookup, 5, "overview", plain, **seal), v.seal(lookup, 5, "secret", hidden)))
        pages = v.pages()
        write(expect, pages=pages, manifest=v.manifest(H, pages), rows=sorted(kept) + v.rows[-1:], read=read, note=note,
              **(dict(short=True, names=names.replace("default/snow", "default/snow default/x")) if expect == "opens" else {}))
        v.rows = kept

    forged("opens", note="the control")
    forged("opens", v.overview("default", "x", 5, policy=1, note="n"), note="policy confirm")
    forged("opens", v.overview("default", "x", 5, policy=2), note="policy run-only")
    sealed = lambda count=1, stale=0, label="/home/ada/ci.kist", when=1_790_000_000, until=0: u8(count) + (
        u8(stale) + t8(label) + bytes(range(32)) + i64(when) + i64(until)) * count
    forged("opens", v.overview("default", "x", 5, bundles=sealed()), note="in a bundle")
    forged("opens", v.overview("default", "x", 5, policy=2, note="n", bundles=sealed(16, 1, "l" * 128, until=1_900_000_000)), note="in 16 bundles")
    refused = lambda count=1, host="git.example.com", when=1_790_000_000: u8(count) + (t8(host) + u64(4) + i64(when)) * count
    forged("opens", v.overview("default", "x", 5, refused=refused()), note="refused at a place")
    forged("opens", v.overview("default", "x", 5, bundles=sealed(), refused=refused(8, "h" * 255)), note="refused at eight places")
    o = lambda **more: v.overview("default", more.pop("name", "x"), more.pop("revision", 5), **more)
    forged("damaged-read", o(name="y"), note="another name")
    forged("damaged-read", v.overview("other", "x", 5), note="another profile")
    forged("damaged-read", o(revision=4), note="another revision")
    forged("damaged-read", o() + b"\0", note="one byte more")
    forged("damaged-read", o()[:-1], note="cut")
    forged("damaged-read", b"\2" + o()[1:], note="layout 2")
    forged("damaged-read", o(flags=128), note="an earlier revision cut off")
    forged("damaged-read", o(bundles=sealed(0)), note="in no bundle, with a list")
    forged("damaged-read", o(bundles=sealed(17)), note="in 17 bundles")
    forged("damaged-read", o(bundles=sealed(stale=2)), note="a bundle that is staler than stale")
    forged("damaged-read", o(bundles=sealed(label="l" * 129)), note="a bundle's label of 129 bytes")
    forged("damaged-read", o(bundles=sealed(when=-1)), note="a bundle sealed before 1970")
    forged("damaged-read", o(bundles=sealed()[:-1]), note="bundles cut off")
    forged("damaged-read", o(flags=32), note="bundles left out")
    forged("damaged-read", o(refused=refused(0)), note="refused at no place, with a list")
    forged("damaged-read", o(refused=refused(9)), note="refused at nine places")
    forged("damaged-read", o(refused=refused(host="")), note="refused at a place without a name")
    forged("damaged-read", o(refused=refused(host="a b")), note="refused at a place with a blank")
    forged("damaged-read", o(refused=refused(when=-1)), note="refused before 1970")
    forged("damaged-read", o(refused=refused()[:-1]), note="refusals cut off")
    forged("damaged-read", o(flags=64), note="refusals left out")
    forged("damaged-read", o(policy=0), note="policy allow has no byte")
    forged("damaged-read", o(policy=3), note="unknown policy")
    forged("damaged-read", o(flags=16), note="policy cut off")
    forged("damaged-read", o(flags=9), note="marker with a variant")
    forged("damaged-read", o(flags=8), note="marker with a name")
    forged("damaged-read", v.overview("default", "", 5, flags=0), note="empty name")
    forged("damaged-read", o(platform="a").replace(b"\1a", b"\1\xff"), note="not UTF-8")
    forged("damaged-read", o(secrets=("api key",)), note="a field's name with a space")
    forged("damaged-read", o(secrets=("pin",)), note="fields that the secret part has not")
    forged("damaged-read", o(secrets=("api-key", "pin")), note="a field too many")
    forged("damaged-read", o(plain=[("f", "x" * 65_537)]), note="plain value too long")
    s = lambda *fields: v.secret_part(fields)
    forged("damaged-read", secret=s(("api-key", b"s")) + b"\0", note="secret: one byte more")
    forged("damaged-read", secret=s(("api-key", b"s"))[:-1], note="secret: cut")
    forged("damaged-read", secret=b"\2" + s(("api-key", b"s"))[1:], note="secret: layout 2")
    forged("damaged-read", secret=u8(1) + u16(1) + t8("api-key") + u32(2**32 - 1) + b"s", note="secret: length beyond the end")
    forged("damaged-read", secret=s(("api-key", b"s"), ("api-key", b"t")), note="secret: field twice")
    forged("damaged-read", secret=b"", note="secret: nothing")
    forged("damaged-read", fmt=2, note="envelope of format 2")
    forged("damaged-read", compartment=1, note="another compartment")
    forged("damaged-read", number=0, note="epoch 0")
    forged("damaged-read", number=2, note="an epoch that is not there")
    forged("damaged-read", id=some(16), note="key bound to another vault")
    forged("damaged-read", incarnation=some(16), note="key bound to another incarnation")
    forged("damaged-read", padded=pad(o())[:-1] + b"\1", note="padding not zero")
    forged("damaged-read", padded=pad(o()) + bytes(256), note="padding too long")
    forged("opens", o(since=4), note="a note on an earlier revision")
    forged("opens", o(since=1, policy=1, note="n", refused=refused()), note="notes on the first revision")
    forged("damaged-read", o(since=0), note="a note on revision 0")
    forged("damaged-read", o(since=5), note="a note on itself")
    forged("damaged-read", o(since=2**64 - 1), note="a note on what is still to come")
    forged("damaged-read", v.overview("default", "", 5, secrets=(), platform="", flags=136, since=3), note="marker with a note")

    # Anchors
    now = v.commitment(H, P)
    links = v.chain + [(5, now)]
    write("opens", anchor=v.anchor(links), **short, anchor_says="known")
    write("opens", anchor=v.anchor(v.chain), **short, anchor_says="known")
    write("opens", anchor=v.anchor([(3, some(16))]), **short, anchor_says="unknown")
    write("opens", anchor=v.anchor(links, mac=some(32)), **short, anchor_says="unknown")
    write("opens", anchor=v.anchor(links, layout=2), **short, anchor_says="unknown")
    write("opens", anchor=v.anchor(links, unproved=3), **short, anchor_says="unknown")
    write("opens", anchor=v.anchor(links)[:-1], **short, anchor_says="unknown")
    write("opens", anchor=b"", **short, anchor_says="unknown")
    write("older-copy", anchor=v.anchor(links + [(6, some(16))]))
    write("forked", anchor=v.anchor(v.chain + [(5, some(16))]))
    write("forked", anchor=v.anchor([(1, some(16)), v.chain[1]]))
    write("forked", anchor=v.anchor(links, incarnation=some(16)))
    write("other-vault", anchor=v.anchor(links, ident=some(16)))

    # Every other kind of slot
    keys = {kind: some(32) for kind in (3, 4, 5)}
    ada, ada_secret = sodium.crypto_box_seed_keypair(seed := some(32))
    new = [v.stored_slot(kind, key, label="näh", tested=1_790_000_001) for kind, key in keys.items()]
    many = [v.recipient_slot(ada, label="ada")] + new + slots
    every = again(v.header(many))
    for kind, key in keys.items():
        write("opens", **every, stored=key, note=f"kind {kind}", **short)
    write("opens", **every, **short, note="passphrase beside all")
    write("opens", **every, code=encode_code(v.code), **short, note="code beside all")
    write("wrong-key", **every, stored=some(32), note="another stored key")
    write("wrong-key", **every, stored=v.kek, note="a passphrase's key is no stored key")
    write("wrong-key", **again(v.header([v.stored_slot(3, keys[3], commitment=some(32)), slots[0]])), stored=keys[3])
    write("opens", **every, identity=seed, trusted=v.public, **short)
    write("opens", **every, identity=seed, pinned="yes", **short, note="named by its fingerprint")
    write("opens", **every, identity=seed, trusted=some(32) + v.public, **short)
    write("unpinned", **every, identity=seed, note="nobody knows this vault")
    write("unpinned", **every, identity=seed, trusted=other_public, note="another vault is trusted")
    write("wrong-key", **every, identity=some(32), trusted=v.public, note="another identity")
    write("wrong-key", **again(v.header([v.recipient_slot(ada, kek=some(32)), slots[0]])), identity=seed, trusted=v.public,
          note="another commitment")
    write("wrong-key", **again(v.header([v.recipient_slot(ada, sender=other_secret), slots[0]])), identity=seed, trusted=v.public,
          note="box from another vault's pair")
    theirs = stranger.header([stranger.recipient_slot(ada), stranger.stored_slot(3, keys[3]), stranger.recovery_slot(code=v.code)])
    for way in (dict(identity=seed), dict(stored=keys[3]), dict(code=encode_code(v.code)), dict()):
        write("other-vault", header=theirs, anchor=v.anchor(links), **way, note="planted, and this machine knows the place")
    write("unpinned", header=theirs, identity=seed, trusted=v.public, note="planted, and the identity knows another")
    same = Vault(passphrase=b"other")
    same.id = v.id
    same.public, same.secret = sodium.crypto_box_seed_keypair(same.key("slot-pair"))
    theirs = same.header([same.recipient_slot(ada), same.recovery_slot(code=v.code)])
    for way in (dict(identity=seed), dict(code=encode_code(v.code))):
        write("other-vault", header=theirs, anchor=v.anchor(links), **way, note="planted under the same id")
    factor = B(lp("kist/v1/2f", u8(1), some(32)), v.kek)
    write("opens", **again(v.header([v.passphrase_slot(alg=2, kek=factor), slots[1]])), kek=factor, **short)
    write("wrong-key", **again(v.header([v.passphrase_slot(alg=2, kek=factor), slots[1]])), note="without its second factor")
    for kind in (0, 7, 255):
        write("malformed", **again(v.header([v.slot(v.kek, some(8), kind, b"", some(72)), slots[0]])), note=f"kind {kind}")
    for kind in (3, 4, 5, 6):
        write("malformed", **again(v.header([v.slot(v.kek, some(8), kind, b"\0", some(72)), slots[0]])),
              note=f"kind {kind} with parameters")
    # What is sealed in a slot is read when a recovery code has opened the vault.
    for what, more in (("layout", dict(layout=2)), ("flags", dict(flags=2)), ("tail", dict(tail=b"\0")), ("tested", dict(tested=-1)),
                       ("label", dict(label="x" * 65))):
        write("damaged", **again(v.header([slots[0], v.recovery_slot(**more)])), code=encode_code(v.code), note=f"info: {what}")
    write("opens", **again(v.header([slots[0], v.recovery_slot(label="x" * 64, flags=1)])), code=encode_code(v.code), **short)
    f.write()


if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent
    for make in (derivations, padding, argon, codes, vaults):
        make(target)
