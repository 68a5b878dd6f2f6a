"""The code that was handed in, checked on the teacher's side: only this counts.

Each learner's newest hand-in of each unit is checked with the course of today and with a seed that
only this class knows. A verdict is stored as soon as it is there, so a regrade that was stopped is
resumed by starting it again. Equal work is done once: the same code, check and seed give the same
verdict, unless the code imports the learner's own earlier exercises.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeAlias

from undergrad.checker import CheckResult, check_many, isolation
from undergrad.classroom.folder import Classroom
from undergrad.classroom.store import HandIn, Store
from undergrad.classroom.view import VERIFIED, Fields
from undergrad.course import Course, Unit
from undergrad.course.lookup import imported
from undergrad.errors import ToolError

_LAYERS = ("user", "pid", "net", "files")  # without which nobody's code is run here


@dataclass(frozen=True)
class Work:
    """One check to run, and whom its verdict is for."""

    unit: Unit
    hand_ins: tuple[HandIn, ...]  # with equal code; the first one's is run
    beside: tuple[HandIn, ...]  # the same learner's other exercises, which it may import


@dataclass(frozen=True)
class Graded:
    """One verdict, stored for each of these learners."""

    unit: str
    verdict: str
    learners: tuple[int, ...]
    skipped: bool = False  # nothing was judged: a library is missing that the unit needs


class Paper(NamedTuple):
    """What is checked: the exercise of a unit, among files by their paths as in a journey."""

    unit: Unit
    files: Mapping[str, bytes]


# Checks papers with the seed of a class, here or elsewhere, and gives the results in their order.
CheckPapers: TypeAlias = Callable[[Sequence[Paper], int], Iterator[CheckResult]]


def missing_layers() -> list[str]:
    """The layers of the sandbox that this machine lacks for other people's code."""
    found = isolation()
    return [layer for layer in _LAYERS if layer not in found]


def refuse_open_machine() -> None:
    """ToolError unless this machine holds learners' code in all layers of the sandbox."""
    if missing := missing_layers():
        raise ToolError(
            f"This machine cannot hold other people's code (missing: {', '.join(missing)}):"
            " regrade on a Linux machine with user namespaces; see `undergrad doctor`."
        )


def to_do(store: Store, course: Course, units: Sequence[Unit] = ()) -> list[Work]:
    """What is not verified yet by the checks of this course. units: only these; all without."""
    known = {unit.id: unit for unit in course.units if unit.written}
    wanted = {unit.id for unit in units} or set(known)
    found: dict[tuple[str, ...], Work] = {}
    for learner, group in groupby(store.hand_ins(), key=lambda each: each.learner):
        mine, standings = tuple(group), store.standings(learner)
        for each in mine:
            unit = known.get(each.unit)
            standing = standings[each.unit]
            done = (standing.verified, standing.check_hash)
            if unit is None or unit.id not in wanted or done == (each.code, unit.check_hash):
                continue
            beside = tuple(other for other in mine if other is not each) if _imports(each) else ()
            alike = (unit.id, each.code, *(other.code for other in beside))
            before = found.get(alike)
            together = (*before.hand_ins, each) if before else (each,)
            found[alike] = Work(unit, together, beside)
    return list(found.values())


def unknown_units(store: Store, course: Course) -> list[str]:
    """Units of which code was handed in, and which this course does not have."""
    rows = store.database.execute("SELECT DISTINCT unit FROM standing WHERE handed <> ''")
    return sorted(unit for (unit,) in rows if unit not in course.by_id)


def regrade(
    classroom: Classroom,
    store: Store,
    course: Course,
    work: Sequence[Work],
    check_papers: CheckPapers,
    now: str,
) -> Iterator[Graded]:
    """Check the work, and store each verdict before it is given."""
    papers = [Paper(each.unit, _files(course, each)) for each in work]
    results = check_papers(papers, classroom.seed) if papers else iter(())
    for each, result in zip(work, results, strict=True):
        if not result.skipped:
            for hand_in in each.hand_ins:
                store.add(hand_in.learner, [_event(each.unit, hand_in, result, course)], now)
        learners = tuple(hand_in.learner for hand_in in each.hand_ins)
        yield Graded(each.unit.id, result.verdict, learners, result.skipped)


def check_here(
    papers: Sequence[Paper], seed: int, scratch: Path, at_once: int | None = None
) -> Iterator[CheckResult]:
    """Check on this machine. scratch: an empty folder."""
    pairs = [
        (paper.unit, laid_out(paper, scratch / str(place))) for place, paper in enumerate(papers)
    ]
    return check_many(pairs, seed=seed, at_once=at_once)


def laid_out(paper: Paper, folder: Path) -> Path:
    """The exercise in a folder like a journey's, with those that it may import beside it."""
    for name, content in paper.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder / paper.unit.exercise


def _imports(hand_in: HandIn) -> bool:
    """Whether the code imports earlier exercises."""
    try:
        return bool(imported(ast.parse(hand_in.text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _files(course: Course, work: Work) -> dict[str, bytes]:
    """The exercise, and those that it may import."""
    known = course.by_id
    handed_in = (*work.beside, work.hand_ins[0])
    return {
        known[each.unit].exercise: each.text.encode() for each in handed_in if each.unit in known
    }


def _event(unit: Unit, hand_in: HandIn, result: CheckResult, course: Course) -> Fields:
    return {
        "kind": VERIFIED,
        "unit": unit.id,
        "course": course.version,
        "verdict": result.verdict,
        "tasks": [[task.task, task.verdict] for task in result.tasks],
        "mistake": next((task.mistake for task in result.tasks if task.mistake), ""),
        "check": unit.check_hash,
        "code": hand_in.code,
        "hand_in": hand_in.uuid,
    }
