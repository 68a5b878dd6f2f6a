"""Corrupt is told, never passed over: `python -m tests.reliability.corrupt --runs 2000`.

Each run spoils the store, its watermark or its backups in one to three random ways, and then
runs every reading command. None may end in a traceback. What a command shows must be what was
there before, unless the person was told; and what was told must be true: events are only missing
when the sentence says so, and nothing is ever invented.
"""

import argparse
import io
import json
import logging
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tests.progress import append, start_unit
from tests.reliability.kill import in_memory

from undergrad import course
from undergrad.cli import app
from undergrad.course.models import Course
from undergrad.errors import UndergradError
from undergrad.journey import Journey, back_up_store, create, events, verify_store
from undergrad.journey.store.backups import list_backups

Corrupt = Callable[[bytearray, random.Random], None]

_PAGE = 4096
COMMANDS = (
    ["status"], ["next"], ["show", "first-ten"], ["log", "--limit", "1000"], ["goal"], ["plan"],
)  # fmt: skip


def flip(content: bytearray, choose: random.Random) -> None:
    """One bit, anywhere."""
    content[choose.randrange(len(content))] ^= 1 << choose.randrange(8)


def overwrite(content: bytearray, choose: random.Random) -> None:
    """A few bytes of noise."""
    start, length = choose.randrange(len(content)), choose.randrange(1, 64)
    content[start : start + length] = choose.randbytes(min(length, len(content) - start))


def swap(content: bytearray, choose: random.Random) -> None:
    """Two neighbours change places."""
    start = choose.randrange(max(1, len(content) - 1))
    content[start : start + 2] = content[start : start + 2][::-1]


def zero_page(content: bytearray, choose: random.Random) -> None:
    """A block of the disk that was never written."""
    start = _PAGE * choose.randrange(-(-len(content) // _PAGE))
    length = min(_PAGE, len(content) - start)
    content[start : start + length] = bytes(length)


def swap_pages(content: bytearray, choose: random.Random) -> None:
    """Two blocks in each other's place."""
    pages = [_PAGE * n for n in range(len(content) // _PAGE)]
    if len(pages) > 1:
        a, b = choose.sample(pages, 2)
        content[a : a + _PAGE], content[b : b + _PAGE] = (
            content[b : b + _PAGE],
            content[a : a + _PAGE],
        )


def cut(content: bytearray, choose: random.Random) -> None:
    """The end is missing."""
    del content[choose.randrange(len(content)) :]


def cut_a_byte(content: bytearray, _: random.Random) -> None:
    """The last byte is missing."""
    del content[-1:]


def empty(content: bytearray, _: random.Random) -> None:
    """Nothing is left."""
    content.clear()


def noise(content: bytearray, choose: random.Random) -> None:
    """Something else altogether."""
    content[:] = choose.randbytes(choose.randrange(1, 20_000))


def lengthen(content: bytearray, choose: random.Random) -> None:
    """More than was written."""
    content += choose.randbytes(choose.randrange(1, 9000))


BYTES: tuple[Corrupt, ...] = (
    flip, flip, flip, overwrite, swap, zero_page, swap_pages, cut, cut_a_byte, empty, noise,
    lengthen,
)  # fmt: skip


def remove(path: Path, _: random.Random) -> None:
    path.unlink()


def statement(path: Path, choose: random.Random) -> None:
    """A hand that knows SQL: an event taken out, rewritten, or counted otherwise."""
    wanted = choose.choice([
        "DELETE FROM event WHERE sequence = {n}",
        "DELETE FROM event WHERE sequence >= {n}",
        "UPDATE event SET outcome = 'pass' WHERE sequence = {n}",
        "UPDATE event SET subject = 'images' WHERE sequence = {n}",
        "UPDATE event SET data = '{{}}' WHERE sequence = {n}",
        "UPDATE event SET nth = nth + 1 WHERE sequence = {n}",
        "UPDATE event SET sequence = sequence + 1000 WHERE sequence = {n}",
    ])  # fmt: skip
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("event_keep", "event_stay"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(wanted.format(n=choose.randrange(1, 60)))


@dataclass(frozen=True)
class Whole:
    """An undamaged journey: its files, what every command says of it, and its events."""

    journey: Journey
    known: Course
    files: dict[Path, bytes]
    said: dict[str, str]
    uuids: tuple[str, ...]

    def restore(self) -> None:
        """Put every file back as it was."""
        shutil.rmtree(self.journey.private)
        for path, content in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@dataclass
class Counts:
    """What happened over all runs."""

    runs: int = 0
    told: int = 0
    refused: int = 0
    unharmed: int = 0
    tracebacks: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def line(self, seconds: float) -> str:
        return (
            f"{self.runs} runs in {seconds:.0f} s ({self.runs / seconds:.0f} a second): "
            f"{self.told} told and mended, {self.refused} refused with a sentence, "
            f"{self.unharmed} without effect; {len(self.tracebacks)} tracebacks, "
            f"{len(self.silent)} silent changes."
        )


@contextmanager
def built(folder: Path) -> Iterator[Whole]:
    """A journey of sixty events with three backups, and the course kept in memory meanwhile."""
    known = course.load()
    with patch.object(course, "load", lambda: known):
        journey = create(folder / "journey", known, goal="to know")
        start_unit(journey, known.unit("first-ten"), known)
        for n in range(60):
            kind, subject, data = _event(n)
            append(journey, kind, subject, data)
            if n in (20, 40):
                back_up_store(journey)
        paths = [path for path in journey.private.rglob("*") if path.is_file()]
        files = {path: path.read_bytes() for path in paths}
        said = {words[0]: _say(journey, words) for words in COMMANDS}
        yield Whole(journey, known, files, said, _uuids(journey))


def _event(n: int) -> tuple[str, str, dict[str, object]]:
    unit = ("first-ten", "images", "backprop")[n % 3]
    return (
        ("hint.shown", unit, {"task": n % 4, "rung": n % 3}),
        ("check.finished", unit, {"verdict": "pass" if n == 16 else "fail", "text": "x" * 20 * n}),
        ("resource.read", "d2l", {}),
        ("unit.noted", unit, {"text": f"note {n}, with ünusual letters"}),
        ("goal.set", "", {"goal": f"goal {n}"}),
    )[n % 5]


def _say(journey: Journey, words: list[str]) -> str:
    shown = io.StringIO()
    with redirect_stdout(shown):
        app.cli.main([*words, "--json", "--journey", str(journey.root)], standalone_mode=False)
    return shown.getvalue()


def _uuids(journey: Journey) -> tuple[str, ...]:
    return tuple(event.uuid for event in events(journey) if event.kind != "store.restored")


def spoil(whole: Whole, choose: random.Random) -> str:
    """Do one to three random kinds of damage. Returns their names."""
    names = []
    for _ in range(choose.choice([1, 1, 1, 2, 3])):
        targets = [path for path in whole.files if path.exists() and path.name != ".gitignore"]
        weights = [8 if path == whole.journey.store_path else 2 for path in targets]
        path = choose.choices(targets, weights)[0]
        if path.suffix == ".db" and choose.random() < 0.15:
            act: Callable[[Path, random.Random], None] = statement
        elif choose.random() < 0.08:
            act = remove
        else:
            act = _in_bytes(choose.choice(BYTES))
        try:
            act(path, choose)
        except (sqlite3.Error, IndexError, ValueError):  # too corrupt already for this one
            continue
        names.append(f"{act.__name__} {path.name}")
    return ", ".join(names)


@cache
def _in_bytes(damage: Corrupt) -> Callable[[Path, random.Random], None]:
    def act(path: Path, choose: random.Random) -> None:
        content = bytearray(path.read_bytes())
        damage(content, choose)
        path.write_bytes(content)

    act.__name__ = damage.__name__
    return act


def one_run(whole: Whole, choose: random.Random, counts: Counts, told: list[str]) -> None:
    """Spoil, read in a random order, compare."""
    whole.restore()
    told.clear()
    done = spoil(whole, choose)
    counts.runs += 1
    counts.kinds.update(name.split()[0] for name in done.split(", ") if name)
    readers = _readers(whole)
    choose.shuffle(readers)
    refused = 0
    for name, read, expected in readers:
        try:
            shown = read()
        except UndergradError as error:
            refused += 1
            if "\n" in str(error) or "Traceback" in str(error):
                counts.tracebacks.append(f"{done}: {name}: {error}")
            continue
        except Exception as error:
            counts.tracebacks.append(f"{done}: {name}: {type(error).__name__}: {error}")
            return
        if not told and shown != expected:
            counts.silent.append(f"{done}: {name} shows something else")
            return
    _judge_repair(whole, done, counts, told)
    counts.refused += bool(refused)
    counts.told += bool(told) and not refused
    counts.unharmed += not told and not refused


def _readers(whole: Whole) -> list[tuple[str, Callable[[], object], object]]:
    """(name, what to call, what it gave before the damage)."""
    here = whole.journey
    found: list[tuple[str, Callable[[], object], object]] = [
        (words[0], lambda words=words: _say(here, words), whole.said[words[0]])  # type: ignore[misc]
        for words in COMMANDS
    ]
    found.append(("events", lambda: _uuids(here), whole.uuids))
    found.append(("verify", lambda: verify_store(here), len(whole.uuids)))
    return found


def _judge_repair(whole: Whole, done: str, counts: Counts, told: list[str]) -> None:
    """Is what was told about the events true, and does the next look find nothing?"""
    said = " ".join(told)
    try:
        after = _uuids(whole.journey)
        list_backups(whole.journey)
    except UndergradError:
        return
    if "newer undergrad" in said:
        return
    kept = [uuid for uuid in whole.uuids if uuid in set(after)]
    if list(after) != kept:
        counts.silent.append(f"{done}: events were invented or changed places")
    if len(kept) < len(whole.uuids) and "missing" not in said:
        counts.silent.append(f"{done}: {len(whole.uuids) - len(kept)} events went, told: {said}")
    told.clear()
    if _uuids(whole.journey) != after or told:
        counts.silent.append(f"{done}: it was not mended for good")
    told.append(said) if said else None


def corrupt(runs: int, seed: int, folder: Path) -> Counts:
    """Do so many runs on a journey in `folder`."""
    counts, choose, told = Counts(), random.Random(seed), []
    handler = _Told(told)
    logging.getLogger("undergrad").addHandler(handler)
    try:
        with built(folder) as whole:
            for _ in range(runs):
                one_run(whole, choose, counts, told)
    finally:
        logging.getLogger("undergrad").removeHandler(handler)
    return counts


class _Told(logging.Handler):
    """Keeps every sentence for the person."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())


def main(words: list[str] | None = None) -> int:
    """Run and count. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.corrupt")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="undergrad-corrupt-", dir=in_memory()))
    began = time.monotonic()
    try:
        counts = corrupt(asked.runs, asked.seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for sentence in [*counts.tracebacks, *counts.silent][:20]:
        print(f"! {sentence}")
    print(json.dumps(dict(counts.kinds.most_common())))
    print(counts.line(time.monotonic() - began))
    return int(bool(counts.tracebacks or counts.silent))


if __name__ == "__main__":
    sys.exit(main())
