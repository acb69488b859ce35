"""Reads variables as a format's own reader does, and compares them with what was meant.

    readers.py FORMAT FILE EXPECTED      EXPECTED: for each value a big-endian u32 and that many bytes; names are V0, V1, …

Prints how many values came back otherwise; ends with 0 when none did.
"""
import ctypes
import glob
import json
import struct
import subprocess
import sys


def expected(path):
    with open(path, "rb") as file:
        data = file.read()
    values, at = [], 0
    while at < len(data):
        (count,) = struct.unpack_from(">I", data, at)
        values.append(data[at + 4 : at + 4 + count])
        at += 4 + count
    return values


def shell(program):
    def read(path, count):
        with open(path, "rb") as file:
            script = file.read()
        for start in range(0, count, 500):
            names = " ".join(f'"$V{i}"' for i in range(start, min(start + 500, count)))
            script += b"printf '%s\\0' " + names.encode() + b"\n"
        arguments = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}.get(program, [])
        # Without a locale that knows UTF-8, fish would take bytes for other characters.
        out = subprocess.run([program, *arguments], input=script, capture_output=True, env={"LC_ALL": "C.UTF-8"})
        assert out.returncode == 0 and not out.stderr, out.stderr[:500]
        return out.stdout.split(b"\0")[:-1]

    return read


def systemd(path, count):
    """The function with which the service manager reads an EnvironmentFile=, from its own library."""
    (library,) = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + glob.glob("/usr/lib/systemd/libsystemd-shared-*.so")
    shared, libc = ctypes.CDLL(library), ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(libc.fopen(path.encode(), b"re"))
    result = ctypes.POINTER(ctypes.c_char_p)()
    code = shared.load_env_file(file, path.encode(), ctypes.byref(result))
    assert code == 0, code
    seen, index = {}, 0
    while result[index] is not None:
        name, _, value = result[index].partition(b"=")
        seen[name.decode()] = value
        index += 1
    return [seen.get(f"V{i}") for i in range(count)]


def github(path, count):
    """As the runner of GitHub Actions is known to read the file of $GITHUB_ENV; a reader of our own, the runner itself was not at hand."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    seen, at = {}, 0

    def line():
        nonlocal at
        end = text.find("\n", at)
        part, at = (text[at:], len(text)) if end < 0 else (text[at:end], end + 1)
        return part

    while at < len(text):
        head = line()
        if not head:
            continue
        equals, here = head.find("="), head.find("<<")
        if equals >= 0 and (here < 0 or equals < here):
            name, value = head[:equals], head[equals + 1 :]
        else:
            assert here > 0, "neither = nor <<"
            name, end, lines = head[:here], head[here + 2 :], []
            while (part := line()) != end:
                assert at < len(text), "no end"
                lines.append(part)
            value = "\n".join(lines)
        seen[name] = value.encode()
    return [seen.get(f"V{i}") for i in range(count)]


def from_json(path, count):
    with open(path, encoding="utf-8") as file:
        seen = json.load(file)
    return [seen[f"V{i}"].encode() for i in range(count)]


READERS = {"sh": shell("sh"), "bash": shell("bash"), "zsh": shell("zsh"), "fish": shell("fish"), "systemd": systemd,
           "github": github, "json": from_json}  # fmt: skip

if __name__ == "__main__":
    reader, path, meant = sys.argv[1:]
    meant = expected(meant)
    seen = READERS[reader](path, len(meant))
    wrong = [i for i in range(len(meant)) if i >= len(seen) or seen[i] != meant[i]]
    for i in wrong[:5]:
        print(i, meant[i], seen[i] if i < len(seen) else None)
    print(f"{len(meant)} values, {len(wrong)} otherwise")
    sys.exit(1 if wrong or len(seen) != len(meant) else 0)
