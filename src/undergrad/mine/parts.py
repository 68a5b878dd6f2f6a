"""Which pieces of the engine a learner has built, and what stands in the way of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from undergrad.course import Course, Part, Unit, unit_folder
from undergrad.journey import PASSED, Journey, exercise_path, load_status
from undergrad.mine import cache
from undergrad.mine.verdict import Verdict
from undergrad.mine.verify import verify

State = Literal["yours", "not built", "refused"]
ADAPTERS = "parts.py"


@dataclass(frozen=True)
class Standing:
    """One part of the course, and whether it may take the engine's place."""

    name: str  # dotted, of the engine's piece
    unit: str
    uses: tuple[str, ...]  # what of the learner's file it is made from
    state: State
    reason: str = ""  # of a refusal
    slower: float = 1.0  # than the reference, when it was judged
    exercise: Path | None = None  # the learner's file, when it is "yours" or "refused"
    adapters: Path | None = None


def standings(course: Course, journey: Journey) -> tuple[Standing, ...]:
    """Every part of the course, in course order.

    A part is judged when its unit is passed. The file is judged as it is now, so what was changed
    after the pass is judged again; a verdict on the same file is taken from the cache.
    """
    passed = {unit.id for unit in load_status(journey, course).units if unit.state in PASSED}
    known = journey.private / "parts.json"
    before = cache.read(known)
    found: list[Standing] = []
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    for unit in (unit for unit in course.units if unit.parts):
        exercise = exercise_path(journey, unit)
        if unit.id in passed and exercise.is_file():
            key = cache.key_of(exercise, unit_folder(unit) / ADAPTERS)
            verdicts[key] = before.get(key) or _judge(unit, exercise)
            found += judged(unit, exercise, verdicts[key])
        else:
            found += [_standing(unit, part, "not built") for part in unit.parts]
    # A refusal is found anew each time: it may have been a busy machine's.
    lasting = {key: each for key, each in verdicts.items() if not any(v.reason for v in each)}
    if lasting != before:
        cache.write(known, lasting)
    return tuple(found)


def judged(unit: Unit, exercise: Path, verdicts: Sequence[Verdict]) -> Iterator[Standing]:
    """The parts of a unit whose file was judged."""
    by_name = {verdict.name: verdict for verdict in verdicts}
    for part in unit.parts:
        verdict = by_name[part.name]
        state: State = "refused" if verdict.reason else "yours"
        yield _standing(unit, part, state, verdict, exercise)


def _judge(unit: Unit, exercise: Path) -> tuple[Verdict, ...]:
    return verify(exercise, unit_folder(unit) / ADAPTERS, [part.name for part in unit.parts])


def _standing(
    unit: Unit,
    part: Part,
    state: State,
    verdict: Verdict | None = None,
    exercise: Path | None = None,
) -> Standing:
    verdict = verdict or Verdict(part.name)
    return Standing(
        part.name,
        unit.id,
        part.uses,
        state,
        verdict.reason,
        verdict.slower,
        exercise,
        unit_folder(unit) / ADAPTERS if exercise else None,
    )
