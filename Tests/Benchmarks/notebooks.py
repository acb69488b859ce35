"""How fast the outputs of a notebook are masked, in pure Python; `python3 Tests/Benchmarks/notebooks.py` prints it alone."""

import base64
import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Sources/Python"))

SECRETS = 50
MIB = 1 << 20


def samples(size):
    """What notebooks print, and the worst that they could: text that looks like keys."""
    log = "".join(f"epoch {n} loss={n * 0.1234:.4f} accuracy {n / 3:.3f} the quick brown fox\n" for n in range(size // 50))
    return {"a training log": log[:size], "base64": base64.b64encode(os.urandom(size // 4 * 3)).decode()}


def best(rounds, body):
    found = []
    for _ in range(rounds):
        began = time.process_time()
        body()
        found.append(time.process_time() - began)
    return min(found)


def measure(rounds=5, size=8 * MIB):
    """MB/s for each sample, microseconds for a printed line, MB/s of one regular expression of the same forms."""
    from kist.notebook.mask import Mask, Stream

    mask = Mask()
    mask.learn([(f"secret{n}", base64.urlsafe_b64encode(os.urandom(24))) for n in range(SECRETS)])
    found = {}
    texts = samples(size)
    for name, text in texts.items():
        assert mask.text(text) is text
        found[name] = len(text) / best(rounds, lambda: mask.text(text)) / 1e6
    stream = Stream(mask, lambda text: None)
    lines = 20_000
    found["a line"] = best(rounds, lambda: [stream.write("epoch 12 loss=0.1234\n") for _ in range(lines)]) / lines * 1e6
    one = re.compile(b"|".join(re.escape(form) for form in mask.search.labels))
    short = texts["base64"][: MIB // 4].encode()
    found["one expression"] = len(short) / best(1, lambda: one.search(short)) / 1e6
    return found


def rows(bench):
    found = measure(*((2, MIB) if bench.quick else ()))
    bench.raw["masking in notebooks"] = found
    slowest = min(found["a training log"], found["base64"])
    bench.row(
        f"Masking a notebook's outputs, {SECRETS} secrets, pure Python",
        f"{slowest:.0f} MB/s",
        f"one regular expression of the same forms {found['one expression']:.1f} MB/s",
        f"{found['a line']:.0f} µs a printed line",
        "–",
        True,
    )


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:16} {figure:8.1f}")
