"""What a notebook shows has names in the place of secrets: whatever form they take, wherever the pieces are cut."""

import base64
import html
import json
import os
import random
import urllib.parse

from kist.notebook.forms import forms
from kist.notebook.mask import Mask, Stream
from kist.notebook.messages import DEEPEST, Outlet, masked
from kist.notebook.search import PIECE

KEY = "demo:qBX-J36iE8mL0o779j-U"
NAME = "‹kumo.api_key›"
PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "\n".join(base64.b64encode(bytes(range(at, at + 48))).decode() for at in range(26))
    + "\n-----END PRIVATE KEY-----\n"
)


def knowing(*secrets):
    mask = Mask()
    mask.learn([(name, value if isinstance(value, bytes) else value.encode()) for name, value in secrets])
    return mask


def pieces(mask, *texts, finish=True):
    """What a stream shows of these pieces."""
    shown = []
    stream = Stream(mask, shown.append)
    for text in texts:
        stream.write(text)
    if finish:
        stream.finish()
    return "".join(shown)


def test_forms():
    nasty = "p\"q'<&>/+ %é€\n" + KEY
    mask = knowing(("kumo.api_key", nasty))
    raw = nasty.encode()
    for form in (
        nasty,
        repr(nasty)[1:-1],
        repr(raw)[2:-1],
        json.dumps(nasty)[1:-1],
        json.dumps(nasty, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(nasty))[3:-3],
        urllib.parse.quote(nasty),
        urllib.parse.quote(nasty, safe=""),
        urllib.parse.quote_plus(nasty),
        html.escape(nasty),
        raw.hex(),
        raw.hex().upper(),
    ):
        assert mask.text(f"a {form} b") == f"a {NAME} b", form
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            shown = mask.text("header " + encode(b"x" * shift + raw + b"yz").decode())
            assert NAME in shown and len(shown) < len(NAME) + 20, shown


def test_what_is_no_secret_stays_the_same_object():
    mask = knowing(("kumo.api_key", KEY), ("key.private_key", PEM))
    for text in ("", "demo", "demo:qBX", "epoch 3\n" * 10_000, "-----BEGIN PRIVATE KEY-----\nsomebody else's"):
        assert mask.text(text) is text
        assert pieces(mask, text) == text
    message = {"data": {"text/plain": "nothing", "n": 1, "l": [None, 2.5]}}
    assert masked(message, mask) is message


def test_values_that_were_cut_folded_or_coloured():
    long = "eyJhbGciOiJSUzI1NiJ9." + base64.urlsafe_b64encode(bytes(range(150))).decode()
    mask = knowing(("kumo.api_key", KEY), ("kaskada.token", long), ("key.private_key", PEM))
    assert mask.text(long[:47] + "...") == "‹kaskada.token›..."  # pandas
    assert mask.text(long[:80] + "\n" + long[80:]) == "‹kaskada.token›"  # a narrow console
    assert mask.text("│ " + long[90:140] + " │") == "│ ‹kaskada.token› │"  # a column of a table
    assert mask.text(f"\x1b[1m{KEY[:9]}\x1b[0m{KEY[9:]}.") == f"\x1b[1m{NAME}\x1b[0m.", "colours stay balanced"
    spans = f"<td>{KEY[:5]}<b>{KEY[5:]}</b></td>"
    assert mask.text(spans, markup=True) == f"<td>{NAME}<b></b></td>"
    assert mask.text(PEM.split("\n")[3]) == "‹key.private_key›"
    assert mask.text(json.dumps({"key": PEM})) == '{"key": "‹key.private_key›"}'
    assert mask.text(base64.encodebytes(b"x:" + KEY.encode()).decode()).startswith("eDp" + NAME)


def test_the_secret_half_of_a_pair_is_a_secret():
    assert knowing(("kumo.api_key", KEY)).text(KEY.split(":")[1]) == NAME
    account = json.dumps({"type": "service_account", "private_key": PEM, "client_email": "ada@example.com"})
    mask = knowing(("gcp.json", account))
    assert mask.text(PEM) == "‹gcp.json›\n" or mask.text(PEM) == "‹gcp.json›"
    assert mask.text("ada@example.com") == "ada@example.com"


def test_many_with_the_same_beginning_keep_their_names():
    begin = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
    tokens = {f"token{n}": begin + base64.urlsafe_b64encode(os.urandom(60)).decode() for n in range(100)}
    mask = knowing(*tokens.items())
    for name, token in tokens.items():
        assert mask.text(f"Bearer {token}") == f"Bearer ‹{name}›"
        assert pieces(mask, "Bearer " + token[:40], token[40:]) == f"Bearer ‹{name}›"


def test_short_values_are_left_alone():
    mask = knowing(("pin", "1234567"))
    assert mask.text("1234567") == "1234567"


def test_streams_in_pieces():
    mask = knowing(("kumo.api_key", KEY))
    for at in range(len(KEY)):
        assert pieces(mask, "a " + KEY[:at], KEY[at:] + " b") == f"a {NAME} b"
    assert pieces(mask, *KEY) == NAME
    assert pieces(mask, "de", "mo", " data\n") == "demo data\n"
    assert pieces(mask, "loss d\n", finish=False) == "loss d\n", "a line that ends like this does not wait"
    assert pieces(mask, "at de", finish=False) == "at ", "what might become a secret waits"
    assert pieces(mask, KEY[:-1]) == NAME, "nearly all of it is a secret too"


def test_flushed_pieces_show_three_letters_at_most():
    mask = knowing(("kumo.api_key", KEY))
    shown = []
    stream = Stream(mask, shown.append)
    for letter in KEY:
        stream.write(letter)
        stream.flush()
    stream.finish()
    assert "".join(shown) == KEY[:3] + NAME or "".join(shown) == NAME, shown


def longest_shown(secret, shown):
    """The most characters in a row of `secret` that stand in `shown`."""
    slices = ((at, end) for at in range(len(secret)) for end in range(at + 1, len(secret) + 1))
    return max((end - at for at, end in slices if secret[at:end] in shown), default=0)


def test_a_flush_shows_no_piece_of_a_secret():
    """`print(key[4:40])`, then something that is shown: what stands before it is flushed, while it still could go on."""
    key = "demo:" + base64.urlsafe_b64encode(bytes(range(7, 61))).decode()
    mask = knowing(("kumo.api_key", key))
    for begin in range(0, len(key) - PIECE, 5):
        for end in range(begin + PIECE, len(key) + 1, 3):
            for after in ("", "\n", " and more\n"):
                shown = []
                stream = Stream(mask, shown.append)
                stream.write(key[begin:end])
                stream.flush()
                stream.write(after)
                stream.flush()
                stream.finish()
                assert "".join(shown).strip("\n") == NAME + after.strip("\n"), (begin, end, shown)
            for cut in (begin + 1, begin + 7, end - 9, end - 1):
                shown = []
                stream = Stream(mask, shown.append)
                for piece in (key[begin:cut], key[cut:end]):
                    stream.write(piece)
                    stream.flush()
                stream.finish()
                assert longest_shown(key, "".join(shown)) < PIECE, (begin, cut, end, shown)


def test_a_secret_that_is_learnt_later():
    mask = Mask()
    shown = []
    stream = Stream(mask, shown.append)
    stream.write("before ")
    mask.learn([("kumo.api_key", KEY.encode())])
    stream.write(KEY)
    stream.finish()
    assert "".join(shown) == f"before {NAME}"


def random_value(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return f"demo:{os.urandom(chance.randrange(6, 22)).hex()}".encode()
    if kind == 1:
        return base64.urlsafe_b64encode(os.urandom(chance.randrange(6, 40)))
    if kind == 2:
        return f"p\"q'<&>/+ %é€{os.urandom(4).hex()}".encode()
    lines = "\n".join(base64.b64encode(os.urandom(48)).decode() for _ in range(chance.randrange(2, 20)))
    return f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n".encode()


def test_nothing_leaks_however_the_pieces_are_cut():
    chance = random.Random(20261121)
    words = ["the ", "fox ", "demo ", "epoch ", "loss = 0.12 ", "é€", "\n", "\t", "\x1b[1m"]
    leaks = found = 0
    for _ in range(int(os.environ.get("KIST_CHUNKINGS", "600")) // 4):
        values = [(f"s{number}", random_value(chance)) for number in range(chance.randrange(1, 6))]
        mask = knowing(*values)
        every = [form.decode() for _, value in values for form in forms(value)]
        for _ in range(4):
            planted = chance.random() < 0.8
            text = "".join(
                chance.choice(every) if planted and chance.random() < 0.5 else chance.choice(words) * chance.randrange(4)
                for _ in range(chance.randrange(1, 12))
            )
            shown, at = [], 0
            stream = Stream(mask, shown.append)
            while at < len(text):
                size = chance.choice((1, 1, 2, 3, 5, 8, 20, 60, 1000))
                stream.write(text[at : at + size])
                at += size
                if chance.random() < 0.2:
                    stream.flush()
            stream.finish()
            for result in ("".join(shown), mask.text(text)):
                flat = result.replace("\n", "")
                leaks += any(form in flat for form in every)
                found += "‹s" in result
                assert planted or result == text, (result, text)
    assert not leaks and found > 100, (leaks, found)


class Session:
    """As much of a kernel's session as the outlet uses; keeps what would be sent."""

    def __init__(self):
        self.sent = []

    def msg(self, kind, content=None, parent=None, header=None, metadata=None):
        return {"header": {"msg_type": kind}, "parent_header": parent or {}, "content": content, "metadata": metadata}

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, **_):
        if isinstance(msg_or_type, dict):
            self.sent.append((msg_or_type["header"]["msg_type"], msg_or_type["content"], buffers))
        else:
            self.sent.append((msg_or_type, content, buffers))


def test_every_kind_of_message():
    session = Session()
    outlet = Outlet(session, knowing(("kumo.api_key", KEY)))
    parent = {"msg_id": "cell 1"}
    shown = {"data": {"text/html": f"<b>{KEY[:6]}</b>{KEY[6:]}", "application/json": {KEY: [KEY]}}, "metadata": {KEY: 1}}
    session.send(None, session.msg("display_data", shown, parent))
    session.send(None, "error", {"ename": "E", "evalue": KEY, "traceback": [f"line {KEY!r}"]}, parent)
    session.send(None, "comm_open", {"data": {"state": {"value": KEY}}}, parent, buffers=[KEY.encode(), memoryview(b"x")])
    session.send(None, "inspect_reply", {"data": {"text/plain": KEY}}, parent)
    session.send(None, session.msg("stream", {"name": "stdout", "text": "a " + KEY[:9]}, parent))
    session.send(None, session.msg("stream", {"name": "stderr", "text": "other "}, parent))
    session.send(None, session.msg("stream", {"name": "stdout", "text": KEY[9:] + " demo"}, parent))
    session.send(None, session.msg("status", {"execution_state": "idle"}, parent))
    text = repr(session.sent)
    assert KEY not in text and KEY[:12] not in text, text
    assert text.count(NAME) == 9, text
    assert session.sent[-1][0] == "status" and session.sent[-2][1]["text"] == "demo", "what waited came before the end"
    assert session.sent[2][2] == [b"*" * len(KEY), b"x"], "binary parts keep their length"
    outlet.detach()
    session.send(None, "inspect_reply", {"data": {"text/plain": KEY}}, parent)
    assert KEY in repr(session.sent[-1])


def test_what_is_printed_before_a_result_stays_masked():
    session = Session()
    key = "demo:" + base64.urlsafe_b64encode(bytes(range(7, 61))).decode()
    Outlet(session, knowing(("kumo.api_key", key)))
    parent = {"msg_id": "cell 1"}
    session.send(None, session.msg("stream", {"name": "stdout", "text": key[9:45] + "\n"}, parent))
    session.send(None, session.msg("execute_result", {"data": {"text/plain": "1"}, "metadata": {}}, parent))
    session.send(None, session.msg("status", {"execution_state": "idle"}, parent))
    text = repr(session.sent)
    assert NAME in text and longest_shown(key, text) < 8, text


def test_the_users_own_data_is_not_changed():
    mask = knowing(("kumo.api_key", KEY))
    data = {"a": [KEY, {"b": (KEY,)}]}
    assert masked(data, mask) == {"a": [NAME, {"b": (NAME,)}]}
    assert data == {"a": [KEY, {"b": (KEY,)}]}


def test_what_is_nested_too_deeply_is_not_shown():
    mask = knowing(("kumo.api_key", KEY))
    for wrap in (lambda value: [value], lambda value: {"a": value}, lambda value: (value,)):
        for depth in (1, 63, 64, 65, 66, 200, 400):
            value = KEY
            for _ in range(depth):
                value = wrap(value)
            text = repr(masked(value, mask))
            assert KEY not in text and (NAME in text) == (depth <= DEEPEST + 1), (depth, text)
