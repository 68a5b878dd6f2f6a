"""A journey's events as a file to carry: JSON Lines, with a checksum.

    {"undergrad": "journey export", "format": 1, "journey": "my-journey"}
    {"uuid": ..., "time": ..., "kind": "check.finished", "data": {...}, ...}      one line an event
    {"end": true, "events": 120, "sha256": ...}      over all bytes of the lines above

The position of an event in its store is left out, since it differs from store to store. A file
that was cut short, changed or made by somebody else is refused with the number of the line, and a
reader holds one line in memory, whatever the file holds. What editors and shells do to a text on
its way, other line ends, a byte-order mark or UTF-16, changes nothing that it says.
"""

import json
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO, cast

from undergrad.errors import StoreError, UsageError
from undergrad.files import STDOUT
from undergrad.journey.store.chain import Row

FORMAT = 1
_NAME = "journey export"
EXPORT = re.compile(rb'(\xef\xbb\xbf)?\{"undergrad": ?"journey export"')  # how such a file begins
_LINE = 8 * 1024 * 1024  # bytes of one event; a check that printed all it may has 0.2
_FIELDS = ("uuid", "time", "offset", "kind", "subject", "outcome", "course_version", "check_hash")
_TEXTS = {"kind": 64, "subject": 4096, "outcome": 64, "course_version": 256, "check_hash": 256}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = 24 * 60  # minutes; no clock on earth is further from UTC


def export_lines(rows: Iterable[Row], journey: str) -> Iterator[bytes]:
    """The lines of the file. journey: its name, for people."""
    digest, events = sha256(), 0
    for line in _body(rows, journey):
        digest.update(line)
        events += 1
        yield line
    yield _line({"end": True, "events": events - 1, "sha256": digest.hexdigest()})


def read_export(path: Path) -> Iterator[Row]:
    """The events of a file, each looked at before it is handed on; the checksum is compared last.

    path: `-` is standard input. The events may be used only after the last one, when the file is
    known to be whole. Raises UsageError, which names the line, for a file that is not what
    `export_lines` wrote.
    """
    try:
        if path == STDOUT:
            with _as_text(_stdin()) as lines:
                yield from _rows(Path("standard input"), lines)
            return
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise UsageError(f"{path} is not an ordinary file: name one that `export` wrote.")
        with open(path, "rb") as file, _as_text(file) as lines:
            yield from _rows(path, lines)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}: name one that `export` wrote.") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}).") from error


def _body(rows: Iterable[Row], journey: str) -> Iterator[bytes]:
    yield _line({"undergrad": _NAME, "format": FORMAT, "journey": journey})
    for row in rows:
        fields: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
        yield _line({**fields, "data": json.loads(row.data)})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _stdin() -> BufferedReader:
    return BufferedReader(cast(RawIOBase, sys.stdin.buffer))


def _as_text(file: BufferedReader) -> TextIO:
    """Lines that end with a line feed, in whatever encoding a shell or an editor has left them."""
    marked = file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    return TextIOWrapper(file, "utf-16" if marked else "utf-8-sig", errors="replace")


def _rows(path: Path, lines: TextIO) -> Iterator[Row]:
    digest, events = sha256(), 0
    for number, line in enumerate(iter(lambda: lines.readline(_LINE + 1), ""), start=1):
        value = _parsed(path, number, line)
        if value.get("end") is True:
            rest = lines.read(_LINE).strip()
            return _compare_checksum(path, number, value, digest.hexdigest(), events, rest)
        digest.update(line.encode())
        if number == 1:
            _compare_header(path, value)
        else:
            events += 1
            yield _row(path, number, value)
    raise UsageError(f"{path} is cut short: its last line is missing, so copy it once more.")


def _parsed(path: Path, number: int, line: str) -> dict[str, Any]:
    if len(line) > _LINE:
        raise UsageError(f"{path}:{number}: no event is as long as this line; export once more.")
    try:
        return _loaded(line)
    except (ValueError, RecursionError):
        if number == 1:
            raise UsageError(f"{path} was not written by `undergrad export`.") from None
        whole = "is not a JSON object" if line.endswith("\n") else "is cut short"
        raise UsageError(f"{path}:{number}: this line {whole}; export once more.") from None


def _loaded(line: str) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _compare_header(path: Path, value: dict[str, Any]) -> None:
    if value.get("undergrad") != _NAME:
        raise UsageError(f"{path} was not written by `undergrad export`.")
    if value.get("format") != FORMAT:
        raise UsageError(
            f"{path} has format {value.get('format')!r:.20}, this undergrad reads {FORMAT}:"
            " upgrade undergrad, then import it."
        )


def _compare_checksum(
    path: Path, number: int, value: dict[str, Any], digest: str, events: int, rest: str
) -> None:
    if number == 1:
        raise UsageError(f"{path} was not written by `undergrad export`.")
    if rest:
        raise UsageError(f"{path}:{number + 1}: something follows the end; export once more.")
    if (value.get("sha256"), value.get("events")) != (digest, events):
        raise UsageError(f"{path} was changed after it was written: export once more.")


def _row(path: Path, number: int, value: dict[str, Any]) -> Row:
    fault = _fault(value)
    if fault:
        raise UsageError(f"{path}:{number}: {fault}; export once more.")
    fields = {name: value[name] for name in _FIELDS}
    data = json.dumps(value["data"], separators=(",", ":"))
    return Row(**fields, data=data, sequence=0, nth=0, previous_hash="", hash="")


def _fault(value: dict[str, Any]) -> str:
    """Why this is not an event; empty when it is one."""
    if set(value) != {*_FIELDS, "data"}:
        return "an event has other fields than this"
    if not (isinstance(value["uuid"], str) and _UUID.fullmatch(value["uuid"])):
        return "`uuid` is not one"
    if not _is_moment(value["time"]):
        return "`time` is not a UTC time as undergrad writes it"
    offset = value["offset"]
    if type(offset) is not int or abs(offset) > _DAY:
        return "`offset` is not a number of minutes within a day"
    for name, most in _TEXTS.items():
        text = value[name]
        if not isinstance(text, str) or len(text) > most or not _is_plain(text):
            return f"`{name}` is not text of at most {most} characters"
    return "" if value["kind"] and isinstance(value["data"], dict) else "it is empty"


def _is_moment(text: Any) -> bool:
    """True for exactly the form that sorts by time when it is sorted as text."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return False
    utc = moment.utcoffset() == timedelta(0)
    return utc and moment.astimezone(UTC).isoformat(timespec="microseconds") == text


def _is_plain(text: str) -> bool:
    """True for text that a file and a database can hold: no NUL, no half of a pair."""
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False
