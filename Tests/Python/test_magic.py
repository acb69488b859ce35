"""The line after %kist, and what is asked for where there is no vault. No notebook is needed for these."""

import contextlib

from home import raises
from kist import NotFound, NotOpened, UsageError
from kist.notebook import ask, line, unlock


def refused(text):
    try:
        line.parse(text)
    except UsageError as error:
        return str(error)
    raise AssertionError(f"taken: {text}")


@contextlib.contextmanager
def typing(*answers):
    """A person who types these, and the questions that were put: (whether it echoes, its text)."""
    asked, waiting = [], iter(answers)
    before = unlock.secret, unlock.plain

    def box(echoes):
        def answer(prompt):
            asked.append((echoes, prompt))
            return next(waiting)

        return answer

    unlock.secret, unlock.plain = box(False), box(True)
    try:
        yield asked
    finally:
        unlock.secret, unlock.plain = before


def test_a_line_is_names_and_options():
    said = line.parse("kumo snow-prod_2 -p prod --reload")
    assert (said.verb, said.names, said.profile, said.reload) == ("load", ["kumo", "snow-prod_2"], "prod", True)
    assert line.parse("").names == [] and line.parse("").verb == "load"
    assert line.parse("ask kaskada").verb == "ask" and line.parse("-- ask").names == ["ask"]
    assert line.parse("unlock --for 10h").seconds == 36_000
    assert line.parse("--help").help and line.parse("kumo ?").help


def test_what_is_no_name_is_refused_and_not_repeated():
    secret = "demo:qBX-J36iE8mL0o779j-U"
    for text in (secret, f"ask kumo {secret}", f"-p {secret}", f"--name {secret} add kumo", f"KEY={secret}", "x" * 65):
        told = refused(text)
        assert "demo" not in told and "x" * 10 not in told, told
    assert "--nosuch" in refused("--nosuch") and "after -p" in refused("kumo -p")
    assert "span" in refused("unlock --for ever") and "span" in refused("unlock --for 0h")
    assert secret not in refused(f"unlock --for {secret}")


def test_misplaced_words_are_found_in_whole_cells():
    cell = "x = 1\n  %kist kumo pa$$word\n%%kist demo:abc -p prod\nprint('a:b')\n%kistless demo:not"
    assert line.misplaced(cell) == ["pa$$word", "demo:abc"], line.misplaced(cell)
    assert line.misplaced("%kist kumo --reload -p prod") == []
    assert line.misplaced("import kist\nkist.get('x y:z')") == []


def test_what_follows_is_not_asked():
    with typing("demo:0123456789", "") as asked:
        found = ask.credential("kumo")
    assert asked[0][0] is False and "API key" in asked[0][1]
    assert found.secrets == {"api_key": b"demo:0123456789"}
    assert found.overview.plain == {"customer_id": "demo", "url": "https://demo.kumoai.cloud/api"}
    injection = ask.injection(found)
    assert injection.variables["KUMO_API_KEY"] == b"demo:0123456789"


def test_optional_fields_are_left_out_and_required_ones_insisted_on():
    with typing("client-1", "", "secret-12345678") as asked:
        found = ask.credential("kaskada", "features")
    assert [echoes for echoes, _ in asked] == [True, False, False], asked
    assert found.overview.name == "features" and set(found.overview.plain) == {"client_id"}
    try:
        with typing("", "", ""):
            ask.credential("kaskada")
    except UsageError as error:
        assert "was not given" in str(error)
    else:
        raise AssertionError("a required field was left out")
    try:
        ask.credential("nosuch")
    except NotFound:
        pass
    else:
        raise AssertionError("a platform that is none was asked for")


def test_a_key_that_lost_its_lines_gets_them_back():
    body = "QUJD" * 40
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"]) + "\n"
    for pasted in (pem.replace("\n", " "), pem.replace("\n", ""), pem):
        assert ask._in_lines(pasted.strip()).strip() == pem.strip(), pasted
    assert ask._in_lines("no key") == "no key"


def shown_with_variables(error):
    """What a traceback shows that prints the variables of every frame, those of what it came from included."""
    frames, text = [error], []
    for each in frames:
        frames += [other for other in (each.__context__, each.__cause__) if other is not None]
        trace = each.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename != __file__:
                text.append(repr(trace.tb_frame.f_locals))
            trace = trace.tb_next
    return "".join(text)


def test_an_interrupted_question_shows_nothing_that_was_typed():
    """Not even with `%xmode Verbose`, whatever goes wrong while the vault is opened or the next field is asked for."""
    typed = "typed-canary-0001"
    before = unlock._session.unlock, unlock.state
    unlock.state = lambda: "locked"
    try:
        for kind in (KeyboardInterrupt, OSError, NotOpened):

            def interrupted(passphrase, **_):
                held = passphrase
                try:
                    raise NotFound("first")
                except NotFound:
                    raise kind(f"{len(held)} bytes")

            unlock._session.unlock = interrupted
            with typing(typed):
                error = raises(kind, unlock.ask)
            assert typed not in shown_with_variables(error), kind
            assert kind is NotOpened or typed not in "".join(error._render_traceback_())
    finally:
        unlock._session.unlock, unlock.state = before
    with typing(typed) as asked:
        error = raises(StopIteration, lambda: ask.credential("kaskada"))
    assert len(asked) == 2 and typed not in shown_with_variables(error), error
