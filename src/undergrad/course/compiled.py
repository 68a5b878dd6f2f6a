"""The course compiled into one file, so that a command starts in milliseconds.

Reading YAML and checking it takes most of a second; reading this file takes a few milliseconds and
needs the standard library only. In a wheel it came with the build. In a checkout it is a cache
beside the sources, written again when their fingerprint (path, size and time of each file) changes.

Each line of the file is one JSON. The first holds the course with a summary of every unit; then
follows one line per unit with its details, which `Unit` marks by `later`. A command reads the first
line, and the details of the units that it is about, so that it costs little more in a course of
10,000 units than in one of 50.
"""

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, replace
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zlib import crc32

from undergrad.course.models import (
    DETAILS,
    Course,
    Day,
    LearningPath,
    Minutes,
    Mistake,
    Part,
    Question,
    Reading,
    Recall,
    Resource,
    Route,
    Stage,
    Task,
    Term,
    Unit,
    summary,
)
from undergrad.errors import ToolError
from undergrad.locate import data_path, is_packaged

NAME = "course.json"
Fingerprint = list[list[Any]]  # [path, bytes, nanoseconds] of each source, sorted
Again = Callable[[], Course]  # the whole course from elsewhere, when its file turns out wrong
Value = TypeVar("Value")

# Which fields hold further dataclasses; every other list in the JSON is a tuple of plain values.
_NESTED: dict[type, dict[str, type]] = {
    Course: {
        "stages": Stage,
        "resources": Resource,
        "paths": LearningPath,
        "questions": Question,
        "glossary": Term,
    },
    Unit: {
        "minutes": Minutes,
        "resources": Reading,
        "parts": Part,
        "tasks": Task,
        "mistakes": Mistake,
        "recall": Recall,
    },
    Stage: {"routes": Route},
    LearningPath: {"timetable": Day},
}


def load(root: Path | None = None) -> Course:
    """The course that travels with undergrad, or the one in the curriculum folder `root`.

    Raises CourseError when a checkout's curriculum is wrong, ToolError when an installed one is
    incomplete.
    """
    if root is None and is_packaged():
        return _read_packaged(data_path("curriculum") / NAME)
    root = root or data_path("curriculum")
    current = fingerprint(root)
    return _read_cache(root, current) or refresh(root, current)


def refresh(root: Path, current: Fingerprint | None = None) -> Course:
    """Compile the curriculum in `root` and write the course into its file there.

    The wheel's build gives an empty fingerprint, so that equal sources make an equal wheel.
    """
    from undergrad.course.source import compile_course

    # Taken first: a file that changes meanwhile makes the compiled course stale, not wrong.
    current = fingerprint(root) if current is None else current
    course = compile_course(root)
    _replace(root / NAME, to_bytes(course, current))
    return course


def fingerprint(root: Path) -> Fingerprint:
    """Path, size and time of everything the course is made from, our own code included."""
    sources = [*_files(root, str(root)), *_files(Path(__file__).parent, str(root))]
    return sorted(sources)


def to_bytes(course: Course, current: Fingerprint) -> bytes:
    """The content of the file: the course with its summaries, then the details of each unit."""
    rows, details = [], []
    for unit in course.units:
        row = asdict(unit)
        details.append(_line({name: row.pop(name) for name in DETAILS}))
        row["minutes"] = astuple(unit.minutes)
        rows.append({**row, "task_numbers": unit.task_numbers, "recall_ids": unit.recall_ids})
    head = {
        "fingerprint": current,
        "course": asdict(replace(course, units=())),
        # Columns are read in half of the time that rows take.
        "units": {name: [row[name] for row in rows] for name in rows[0]},
        "sizes": [len(line) for line in details],
        "checksums": [crc32(line) for line in details],
    }
    return b"".join([_line(head), *details])


def read(path: Path, again: Again) -> tuple[Course, Fingerprint]:
    """The course of a file, and what it was made from; details are read when they are asked for.

    again: where details come from when the file has changed by then, or is damaged.
    Raises OSError, ValueError, KeyError or TypeError for what is no such file.
    """
    with open(path, "rb") as file, _no_collection():
        head = json.loads(file.readline())
        details = _Details(path, file.tell(), head, again)
        units = tuple([summary(row, details) for row in _rows(head["units"])])
        return replace(_build(Course, head["course"]), units=units), head["fingerprint"]


class _Details:
    """Reads the details of a unit.

    The file is opened each time. It may be another one by then, because a source was changed or
    undergrad was updated meanwhile: the checksum tells.
    """

    def __init__(self, path: Path, begin: int, head: dict[str, Any], again: Again) -> None:
        self._path, self._begin, self._again = path, begin, again
        self._names: list[str] = head["units"]["id"]
        self._sizes, self._checksums = head["sizes"], head["checksums"]

    def __call__(self, name: str) -> dict[str, Any]:
        line = self._line(*self._places[name])
        if line is not None:
            return _values(Unit, json.loads(line))
        unit = self._again().unit(name)
        return {each: getattr(unit, each) for each in DETAILS}

    @cached_property
    def _places(self) -> dict[str, tuple[int, int, int]]:
        """Of each unit: where its line begins, how long it is, and its checksum."""
        begins = accumulate(self._sizes, initial=self._begin)  # one more: where the last one ends
        places = zip(begins, self._sizes, self._checksums, strict=False)
        return dict(zip(self._names, places, strict=True))

    def _line(self, begin: int, size: int, checksum: int) -> bytes | None:
        try:
            with open(self._path, "rb") as file:
                file.seek(begin)
                line = file.read(size)
        except OSError:
            return None
        return line if crc32(line) == checksum else None


def _rows(columns: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """The values of one unit after the other."""
    minutes = [Minutes(*numbers) for numbers in columns["minutes"]]
    tuples = {name: map(tuple, columns[name]) for name in ("needs", "task_numbers", "recall_ids")}
    made = {**columns, **tuples, "minutes": minutes}
    return (dict(zip(made, row, strict=True)) for row in zip(*made.values(), strict=True))


def _files(folder: Path, start: str) -> Iterator[list[Any]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name not in ("__pycache__", "figures"):
                yield from _files(Path(entry.path), start)
        elif entry.name.endswith((".yaml", ".md", ".py", ".txt")):
            facts = entry.stat()
            yield [os.path.relpath(entry.path, start), facts.st_size, facts.st_mtime_ns]


def _read_packaged(path: Path) -> Course:
    try:
        return read(path, partial(_refuse, path))[0]
    except (OSError, ValueError, KeyError, TypeError):
        _refuse(path)


def _refuse(path: Path) -> NoReturn:
    raise ToolError(f"The installed course cannot be read ({path}): install undergrad again.")


def _read_cache(root: Path, current: Fingerprint) -> Course | None:
    """The cached course, or None when it is missing, damaged or older than its sources."""
    try:
        course, made_from = read(root / NAME, partial(refresh, root))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return course if made_from == current else None


def _replace(path: Path, content: bytes) -> None:
    """Write whole or not at all; a folder that cannot be written only costs the cache."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_bytes(content)
        os.replace(scratch, path)
    except OSError:
        scratch.unlink(missing_ok=True)


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage meanwhile: nothing here is garbage, and in a course of 10,000 units
    the searches took half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # and none of it is searched later
        if was_on:
            gc.enable()


def _build(kind: type[Value], data: dict[str, Any]) -> Value:
    return kind(**_values(kind, data))


def _values(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    """The values of a dataclass's fields, of some or all of them."""
    nested = _NESTED.get(kind, {})
    return {name: _field(nested.get(name), value) for name, value in data.items()}


def _field(kind: type | None, value: Any) -> Any:
    if not isinstance(value, (list, dict)):
        return value
    if kind is None:
        return _freeze(value)
    if isinstance(value, list):
        return tuple([_build(kind, each) for each in value])
    return _build(kind, value)


def _freeze(value: Any) -> Any:
    return tuple([_freeze(each) for each in value]) if isinstance(value, list) else value
