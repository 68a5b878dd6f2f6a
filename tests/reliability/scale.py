"""A history of a million events and a course of ten thousand units, both generated:
`python -m tests.reliability.scale`.

The commands run as processes of their own; their time is what they ask of a processor beyond what
`python -c pass` asks, which is the same on a busy machine; their memory is the most the process
ever held. The large course stands beside the real one, and beside itself with the details of all
units read, which no command needs.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.progress import append
from tests.reliability.kill import in_memory

from undergrad import course
from undergrad.course.compiled import to_bytes
from undergrad.course.models import Course, LearningPath, Stage, Unit
from undergrad.journey import Journey, create, verify_store
from undergrad.journey.store.chain import Row, draft, link
from undergrad.journey.store.database import COLUMNS, connect, select
from undergrad.journey.store.lock import exclusive
from undergrad.journey.store.verify import Seen, group, newest_of_each
from undergrad.journey.store.watermark import Watermark, write_watermark

STATUS = "from undergrad.cli import main; main()"
# Before it: the course of a file in the place of the real one.
WITH_COURSE = """
import sys
from pathlib import Path
from undergrad import course
from undergrad.course.compiled import read
found, _ = read(Path(sys.argv.pop(1)), course.load)
course.load = lambda: found
"""
EVERY_DETAIL = "[unit.tasks for unit in found.units]\n"
_BLOCK = 10_000


@dataclass(frozen=True)
class Cost:
    """What a command costs: seconds of a processor beyond Python's own start, bytes at most."""

    seconds: float
    memory: int


def cost(words: list[str], folder: Path, times: int = 5) -> Cost:
    """Run `python words...` in `folder`, in turns with an empty program; the median of each."""
    bare, full, memory = [], [], []
    for _ in range(times):
        bare.append(_run(["-c", "pass"], folder)[0])
        seconds, most = _run(words, folder)
        full.append(seconds)
        memory.append(most)
    return Cost(statistics.median(full) - statistics.median(bare), max(memory))


# A process that is started from a large one counts the large one's memory as its own peak. So a
# small program starts it, and tells what it took.
_LAUNCH = """
import os, sys
quiet = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
program = [sys.executable, *sys.argv[1:]]
process = os.posix_spawn(sys.executable, program, os.environ, file_actions=[quiet])
_, status, used = os.wait4(process, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _run(words: list[str], folder: Path) -> tuple[float, int]:
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCH, *words], cwd=folder, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory)


def grow(journey: Journey, number: int, known: Course) -> None:
    """Add so many events at once, linked as one by one they would be."""
    names = [unit.id for unit in known.units]
    with exclusive(journey.lock_path), connect(journey.store_path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        last = select(connection, "ORDER BY sequence DESC LIMIT 1")[0]
        counts: Seen = {group(row): row.nth for row in newest_of_each(connection, last)}
        marks = ",".join("?" * len(Row._fields))
        for first in range(0, number, _BLOCK):
            rows = []
            for n in range(first, min(first + _BLOCK, number)):
                last = _following(last, counts, names[n % len(names)], n)
                rows.append(last)
            connection.executemany(f"INSERT INTO event ({COLUMNS}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
        write_watermark(journey.watermark_path, Watermark(last.sequence, last.hash))


def _following(last: Row, counts: Seen, name: str, n: int) -> Row:
    verdict = "pass" if n % 7 == 0 else "fail"
    kind, data = (
        ("check.finished", {"verdict": verdict, "seed": n}),
        ("hint.shown", {"task": n % 5, "rung": n % 3 + 1}),
        ("recall.answered", {"item": n % 4, "rating": 3}),
    )[n % 3]
    row = draft(kind, name, data, course_version="1")
    nth = counts[group(row)] = counts.get(group(row), 0) + 1
    return link(row, sequence=last.sequence + 1, nth=nth, previous_hash=last.hash)


def large_course(units: int) -> Course:
    """A course of so many units, copies of the real ones, each needing the one before."""
    real = course.load()
    written = [unit for unit in real.units if unit.written]
    names = tuple(f"unit-{n}" for n in range(units))
    made = tuple(
        _copy(written[n % len(written)], name, names[n - 1 : n] if n else ())
        for n, name in enumerate(names)
    )
    return replace(
        real,
        units=made,
        stages=tuple(_with_units(stage, made) for stage in real.stages),
        paths=(LearningPath("full", "All of it", "for all", names),),
        aliases=(),
    )


def _copy(unit: Unit, name: str, needs: tuple[str, ...]) -> Unit:
    recall = tuple(replace(each, id=f"{name}-{each.id}") for each in unit.recall)
    return replace(unit, id=name, needs=needs, recall=recall)


def _with_units(stage: Stage, units: tuple[Unit, ...]) -> Stage:
    return replace(stage, units=tuple(unit.id for unit in units if unit.stage == stage.id))


@contextmanager
def large_journey(events: int) -> Iterator[tuple[Journey, Course]]:
    """A journey with so many events and a few; on a disk in memory where there is one."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        known = course.load()
        journey = create(Path(folder) / "journey", known)
        grow(journey, events, known)
        yield journey, known


def longest_wait(journey: Journey) -> tuple[float, float]:
    """Seconds of a whole verification, and of the slowest append beside it."""
    program = (
        "import sys; from pathlib import Path; from undergrad.journey import find, verify_store;"
        "verify_store(find(Path(sys.argv[1])))"
    )
    began, waits = time.perf_counter(), []
    with subprocess.Popen([sys.executable, "-c", program, str(journey.root)]) as walker:
        while walker.poll() is None:
            before = time.perf_counter()
            append(journey, "hint.shown", "first-ten", {"task": 1, "rung": 1})
            waits.append(time.perf_counter() - before)
    assert walker.returncode == 0
    return time.perf_counter() - began, max(waits)


def main(words: list[str] | None = None) -> int:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.scale")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=10_000)
    asked = parser.parse_args(words)
    with large_journey(asked.events) as (journey, known):
        size = journey.store_path.stat().st_size / 1e6
        print(f"{asked.events} events, {size:.0f} MB")
        for name in ("status", "next", "log"):
            spent = cost(["-c", STATUS, name], journey.root)
            print(f"  {name}: {spent.seconds:.2f} s and {spent.memory / 1e6:.0f} MB")
        append(journey, "hint.shown", "first-ten", {"task": 1, "rung": 1})  # a backup falls due
        whole, wait = longest_wait(journey)
        print(f"  verify: {whole:.1f} s; the slowest append meanwhile {wait:.1f} s")
        print(f"  {verify_store(journey)} events verified")
    with tempfile.TemporaryDirectory() as folder:
        large, real = Path(folder, "large.json"), Path(folder, "real.json")
        large.write_bytes(to_bytes(large_course(asked.units), []))
        real.write_bytes(to_bytes(known, []))
        here = create(Path(folder, "journey"), known).root
        print(f"a course of {asked.units} units, {large.stat().st_size / 1e6:.0f} MB")
        for name in ("next", "status"):
            few = cost(["-c", WITH_COURSE + STATUS, str(real), name], here)
            many = cost(["-c", WITH_COURSE + STATUS, str(large), name], here)
            every = cost(["-c", WITH_COURSE + EVERY_DETAIL + STATUS, str(large), name], here, 1)
            print(
                f"  {name}: {many.seconds:.2f} s and {many.memory / 1e6:.0f} MB,"
                f" {many.seconds / few.seconds:.2f} times the {few.seconds:.2f} s of"
                f" {len(known.units)} units; with all details {every.seconds:.2f} s"
                f" and {every.memory / 1e6:.0f} MB"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
