"""Writes the tables of Tests/README.md: every promise, what tries it in every run, and the last measured figure of its campaign."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "Tests/README.md"
HERE = pathlib.Path(__file__).resolve().parent
FIGURES = HERE / "figures.json"


def promises():
    """Rows of SECURITY.md: (letters, promise, tests)."""
    for line in (ROOT / "SECURITY.md").read_text().split("\n"):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 5 and "---" not in line and "Shown by" not in line:
            yield cells[1], cells[2], cells[3]


def told(name, figure, entry):
    """One campaign's last figure in words."""
    if not figure:
        return "not run yet"
    tried = figure["counts"].get(entry.counted, 0)
    words = f"{tried:,} {entry.counted}, **{len(figure['broken'])} broken**"
    return f"{words}; {figure['seconds']:,} s, `{figure['commit']}`, {figure['date']}"


def elsewhere():
    """Figures that other scripts leave: (letters, text)."""
    results = ROOT / "Tests/Faults/results.json"
    if results.exists():
        tried = json.loads(results.read_text()).values()
        caught = sum(1 for one in tried if one["caught"])
        last = max((one["date"], one["commit"]) for one in tried)
        yield "E1", f"`Scripts/plant-faults`: **{caught} of {len(tried)} caught**, `{last[1]}`, {last[0]}"
    # Long forms of other tests: letters, command, what came of it, seconds, commit, date.
    for line in (HERE / "others.txt").read_text().splitlines():
        letters, command, result, seconds, commit, date = line.split("\t")
        yield letters, f"`{command}`: {result}; {int(seconds):,} s, `{commit}`, {date}"
    figures = ROOT / "Tests/Fuzzing/figures.txt"
    if figures.exists():
        lines = [line.split() for line in figures.read_text().splitlines()]
        runs = sum(int(runs) for name, runs, _ in lines if name != "when")
        when = next(line for line in lines if line[0] == "when")
        seconds = next(int(line[2]) for line in lines if line[0] != "when")
        yield "A9", (f"`Scripts/fuzz all {seconds}`: {len(lines) - 1} targets, {runs:,} inputs, **0 crashes**, `{when[1]}`, {when[2]}")


def order(letters):
    found = re.match(r"([A-Z])(\d+)$", letters)
    return (found.group(1), int(found.group(2))) if found else ("~", 0)


def tables(campaigns, figures):
    by_promise = {}
    for name, entry in campaigns.items():
        by_promise.setdefault(entry.promise, []).append(name)
    # Some promises stand in two rows; the long form is told in the last.
    rows = {}
    for letters, promise, tests in promises():
        if letters != "–":
            rows.setdefault(letters, []).append((promise, tests))
    others = {}
    for letters, text in elsewhere():
        others.setdefault(letters, []).append(text)
    lines = ["| | Promise | In every run | Long form, last measured |", "| --- | --- | --- | --- |"]
    for letters in sorted(set(rows) | set(by_promise), key=order):
        names = by_promise.get(letters, [])
        *before, (promise, tests) = rows.get(letters) or [("; ".join(campaigns[name].title for name in names), "")]
        lines += [f"| {letters} | {text[:1].upper() + text[1:]} | {shown} | – |" for text, shown in before]
        tests = tests or "the short form of the campaign"
        long = "<br>".join(others.get(letters, []) + [f"`Scripts/campaign {name}`: {told(name, figures.get(name), campaigns[name])}" for name in names])
        lines.append(f"| {letters} | {promise[:1].upper() + promise[1:]} | {tests} | {long or '–'} |")
    lines += ["", "Promises without a letter: see the table of `SECURITY.md`, whose tests all run in `Scripts/test`."]
    return "\n".join(lines)


def counts(figures):
    lines = ["| Campaign | Counted |", "| --- | --- |"]
    for name, figure in figures.items():
        lines.append(f"| {name} | " + ", ".join(f"{what} {number:,}" for what, number in figure["counts"].items()) + " |")
    return "\n".join(lines)


def write():
    from registry import CAMPAIGNS

    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    text = PAGE.read_text()
    for mark, table in (("promises", tables(CAMPAIGNS, figures)), ("counts", counts(figures))):
        start, end = text.index(f"<!-- {mark} -->\n") + len(mark) + 10, text.index(f"<!-- end of {mark} -->")
        text = text[:start] + table + "\n" + text[end:]
    PAGE.write_text(text)
