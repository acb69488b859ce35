#!/usr/bin/env python3
"""Opens a bundle and prints what it holds, written from Sources/KistBundle/Bundle.md: a second reader of the format.

    python3 decode-bundle.py BUNDLE IDENTITY_FILE [SECONDS]        (prints secrets: for test bundles only)

SECONDS is the present moment, since 1970 (default: the clock). Needs the system's libsodium. It refuses what the page does
not allow, in the page's order, and ends with 1 and `refused: damaged | newer | foreign | not for this identity | expired`.
"""
import ctypes, hashlib, json, struct, sys, time

sodium = ctypes.CDLL("libsodium.so.23")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIME = 2**255 - 19


def refuse(why): raise SystemExit(f"refused: {why}")
def must(condition, why="damaged"): condition or refuse(why)
def LP(x): return struct.pack(">I", len(x)) + x
def B(x, key=b""): return hashlib.blake2b(x, digest_size=32, key=key).digest()


def unbox(box, key):
    out = ctypes.create_string_buffer(len(box) - 40)
    return out.raw if sodium.crypto_secretbox_open_easy(out, box[24:], ctypes.c_ulonglong(len(box) - 24), box[:24], key) == 0 else None


def unbox_from(box, public, secret):
    out = ctypes.create_string_buffer(len(box) - 40)
    return out.raw if sodium.crypto_box_open_easy(out, box[24:], ctypes.c_ulonglong(len(box) - 24), box[:24], public, secret) == 0 else None


def text(line, kind):
    """The 32 bytes of `kist-<kind>-…`, or nothing."""
    line, prefix = line.strip(), f"kist-{kind}-"
    if not line.lower().startswith(prefix):
        return None
    letters = line[len(prefix):].upper().translate(str.maketrans("ILO", "110", "- \t\r"))
    must(len(letters) == 56 and all(c in ALPHABET for c in letters), "a character of a key is wrong")
    bits = 0
    for letter in letters:
        bits = bits << 5 | ALPHABET.index(letter)
    raw = bits.to_bytes(35, "big")
    must(B(LP(f"kist/v1/{kind}-check".encode()) + LP(raw[:32]))[:3] == raw[32:], "the check of a key is wrong")
    return raw[:32]


def identity(path):
    seeds, trusted = [], []
    for line in open(path).read().split("\n"):
        if line.startswith("trust "):
            trusted.append(text(line[6:], "vault"))
        elif line.strip() and not line.strip().startswith("#"):
            seeds.append(text(line, "identity"))
    must(len(seeds) == 1 and None not in seeds + trusted, "not the file of an identity")
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    sodium.crypto_box_seed_keypair(public, secret, seeds[0])
    return secret.raw, trusted


class Reader:
    def __init__(self, data): self.data, self.at = data, 0

    def take(self, count):
        must(self.at + count <= len(self.data))
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, fmt): return struct.unpack(">" + fmt, self.take(struct.calcsize(">" + fmt)))[0]

    def moment(self):
        value = self.number("q")
        must(0 <= value <= 253_402_300_799)
        return value

    def text(self, fmt):
        try:
            return self.take(self.number(fmt)).decode()
        except UnicodeDecodeError:
            refuse("damaged")


def unpad(padded):
    count, whole = struct.unpack(">I", padded[:4])[0], 256
    while whole < count + 4 and whole < 4096:
        whole *= 2
    if count + 4 > 4096:
        e = (count + 4).bit_length() - 1
        step = 1 << (e - e.bit_length())
        whole = -(-(count + 4) // step) * step
    must(whole == len(padded) and not any(padded[4 + count:]))
    return padded[4:4 + count]


def decode(file, secret, trusted, now):
    must(file.startswith(b"KISTBUNDLE") and len(file) > 123)
    must(file[10] <= 1, "newer")
    must(file[10] == 1 and len(file) <= 2_097_152 and B(LP(b"kist/v1/bundle-check") + LP(file[:-32])) == file[-32:])
    r = Reader(file[:-32])
    head = r.take(91)
    h = Reader(head)
    _, _, ident, vault, public = h.take(10), h.take(1), h.take(16), h.take(16), h.take(32)
    sealed, expiry = h.moment(), h.moment()
    must(int.from_bytes(public, "little") < PRIME)
    boxes = [r.take(104) for _ in range(r.number("B"))]
    must(1 <= len(boxes) <= 16)
    body = r.take(r.number("I"))
    must(r.at == len(r.data) and len(body) >= 296)
    must(public in trusted, "foreign")
    opened = [key for key in (unbox_from(box, public, secret) for box in boxes) if key]
    must(opened, "not for this identity")
    must(opened[0][32:] == B(LP(b"kist/v1/bundle-bound") + LP(head) + LP(body)))
    padded = unbox(body, B(LP(b"kist/v1/bundle") + LP(head), opened[0][:32]))
    must(padded)
    p, found, names = Reader(unpad(padded)), [], set()
    must(p.number("B") == 1)
    for _ in range(p.number("H")):
        flags = p.number("B")
        must(flags & ~19 == 0)
        item = dict(profile=p.text("B"), name=p.text("B"), platform=p.text("B"), variant=p.text("B") if flags & 1 else None)
        item |= dict(created=p.moment(), modified=p.moment(), revision=p.number("Q"), expiry=p.moment() if flags & 2 else None)
        item["policy"] = p.number("B") if flags & 16 else 0
        must(item["policy"] in (0, 2) and (item["profile"], item["name"]) not in names)
        names.add((item["profile"], item["name"]))
        plain = [(p.text("B"), p.text("I")) for _ in range(p.number("H"))]
        secrets = [(p.text("B"), p.take(p.number("I"))) for _ in range(p.number("H"))]
        must(len({n for n, _ in plain + secrets}) == len(plain) + len(secrets))
        found.append(item | dict(plain=dict(plain), secrets={n: v.hex() for n, v in secrets}))
    must(p.at == len(p.data) and 1 <= len(found) <= 256)
    must(expiry == 0 or now < expiry, "expired")
    return dict(vault=vault.hex(), sealed=sealed, expiry=expiry, recipients=len(boxes), items=sorted(found, key=lambda i: (i["profile"], i["name"])))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    secret, trusted = identity(sys.argv[2])
    now = int(sys.argv[3]) if len(sys.argv) == 4 else int(time.time())
    print(json.dumps(decode(open(sys.argv[1], "rb").read(), secret, trusted, now), indent=1))
