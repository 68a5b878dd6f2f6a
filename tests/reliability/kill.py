"""Kill -9 at any moment loses nothing: `python -m tests.reliability.kill --runs 1000`.

Each run lets processes add events, or check an exercise through the command line, and kills them
all at a random moment. What they had acknowledged must be in the store, at most one event more for
each process, and the next opening must find nothing to repair. The processes are forks of this
one, so a run takes milliseconds and the kills fall into the writing, not into Python's start. The
store lies in memory where the system has a place for that: a kill leaves the page cache alone, so
waiting for a disk would only make the runs fewer.
"""

import argparse
import json
import logging
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.progress import append, start_unit
from tests.reliability.hostile import left_by

from undergrad import course
from undergrad.cli import app
from undergrad.course.models import Course
from undergrad.journey import Journey, count, create, events, newest
from undergrad.journey import verify_store as verify

Work = Callable[[Journey, Course, int], None]

_UNIT = "first-ten"
_PAUSE = {"write": 0.1, "record": 0.12, "check": 0.8}  # seconds until the kill, at most


@dataclass
class Counts:
    """What happened over all runs."""

    runs: int = 0
    acknowledged: int = 0
    lost: int = 0
    extra: int = 0  # kept although nobody was told
    unreadable: int = 0
    repairs: int = 0
    left: int = 0  # processes
    told: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.unreadable or self.repairs or self.left or self.told)

    def line(self, seconds: float) -> str:
        return (
            f"{self.runs} runs in {seconds:.0f} s ({self.runs / seconds:.0f} a second): "
            f"{self.acknowledged} events acknowledged, {self.lost} lost, {self.extra} kept "
            f"unacknowledged; {self.unreadable} unreadable stores, {self.repairs} repairs, "
            f"{self.left} processes left."
        )


def write(journey: Journey, _: Course, descriptor: int) -> None:
    """Add events for ever, and say the uuid of each one that was acknowledged."""
    while True:
        event = append(journey, "hint.shown", _UNIT, {"task": 1, "rung": 1})
        os.write(descriptor, f"{event.uuid}\n".encode())


def record(journey: Journey, known: Course, descriptor: int) -> None:
    """As `write`, with the README's table that follows an event about a unit."""
    while True:
        data = {"verdict": "fail", "text": "x" * random.randrange(9000)}
        event = append(journey, "check.finished", _UNIT, data, course=known)
        os.write(descriptor, f"{event.uuid}\n".encode())


def check(journey: Journey, _: Course, descriptor: int) -> None:
    """Check an exercise as a person does; what the command prints is the acknowledgement."""
    sys.stdout = open(descriptor, "w", encoding="utf-8")  # noqa: SIM115  until it is killed
    while True:
        words = ["check", _UNIT, "--json", "--journey", str(journey.root)]
        app.cli.main(words, standalone_mode=False)
        sys.stdout.flush()


KINDS: dict[str, Work] = {"write": write, "record": record, "check": check}


@contextmanager
def started(work: list[Work], journey: Journey, known: Course) -> Iterator[tuple[list[int], int]]:
    """Forks that do their work: their process ids, and where their acknowledgements arrive."""
    ours, theirs = os.pipe()
    children = [_fork(each, journey, known, theirs) for each in work]
    os.close(theirs)
    try:
        yield children, ours
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(ours)


def _fork(work: Work, journey: Journey, known: Course, descriptor: int) -> int:
    child = os.fork()
    if child == 0:
        try:
            random.seed()
            work(journey, known, descriptor)
        finally:  # never back into the harness
            os._exit(1)
    return child


def acknowledged(kind: str, said: str) -> set[str]:
    """Uuids, or for checks their seeds and code, of everything said to the end."""
    if kind != "check":
        return set(said.splitlines() if said.endswith("\n") else said.splitlines()[:-1])
    found, rest = set(), said
    while rest.strip():
        try:
            data, end = json.JSONDecoder().raw_decode(rest.lstrip())
        except ValueError:  # cut off in the middle
            break
        found.add(_name(data))
        rest = rest.lstrip()[end:]
    return found


def _name(check_data: dict[str, object]) -> str:
    return f"{check_data['seed']} {check_data['seconds']}"


def one_run(journey: Journey, known: Course, choose: random.Random, counts: Counts) -> None:
    """Start, kill, compare."""
    kind = choose.choices(list(KINDS), weights=[6, 3, 1])[0]
    crowd = 1 if kind == "check" else choose.choice([1, 1, 2, 3])
    last = count(journey)
    with started([KINDS[kind]] * crowd, journey, known) as (children, ours):
        said = _listen(ours, choose.random() * _PAUSE[kind])
        for child in children:
            os.kill(child, signal.SIGKILL)
        said += _listen(ours, None)
    counts.runs += 1
    new = list(events(journey, after=last))
    stored = {_name(e.data) if kind == "check" else e.uuid for e in new}
    promised = acknowledged(kind, said)
    counts.acknowledged += len(promised)
    counts.lost += len(promised - stored)
    more = len(stored - promised)
    counts.extra += more
    if more > crowd:
        counts.told.append(f"{more} events more than were acknowledged by {crowd} processes")


def _listen(descriptor: int, seconds: float | None) -> str:
    """What is said for so long, or without a time until nobody can say more."""
    end = None if seconds is None else time.monotonic() + seconds
    said = b""
    while True:
        left = None if end is None else max(0.0, end - time.monotonic())
        if not select.select([descriptor], [], [], left)[0]:
            return said.decode()
        block = os.read(descriptor, 1 << 16)
        if not block:
            return said.decode()
        said += block


def kill(runs: int, seed: int, folder: Path) -> Counts:
    """Do so many runs on one journey in `folder`, which then holds all of their events."""
    known = course.load()
    journey = create(folder / "journey", known)
    start_unit(journey, known.unit(_UNIT), known)
    scratch = folder / "scratch"
    scratch.mkdir()
    tempfile.tempdir = str(scratch)
    counts, choose = Counts(), random.Random(seed)
    news = _News(counts.told)
    logging.getLogger("undergrad").addHandler(news)
    try:
        for _ in range(runs):
            try:
                one_run(journey, known, choose, counts)
            except Exception as error:
                counts.unreadable += 1
                counts.told.append(f"{type(error).__name__}: {error}")
        counts.unreadable += verify(journey) != count(journey)
        counts.repairs = sum(event.nth for event in newest(journey) if "restored" in event.kind)
        counts.left = len(left_by(scratch))
    finally:
        tempfile.tempdir = None
        logging.getLogger("undergrad").removeHandler(news)
    return counts


def in_memory() -> str | None:
    """A folder on a disk in memory, or None for the usual place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class _News(logging.Handler):
    """Keeps what the store tells a person; after a kill there should be nothing to tell."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())


def main(words: list[str] | None = None) -> int:
    """Run and count. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.kill")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="undergrad-kill-", dir=in_memory()))
    began = time.monotonic()
    try:
        counts = kill(asked.runs, asked.seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for sentence in counts.told[:20]:
        print(f"! {sentence}")
    print(counts.line(time.monotonic() - began))
    return 0 if counts.good else 1


if __name__ == "__main__":
    sys.exit(main())
