"""No wrong file passes, no right one fails: `python -m tests.reliability.hostile`.

Every case of the corpus, every odd file and every known mistake is checked as an answer to each
of three exercises; so are solutions that are right in another way. After each run nothing may be
left: no process, no file, no change in the unit. The last line counts; the exit code says it too.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tests.course import planted
from tests.reliability.corpus import CASES, Target, plant
from tests.reliability.odd_files import PLACES, TEXTS

from undergrad.checker import Limits, check
from undergrad.course import load, unit_folder
from undergrad.course.models import Unit
from undergrad.sandbox import process

# The function that a case replaces: one whose value a check returns as it is.
EXERCISES = {"first-ten": "predict", "images": "one_hot", "backprop": "linear_backward"}
SOLUTIONS = Path(__file__).with_name("solutions")
LIMITS = Limits(seconds=1.5, total=6.0, memory=1 << 29)
LATE = 2.0  # seconds that a run may last beyond its limit


@dataclass(frozen=True)
class Trial:
    """One file to be checked, and the verdicts that are right for it."""

    kind: str  # "hostile", "odd file", "mistake" or "right"
    name: str
    exercise: str
    verdicts: frozenset[str]
    text: bytes | None = None  # the file's content; None for something that is not a file

    def write(self, path: Path) -> None:
        """Put the file there."""
        if self.text is None:
            PLACES[self.name][0](path)
        else:
            path.write_bytes(self.text)


@dataclass(frozen=True)
class Outcome:
    """What came of a trial. `late`: seconds beyond the limit, never below 0."""

    trial: Trial
    verdict: str
    seconds: float
    late: float
    left: tuple[str, ...]  # processes, files and changes that stayed behind

    @property
    def fault(self) -> str:
        """What should not have happened, in a few words; "" when all is well."""
        if self.verdict == "pass" and self.trial.kind != "right":
            return "false pass"
        if self.verdict != "pass" and self.trial.kind == "right":
            return f"false {self.verdict}"
        if self.verdict not in self.trial.verdicts:
            return f"{self.verdict} in place of {' or '.join(sorted(self.trial.verdicts))}"
        if self.left:
            return f"left behind: {', '.join(self.left)}"
        return f"{self.late:.1f} s too late" if self.late > LATE else ""


@cache
def unit_of(exercise: str) -> Unit:
    """The exercise's unit, read once."""
    return load().unit(exercise)


def trials(exercise: str) -> Iterator[Trial]:
    """Everything that is tried on one exercise."""
    folder = unit_folder(unit_of(exercise))
    target = Target(folder, EXERCISES[exercise])
    for case in CASES:
        text = plant(case, target).encode()
        yield Trial("hostile", case.name, exercise, case.verdicts, text)
    for name, (make, verdicts) in TEXTS.items():
        yield Trial("odd file", name, exercise, frozenset(verdicts), make(target))
    for name, (_, verdicts) in PLACES.items():
        yield Trial("odd file", name, exercise, frozenset(verdicts))
    for name, source in planted.mistakes(folder).items():
        yield Trial("mistake", name, exercise, frozenset({"fail", "error"}), source.encode())
    for name, text in _right(exercise, target):
        yield Trial("right", name, exercise, frozenset({"pass"}), text)


def _right(exercise: str, target: Target) -> Iterator[tuple[str, bytes]]:
    """The worked solution in odd clothes, and solutions that go another way."""
    blank, solution = target.blank.encode(), target.solution.encode()
    yield "solution", solution
    yield (
        "solution with CRLF and a byte order mark",
        b"\xef\xbb\xbf" + solution.replace(b"\n", b"\r\n"),
    )
    yield "solution that prints a lot", solution + b"\nprint('x' * 10 ** 7)\n"
    for path in sorted((SOLUTIONS / exercise).glob("*.py")):
        # In place of the blank functions, after what the exercise gives.
        yield path.stem, blank + b"\n" + path.read_bytes()


def attempt(trial: Trial) -> Outcome:
    """Check the trial's file, and look at what is left afterwards."""
    chosen = unit_of(trial.exercise)
    folder = unit_folder(chosen)
    before = _contents(folder)
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place, "scratch")
        scratch.mkdir()
        tempfile.tempdir = str(scratch)
        with timed() as late:
            trial.write(file := Path(place, f"{chosen.module}.py"))
            limits = Limits() if trial.kind == "right" else LIMITS
            started = time.monotonic()
            result = check(chosen, file, seed=1, limits=limits)
            seconds = time.monotonic() - started
        tempfile.tempdir = None
        left = [f"process {pid}" for pid in left_by(scratch)]
        left += [f"file {name}" for name in os.listdir(scratch)]
    if _contents(folder) != before or (folder.parent / "written").exists():
        left.append("a change in the unit")
    return Outcome(trial, result.verdict, seconds, late[0] if late else 0.0, tuple(left))


@contextmanager
def timed() -> Iterator[list[float]]:
    """A list of how long each worker in the block outlived its limit, in seconds."""
    late: list[float] = []
    usual = process.Process

    class Timed(usual):
        def collect(self) -> process.Ended:
            try:
                return super().collect()
            finally:
                late.append(max(0.0, time.monotonic() - self.deadline))

    with patch.object(process, "Process", Timed):
        yield late


def left_by(scratch: Path) -> list[str]:
    """Ids of the processes that have not gone half a minute later: many take their time to end."""
    deadline = time.monotonic() + 30
    while (found := _processes_of(scratch)) and time.monotonic() < deadline:
        continue
    return found


def _processes_of(scratch: Path) -> list[str]:
    """Ids of all processes that began as a worker with this scratch folder as its home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if os.fsencode(scratch) in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:  # ended meanwhile
            continue
    return found


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """One line per case, one column per exercise; a mark before every fault."""
    chosen = list(dict.fromkeys(outcome.trial.exercise for outcome in outcomes))
    rows: dict[tuple[str, str], dict[str, Outcome]] = {}
    for outcome in outcomes:
        row = rows.setdefault((outcome.trial.kind, outcome.trial.name), {})
        row[outcome.trial.exercise] = outcome
    yield f"{'':<10} {'':<42}" + "".join(f"{name:<20}" for name in chosen)
    for (kind, name), row in rows.items():
        cells = (_cell(row.get(exercise)) for exercise in chosen)
        yield (f"{kind:<10} {name:<42}" + "".join(f"{cell:<20}" for cell in cells)).rstrip()


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return f"{'! ' if outcome.fault else ''}{outcome.verdict} {outcome.seconds:.1f} s"


def summary(outcomes: list[Outcome]) -> str:
    """The counts, in one line."""
    count = Counter(outcome.trial.kind for outcome in outcomes)
    false_passes = sum(o.verdict == "pass" for o in outcomes if o.trial.kind != "right")
    false_fails = sum(o.verdict != "pass" for o in outcomes if o.trial.kind == "right")
    left = sum(len(o.left) for o in outcomes)
    late = max((o.late for o in outcomes), default=0.0)
    wrong = len(outcomes) - count["right"]
    return (
        f"{wrong} wrong files ({count['hostile']} hostile, {count['odd file']} odd, "
        f"{count['mistake']} known mistakes): {false_passes} false passes; "
        f"{count['right']} right files: {false_fails} false fails; {left} left behind; "
        f"at most {late:.1f} s beyond a limit; {sum(bool(o.fault) for o in outcomes)} faults."
    )


def main(words: list[str] | None = None) -> int:
    """Run the trials the command line asks for. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.hostile")
    parser.add_argument("--exercise", choices=EXERCISES, help="this one alone")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th trial")
    parser.add_argument("--jobs", type=int, default=1, help="checks at a time")
    asked = parser.parse_args(words)
    chosen = [asked.exercise] if asked.exercise else list(EXERCISES)
    started = time.monotonic()
    tried = [list(trials(exercise)) for exercise in chosen]
    with ProcessPoolExecutor(asked.jobs) as pool:
        waiting = []
        for each_of in tried:
            waiting += [pool.submit(attempt, each) for each in each_of[:: asked.every]]
        outcomes = [each.result() for each in waiting]
    print("\n".join(table(outcomes)))
    for outcome in outcomes:
        if outcome.fault:
            trial = outcome.trial
            print(f"! {trial.exercise}, {trial.kind} `{trial.name}`: {outcome.fault}")
    print(f"\n{time.monotonic() - started:.0f} s. {summary(outcomes)}")
    return int(any(outcome.fault for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
