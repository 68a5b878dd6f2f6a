"""A push as bytes: a header, one line per event, and a line that signs them.

    {"undergrad":"class push","format":1,"class":"4f1c...","learner":7,"after":[120,"9ab..."]}
    {"uuid":"...","time":"2026-11-30T02:23Z","kind":"check.finished",...}
    {"hmac":"..."}

The same bytes travel over the network and in a file, which may hold several of them. `after` is
the last receipt that the learner has: a store that does not know it has forgotten something, and
is sent everything once more.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from undergrad.classroom.view import FORMAT, Fields, fault, text_of
from undergrad.errors import UsageError

KIND = "class push"
ERASURE = "class erasure"  # the same without events: a learner wants to be forgotten
BEGINNING = rb'\{"undergrad":"class push"'
MOST = 1024 * 1024  # bytes of one push
_HMAC = '{"hmac":"'
KeyOf = Callable[[int], bytes]  # a learner's number: what they sign with


class Refused(UsageError):
    """A push of which nothing is stored. `status` is what HTTP calls it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Receipt:
    """The head of a learner's chain when a push was stored."""

    position: int
    hash: str


@dataclass(frozen=True)
class Push:
    """A push that is whole, comes from this learner, and holds nothing but what is sent."""

    learner: int
    after: Receipt | None
    events: tuple[tuple[Fields, str], ...]  # each as fields and as its line


def pushes(
    lines: Iterable[str], class_id: str, learner: int, key: bytes, after: Receipt | None = None
) -> Iterator[bytes]:
    """The lines as so many pushes as are needed, none above `MOST` bytes. One at least."""
    waiting: list[str] = []
    size = 0
    for line in lines:
        if waiting and size + len(line) > MOST - 2000:
            yield _signed(waiting, class_id, learner, key, after)
            waiting, size = [], 0
        waiting.append(line)
        size += len(line) + 1
    yield _signed(waiting, class_id, learner, key, after)


def erasure(class_id: str, learner: int, key: bytes) -> bytes:
    """A learner's wish to be forgotten."""
    return _signed([], class_id, learner, key, None, ERASURE)


def read(body: bytes, class_id: str, key_of: KeyOf, kind: str = KIND) -> Push:
    """The push in these bytes. Refused, with the line at fault, when anything about it is wrong."""
    if len(body) > MOST:
        raise Refused(413, f"A push has at most {MOST:,} bytes, and this one has {len(body):,}.")
    header, *lines = body.decode("utf-8", "replace").split("\n")
    start = _object(header, 1)
    if start.get("undergrad") != kind:
        raise Refused(422, f"line 1: this is not a {kind}.")
    if start.get("format") != FORMAT:
        raise Refused(
            426,
            f"This push has format {start.get('format')!r:.20}, and this class reads {FORMAT}:"
            " use the version of undergrad that your teacher names.",
        )
    if start.get("class") != class_id:
        raise Refused(401, "This push is for another class.")
    learner = start.get("learner")
    if type(learner) is not int or not 0 < learner < 2**31:
        raise Refused(422, "line 1: `learner` is not a number.")
    _compare_signature(body, lines, key_of(learner))
    events = tuple(_event(line, number) for number, line in enumerate(lines[:-2], start=2))
    return Push(learner, _receipt(start.get("after")), events)


def split(file: bytes) -> Iterator[bytes]:
    """The pushes that a file holds, one after the other."""
    waiting = b""
    for line in file.replace(b"\r\n", b"\n").splitlines(keepends=True):
        waiting += line
        if line.startswith(_HMAC.encode()):
            yield waiting
            waiting = b""
    if waiting.strip():
        yield waiting


def _signed(
    lines: list[str],
    class_id: str,
    learner: int,
    key: bytes,
    after: Receipt | None,
    kind: str = KIND,
) -> bytes:
    header = {
        "undergrad": kind,
        "format": FORMAT,
        "class": class_id,
        "learner": learner,
        "after": [after.position, after.hash] if after else None,
    }
    content = "".join(f"{line}\n" for line in (text_of(header), *lines)).encode()
    return content + f"{text_of({'hmac': signature(key, content)})}\n".encode()


def signature(key: bytes, content: bytes) -> str:
    """HMAC-SHA256, as hexadecimal."""
    return hmac.new(key, content, "sha256").hexdigest()


def _compare_signature(body: bytes, lines: list[str], key: bytes) -> None:
    if len(lines) < 2 or lines[-1] or not lines[-2].startswith(_HMAC):
        raise Refused(422, f"line {len(lines) + 1}: the push is cut short.")
    content = body[: body.rindex(_HMAC.encode())]
    given = _object(lines[-2], len(lines)).get("hmac")
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode("utf-8", "replace"), signature(key, content).encode()
    ):
        raise Refused(401, "The push is not signed with this learner's secret.")


def _event(line: str, number: int) -> tuple[Fields, str]:
    fields = _object(line, number)
    wrong = fault(fields, line)
    if wrong:
        raise Refused(422, f"line {number}: {wrong}.")
    return fields, line


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(422, f"line {number}: this is not a JSON object.")
    return value


def _receipt(value: Any) -> Receipt | None:
    match value:
        case [int(position), str(head)]:
            return Receipt(position, head)
        case None:
            return None
    raise Refused(422, "line 1: `after` is not a receipt.")
