"""Frames: what the document shows is what is read and written, and nothing else is taken for one."""

import random
import re

import kist
from home import ROOT, Home, raises
from kist import _frame, _json
from kist._agent import Agent, Want
from liar import Liar, frame, hello, overview, revealed

DOCUMENT = (ROOT / "Sources/KistProtocol/AgentProtocol.md").read_text()


def examples():
    """Each `frame` block of the document: its head line, its JSON, its segments."""
    for kind, method, text in re.findall(r"```frame (\w+) (\w+)\n(.*?)```", DOCUMENT, re.S):
        prefix, header, segments = b"", b"", []
        for line in text.strip().split("\n"):
            if line.startswith("{"):
                header = line.encode()
            elif line.startswith("segment"):
                segments.append(bytes.fromhex(line[len("segment") :]))
            else:
                prefix += bytes.fromhex(line)
        yield kind, method, prefix, header, segments


def test_every_frame_of_the_document_is_read_and_written_to_the_byte():
    seen = 0
    for _, _, prefix, header, segments in examples():
        layout = _frame.layout_of(prefix)
        assert (layout.header, layout.segments) == (len(header), [len(segment) for segment in segments])
        value = _frame.parse(header)
        assert _frame.encode(value, segments) == prefix + header + b"".join(segments)
        seen += 1
    assert seen > 60


def test_the_first_request_is_byte_for_byte_what_the_document_says():
    """With the client's name and vault as the only difference, and hello in the same write."""
    with Home(vault=False) as home, home.inside():
        with Liar(hello() + frame(revealed()), linger=True) as liar:
            raises(kist.KistError, lambda: kist.get("kumo", "url"))
    heard = liar.heard[0]
    first = int.from_bytes(heard[:4], "big") + 4
    assert _frame.parse(heard[10:first])["method"] == "hello"
    request = _frame.parse(heard[first + 10 :])
    assert request == {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "reveal",
        "params": {"wants": [{"profile": "default", "name": "kumo", "fields": ["url"]}], "purpose": "get"},
    }


HOSTILE_JSON = {
    "a key twice": b'{"a":1,"a":2}',
    "a fraction": b'{"a":1.0}',
    "an exponent": b'{"a":1e3}',
    "not a number": b'{"a":NaN}',
    "beyond 64 bits": b'{"a":9223372036854775808}',
    "a number of many digits": b'{"a":' + b"9" * 60_000 + b"}",
    "minus nothing": b'{"a":-0}',
    "a lone surrogate": b'{"a":"\\ud800"}',
    "a lone surrogate as a key": b'{"\\udc00":1}',
    "not UTF-8": b'{"a":"\xff"}',
    "a control character": b'{"a":"\n"}',
    "nine deep": b'{"a":' * 9 + b"1" + b"}" * 9,
    "thirty thousand deep": b"[" * 30_000,
    "something after it": b"{}{}",
    "no object": b"[]",
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a trailing comma": b'{"a":1,}',
    "a comment": b"{}//",
}


def test_json_is_strict_with_both_of_its_readers():
    kept = _json._scan, _json._quote
    try:
        for reader in (_json._with_c, _json._without_c):
            _json._scan, _json._quote = reader()
            for what, text in HOSTILE_JSON.items():
                raises(kist.BrokenAnswer, lambda: _frame.parse(text))
            good = b' {"a":{"b":[1,-9223372036854775808,true,null,"\\ud83d\\ude00"]}} '
            value = _frame.parse(good)
            assert value == {"a": {"b": [1, -(1 << 63), True, None, "😀"]}}
            assert _frame.parse(_json.text_of(value).encode()) == value
    finally:
        _json._scan, _json._quote = kept


def lies():
    """By what is wrong with them; made inside of a home, whose vault they name."""
    truth = frame(revealed(), [b"demo:abc"])
    return {
        "nothing at all": b"",
        "half a frame": hello()[:9],
        "a frame that is too large": b"\x7f\xff\xff\xff" + b"\0" * 6,
        "a header that is too large": frame(b"{}", header=1 << 20),
        "too many segments": frame(b"{}", count=5_000),
        "a total that is too small": frame(b"{}", total=3),
        "a total that does not fit": hello() + frame(revealed(), [b"demo:abc"], total=len(truth) - 4 + 1),
        "a segment that is too large": frame(b"{}", [b""], lengths=[1 << 21]),
        "another number": hello(7) + truth,
        "another number of the revelation": hello() + frame(revealed(7), [b"demo:abc"]),
        "a number that is true": frame({"jsonrpc": "2.0", "id": True, "result": {}}),
        "an error and a result": frame({"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}}),
        "neither": frame({"jsonrpc": "2.0", "id": 1}),
        "another vault": hello(vault="/somewhere/else") + truth,
        "an error without a kind": frame({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "x", "data": {}}}),
        "an error of another shape": frame({"jsonrpc": "2.0", "id": 1, "error": "no"}),
        "JSON that is none": frame(b"{oh no}"),
        "a greeting and then nothing": hello(),
        "a credential that nobody asked for": hello() + frame(revealed(overview=overview("other")), [b"x"]),
        "another profile": hello() + frame(revealed(overview=overview(profile="other")), [b"x"]),
        "no credential": hello() + frame({"jsonrpc": "2.0", "id": 2, "result": {"items": []}}),
        "two credentials": hello()
        + frame({"jsonrpc": "2.0", "id": 2, "result": {"items": 2 * revealed()["result"]["items"]}}, [b"x"]),
        "a segment that is not there": hello() + frame(revealed(), []),
        "a segment that nobody asked for": hello() + frame(revealed(), [b"x", b"y"]),
        "a field that nobody asked for": hello() + frame(revealed(fields=[{"name": "other", "segment": 0}]), [b"x"]),
        "a field twice": hello()
        + frame(revealed(fields=[{"name": "api_key", "segment": 0}, {"name": "api_key", "segment": 1}]), [b"x", b"y"]),
        "a negative segment": hello() + frame(revealed(fields=[{"name": "api_key", "segment": -1}]), [b"x"]),
        "a name that is none": hello() + frame(revealed(overview=overview("../../etc")), [b"x"]),
        "a plain field that is a number": hello() + frame(revealed(overview=overview(plain={"url": 1})), [b"x"]),
        "an order of other fields": hello() + frame(revealed(overview=overview(order=["other"])), [b"x"]),
        "a field plain and secret": hello() + frame(revealed(overview=overview(secrets=["url"])), [b"x"]),
        "a revision that is none": hello() + frame(revealed(overview=overview(revision="2")), [b"x"]),
        "an overview that is none": hello() + frame(revealed(overview=[]), [b"x"]),
        "more, and then nothing": hello() + frame(revealed(more=True), [b"x"]),
        "a list in the place of the result": hello() + frame({"jsonrpc": "2.0", "id": 2, "result": []}),
    }


def test_an_agent_that_lies_is_an_error_and_its_words_are_not_believed():
    with Home(vault=False) as home, home.inside(PATH="/nowhere"):
        for what, lie in lies().items():
            with Liar(lie):
                try:
                    found = kist.credential("kumo")
                except kist.KistError:
                    continue
                raise AssertionError(f"{what}: taken for {dict(found)}")
        # The control: the same agent, telling the truth.
        with Liar(hello() + frame(revealed(), [b"demo:abc"])):
            assert kist.get("kumo") == "demo:abc"


def test_random_bytes_and_changed_answers_never_end_in_anything_but_an_error():
    source = random.Random(20261121)
    truth = hello() + frame(revealed(), [b"demo:abc"])
    taken = 0
    with Home(vault=False) as home, home.inside(PATH="/nowhere"):
        for _ in range(150):
            lie = bytearray(truth)
            for _ in range(source.randrange(1, 4)):
                lie[source.randrange(len(lie))] = source.randrange(256)
            with Liar(bytes(lie[: source.randrange(1, len(lie) + 1)] if source.random() < 0.3 else lie)):
                try:
                    found = kist.credential("kumo")
                    assert found.name == "kumo" and found.profile == "default"
                    taken += 1
                except kist.KistError:
                    pass
    assert taken < 150


def test_headers_survive_anything():
    source = random.Random(4)
    texts = [header for _, _, _, header, _ in examples()]
    for _ in range(20_000):
        text = bytearray(source.choice(texts))
        for _ in range(source.randrange(1, 6)):
            at = source.randrange(len(text))
            text[at : at + source.randrange(3)] = bytes(source.randrange(256) for _ in range(source.randrange(3)))
        try:
            assert isinstance(_frame.parse(bytes(text)), dict)
        except kist.BrokenAnswer:
            pass


def test_a_request_that_no_frame_can_carry_is_refused_before_it_is_sent():
    raises(kist.UsageError, lambda: _frame.encode({}, [b"x" * (1 << 20) + b"x"]))
    raises(kist.UsageError, lambda: _frame.encode({"a": "x" * 70_000}))
    raises(kist.UsageError, lambda: _frame.encode({}, [b"x" * (1 << 20)] * 8))


def test_frames_of_a_long_answer_are_one():
    """Each frame numbers its own segments from 0."""
    with Home(vault=False) as home, home.inside():
        first = revealed(more=True)
        with Liar(hello() + frame(first, [b"one"]) + frame(revealed(overview=overview("other")), [b"two"])):
            agent = Agent.running(kist._places.find())
            with agent:
                found = agent.reveal([Want("default", "kumo"), Want("default", "other")], "get")
    assert [item.secrets for item in found] == [{"api_key": b"one"}, {"api_key": b"two"}]
