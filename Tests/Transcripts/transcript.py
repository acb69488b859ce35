"""A transcript: commands with what the terminal shows, byte for byte but for what differs every time.

    # a comment
    $ kist init
    Passphrase (Enter makes one for you): {{secret a passphrase}}
    Type its last group (Enter skips): {{type skip}}
    [exit 125]

`{{secret …}}` is typed without echo and shows a dot for each character, twenty at most; `{{type …}}` is echoed. `$!` is a
command whose output does not matter. An exit status other than 0 stands on a line of its own.
"""

import re

from terminal import as_text, without_dots_erased

TYPED = re.compile(r"\{\{(secret|type)(?: ([^}]*))?\}\}")
MASKS = [
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{8}(-[0-9A-HJKMNP-TV-Z]{8}){6}"), "XXXXXXXX-XXXXXXXX-XXXXXXXX-XXXXXXXX-XXXXXXXX-XXXXXXXX-XXXXXXXX"),
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}"), "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"),
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}"), "XXXX-XXXX-XXXX-XXXX"),
    (re.compile(r"[0-9a-z]{5}(-[0-9a-z]{5}){4}"), "xxxxx-xxxxx-xxxxx-xxxxx-xxxxx"),
    # As wide as what they stand for.
    (re.compile(r"\d{8}T\d{6}Z"), "YYYYMMDDTHHMMSSZ"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "YYYY-MM-DDTHH:MM:SSZ"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "YYYY-MM-DD HH:MM:SS"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "YYYY-MM-DD"),
    # The process that asked, at the end of a line of the audit log.
    (re.compile(r"\bkist \d+$", re.M), "kist N"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"\d+ ms"), "N ms"),
    (re.compile(r"in \d+ days"), "in N days"),
    (re.compile(r"expired \d+ days ago"), "expired N days ago"),
    (re.compile(r"process \d+"), "process N"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA256"),
    # The beginning of a slot's id.
    (re.compile(r"\b[0-9a-f]{8}\b"), "xxxxxxxx"),
    (re.compile(r"/tmp/kist-[A-Za-z0-9_]+"), "HOME"),
]


def masked(text):
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    # What a mask made shorter or longer moves the columns behind it.
    moved = re.search("N ms|N days", text)
    lines = [re.sub(r" {2,}", "  ", line).rstrip() if moved else line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


class Step:
    def __init__(self, command, silent):
        self.command, self.silent, self.expected, self.status = command, silent, [], 0


class Transcript:
    def __init__(self, file):
        self.file = file
        self.steps, self.head = [], []
        for line in file.read_text().splitlines():
            if line.startswith("$! ") or line.startswith("$ "):
                self.steps.append(Step(line.split(" ", 1)[1], line.startswith("$!")))
            elif not self.steps:
                self.head.append(line)
            elif match := re.fullmatch(r"\[exit (\d+)\]", line):
                self.steps[-1].status = int(match[1])
            else:
                self.steps[-1].expected.append(line)

    def replay(self, home, update):
        seen = list(self.head)
        for step in self.steps:
            shown, status = self.perform(step, home)
            wanted = masked(self.shown_form("\n".join(step.expected)))
            if not update:
                assert step.silent or (masked(shown) == wanted and status == step.status), (
                    f"$ {step.command}\n--- wanted [exit {step.status}]\n{wanted}\n--- saw [exit {status}]\n{masked(shown)}\n")
            else:
                text = "\n".join(step.expected).strip("\n")
                if not step.silent and masked(shown) != wanted:
                    text = self.with_typing(text, masked(shown))
                seen += [f"{'$!' if step.silent else '$'} {step.command}"] + [line for line in [text] if line]
                seen += [f"[exit {status}]"] if status and not step.silent else []
                seen += [""]
        if update:
            self.file.write_text("\n".join(seen).rstrip("\n") + "\n")

    def perform(self, step, home):
        """Types what stands between double braces when what stands before it was shown."""
        terminal = home.terminal(step.command)
        shown = ""
        text = "\n".join(step.expected)
        at = 0
        for match in TYPED.finditer(text):
            before = text[at:match.start()].split("\n")[-1]
            shown += as_text(terminal.expect(before))
            terminal.type((match[2] or "") + "\r")
            at = match.end()
        rest, status = terminal.finish()
        terminal.close()
        return without_dots_erased(shown + as_text(rest)), status

    @staticmethod
    def with_typing(old, shown):
        """What was shown, with what is to be typed put back where it was typed."""
        at = 0
        for match in TYPED.finditer(old):
            before = old[:match.start()].split("\n")[-1]
            place = shown.find(before.rstrip(), at)
            assert place >= 0, f"where is {before!r}?"
            end = shown.find("\n", place)
            end = len(shown) if end < 0 else end
            shown = shown[:place] + before + match[0] + shown[end:]
            at = place + len(before) + len(match[0])
        return shown

    @staticmethod
    def shown_form(text):
        """What the terminal shows: twenty dots at most, and no more than fit on a line of 80."""
        shown, at = "", 0
        for match in TYPED.finditer(text):
            shown += text[at:match.start()]
            typed = match[2] or ""
            left = 80 - len(shown.split("\n")[-1]) - 1
            shown += "·" * min(20, left, len(typed)) if match[1] == "secret" else typed
            at = match.end()
        return shown + text[at:]
