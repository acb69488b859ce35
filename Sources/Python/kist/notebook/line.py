"""The line after `%kist`: names and options, never values."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Optional, Pattern

from .._errors import UsageError
from .._overview import is_name

VERBS = ("add", "ask", "forget", "list", "lock", "unlock")
LINE: Pattern[str] = re.compile(r"^[ \t]*%{1,2}kist\b(.*)$", re.MULTILINE)
DURATION: Pattern[str] = re.compile(r"([1-9][0-9]{0,5})([smhd])")
SECONDS: Dict[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

HELP = """
%kist NAME…            sets the variables of these credentials; without names, those of kist.toml
  -p, --profile P      of another profile
  --reload             again, after a rotation; also gives a running kumoai the new key
  --allow-expired      also what has expired
%%kist NAME…           the same for this cell only
%kist ask PLATFORM     asks for the values without echo; needs no vault, stores nothing
%kist add PLATFORM     asks the same way, and stores them    (--name N)
%kist list             what there is                         (-p)
%kist unlock, lock     opens the vault (--for 10h), locks it
%kist forget [NAME…]   takes variables away again
""".strip()


class Line(NamedTuple):
    """A line, understood."""

    verb: str
    names: List[str]
    profile: Optional[str]
    name: Optional[str]
    seconds: Optional[int]
    reload: bool
    allow_expired: bool
    help: bool


def parse(text: str) -> Line:
    """Raises UsageError, which never repeats a word that is no name: it may be a value."""
    words = text.split()
    verb = words.pop(0) if words and words[0] in VERBS else "load"
    names: List[str] = []
    given: Dict[str, str] = {}
    flags = {"--reload": False, "--allow-expired": False, "--help": False}
    only_names = False
    while words:
        word = words.pop(0)
        if word == "--" and not only_names:
            only_names = True
        elif not only_names and word in ("-h", "-?", "?", "--help"):
            flags["--help"] = True
        elif not only_names and word in flags:
            flags[word] = True
        elif not only_names and word in ("-p", "--profile", "--name", "--for"):
            if not words:
                raise UsageError(f"after {word} comes a value", "see them all:  %kist --help")
            given["--profile" if word == "-p" else word] = words.pop(0)
        elif is_name(word):
            names.append(word)
        else:
            raise not_a_name(word)
    for option in ("--profile", "--name"):
        if option in given and not is_name(given[option]):
            raise not_a_name(given[option])
    return Line(
        verb,
        names,
        given.get("--profile"),
        given.get("--name"),
        _seconds(given["--for"]) if "--for" in given else None,
        flags["--reload"],
        flags["--allow-expired"],
        flags["--help"],
    )


def misplaced(source: str) -> List[str]:
    """The words after `%kist` in a cell that are neither names nor options, the longest first."""
    found = []
    for match in LINE.finditer(source):
        for word in match.group(1).split():
            if not is_name(word) and not re.fullmatch(r"-{1,2}[a-z-]{0,16}|[?]", word):
                found.append(word)
    return sorted(found, key=len, reverse=True)


def not_a_name(word: str) -> UsageError:
    if word.startswith("-") and re.fullmatch(r"-{1,2}[a-z-]{0,16}", word):
        return UsageError(f"there is no option {word}", "see them all:  %kist --help")
    return UsageError(
        "%kist takes names, never values, and one of these words is no name",
        "if it was a secret: it stands in this cell now. Clear the cell; IPython's history does not have it.",
        "to type one in without echo:  %kist ask PLATFORM, or %kist add PLATFORM",
    )


def _seconds(text: str) -> int:
    match = DURATION.fullmatch(text)
    if match is None:
        raise UsageError("a span is a number with s, m, h or d:  --for 10h")
    return int(match.group(1)) * SECONDS[match.group(2)]
