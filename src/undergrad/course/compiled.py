"""The course as one JSON, so that a command starts in milliseconds.

Reading YAML and checking it takes most of a second; reading the JSON takes a few milliseconds and
needs the standard library only. In a wheel the JSON came with the build. In a checkout it is a
cache beside the sources, written again when their fingerprint (path, size and time of each file)
changes.
"""

import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from undergrad.course.models import (
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
)
from undergrad.errors import ToolError
from undergrad.locate import data_path, is_packaged

NAME = "course.json"
Fingerprint = list[list[Any]]  # [path, bytes, nanoseconds] of each source, sorted
Value = TypeVar("Value")

# Which fields hold further dataclasses; every other list in the JSON is a tuple of plain values.
_NESTED: dict[type, dict[str, type]] = {
    Course: {
        "stages": Stage,
        "units": Unit,
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
    return _read_cache(root / NAME, current) or refresh(root, current)


def refresh(root: Path, current: Fingerprint | None = None) -> Course:
    """Compile the curriculum in `root` and write its JSON there.

    The wheel's build gives an empty fingerprint, so that equal sources make an equal wheel.
    """
    from undergrad.course.source import compile_course

    # Taken first: a file that changes meanwhile makes the JSON stale, not wrong.
    current = fingerprint(root) if current is None else current
    course = compile_course(root)
    _write(root / NAME, {"fingerprint": current, "course": asdict(course)})
    return course


def fingerprint(root: Path) -> Fingerprint:
    """Path, size and time of everything the JSON is made from, our own code included."""
    sources = [*_files(root, str(root)), *_files(Path(__file__).parent, str(root))]
    return sorted(sources)


def to_json(course: Course) -> str:
    """The course as JSON text."""
    return json.dumps(asdict(course), ensure_ascii=False)


def from_json(text: str) -> Course:
    """The course from `to_json`'s text: equal to the one it was made from."""
    with _no_collection():
        return _build(Course, json.loads(text))


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
        with _no_collection():
            return _build(Course, json.loads(path.read_bytes())["course"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ToolError(
            f"The installed course cannot be read ({path}): install undergrad again."
        ) from error


def _read_cache(path: Path, current: Fingerprint) -> Course | None:
    """The cached course, or None when it is missing, damaged or older than its sources."""
    try:
        with _no_collection():
            data = json.loads(path.read_bytes())
            return _build(Course, data["course"]) if data["fingerprint"] == current else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, data: dict[str, Any]) -> None:
    """Write whole or not at all; a folder that cannot be written only costs the cache."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        os.replace(scratch, path)
    except OSError:
        scratch.unlink(missing_ok=True)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage meanwhile: nothing here is garbage, and in a course of 10,000 units
    the searches took half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(kind: type[Value], data: dict[str, Any]) -> Value:
    nested = _NESTED.get(kind, {})
    return kind(**{name: _field(nested.get(name), value) for name, value in data.items()})


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
