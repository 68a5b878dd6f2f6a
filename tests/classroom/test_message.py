"""A push is signed bytes; everything that is wrong with one is refused, with the line at fault."""

import json
from hashlib import sha256

import pytest
from tests.classroom.conftest import started

from undergrad.classroom import message
from undergrad.classroom.invitation import Invitation, decode, encode
from undergrad.classroom.message import MOST, Receipt, Refused
from undergrad.classroom.view import text_of
from undergrad.errors import UsageError

KEY = b"secret of learner 7"
LINES = [text_of(started(number)) for number in (1, 2)]


def one(lines: list[str] = LINES, after: Receipt | None = None) -> bytes:
    (body,) = message.pushes(lines, "a-class", 7, KEY, after)
    return body


def read(body: bytes) -> message.Push:
    return message.read(body, "a-class", lambda learner: KEY if learner == 7 else b"other")


def signed(content: str) -> bytes:
    line = json.dumps({"hmac": message.signature(KEY, content.encode())}, separators=(",", ":"))
    return f"{content}{line}\n".encode()


HEADER, *_ = one().decode().splitlines(keepends=True)


def test_what_is_written_is_read() -> None:
    push = read(one(after=Receipt(3, "abc")))
    assert (push.learner, push.after) == (7, Receipt(3, "abc"))
    assert [line for _, line in push.events] == LINES


def test_many_events_are_several_pushes_of_which_none_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message, "MOST", 10_000)
    line = text_of(started(1))
    count = 3 * 10_000 // len(line)
    bodies = list(message.pushes([line] * count, "a-class", 7, KEY))
    assert len(bodies) > 3 and max(map(len, bodies)) <= 10_000
    assert sum(len(read(body).events) for body in bodies) == count
    assert list(message.split(b"".join(bodies))) == bodies


def test_a_file_survives_other_line_ends() -> None:
    (body,) = message.split(one().replace(b"\n", b"\r\n"))
    assert body == one()


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 422, "line 1"),
        (b"{}\n", 422, "not a class push"),
        (b"x" * (MOST + 1), 413, "at most"),
        (one().replace(b'"format":1', b'"format":2'), 426, "version of undergrad"),
        (one().replace(b'"a-class"', b'"b-class"'), 401, "another class"),
        (one().replace(b'"learner":7', b'"learner":8'), 401, "not signed"),
        (one().replace(b"backprop", b"backpropp"), 401, "not signed"),
        (one().replace(b'{"hmac":"', b'{"hmac":"0'), 401, "not signed"),
        (one()[:-40], 422, "cut short"),
        (one().replace(b'"learner":7', b'"learner":-7'), 422, "number"),
        (signed(f"{HEADER}not json\n"), 422, "line 2"),
        (signed(f'{HEADER}{LINES[0]}\n{{"kind":"goal.set"}}\n'), 422, "line 3: its `kind`"),
        (signed(HEADER.replace("null", "[1]") + LINES[0] + "\n"), 422, "receipt"),
        (b"[" * 100_000, 422, "line 1"),
    ],
)
def test_what_is_wrong_is_refused(body: bytes, status: int, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        read(body)
    assert refused.value.status == status


INVITED = Invitation("id", "A class, ä", "to help", "2027-01-01", 7, "s" * 32, "10.0.0.5:8443", "f")


def test_a_code_says_all_that_is_needed() -> None:
    code = encode(INVITED)
    assert decode(code) == INVITED
    assert decode(f" {code[:40]}\n{code[40:]} ") == INVITED, "a mail may break it"


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_code_that_was_cut_short_is_noticed(cut: int) -> None:
    with pytest.raises(UsageError, match="cut short"):
        decode(encode(INVITED)[:-cut])
    with pytest.raises(UsageError, match="not a code"):
        decode("x" + encode(INVITED))


def test_the_signature_is_hmac_sha256() -> None:
    """By its definition in RFC 2104, for a key shorter than a block."""
    key = KEY.ljust(64, b"\0")
    inner = sha256(bytes(each ^ 0x36 for each in key) + b"content").digest()
    outer = sha256(bytes(each ^ 0x5C for each in key) + inner).hexdigest()
    assert message.signature(KEY, b"content") == outer
