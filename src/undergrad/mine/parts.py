"""Which parts of the engine a learner has built, and what stands in the way of the others."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from undergrad import __version__
from undergrad.course import Part, Unit, unit_folder
from undergrad.engine.moved import MOVED
from undergrad.journey import PASSED, Learner
from undergrad.mine.verify import Verdict, verify

State = Literal["yours", "not built", "refused"]
ADAPTERS = "parts.py"


@dataclass(frozen=True)
class OwnPart:
    """One part of the engine that the course builds, and whether the learner's may be used."""

    name: str  # dotted, of the engine's function
    unit: str
    uses: tuple[str, ...]  # what of the learner's file it is made from
    state: State
    reason: str = ""  # of a refusal
    slower: float = 1.0  # than the reference, when it was judged
    exercise: Path | None = None  # the learner's file, when it is "yours" or "refused"
    adapters: Path | None = None
    renamed: tuple[tuple[str, str], ...] = ()  # (name in older exercises, name today)


def own_parts(me: Learner) -> tuple[OwnPart, ...]:
    """Every part of the course, in course order.

    A part is judged when its unit is passed. The file is judged as it is now, so what was changed
    after the pass is judged again; a verdict on the same file is taken from the cache.
    """
    passed = {unit.id for unit in me.status.units if unit.state in PASSED}
    cache = me.journey.private / "parts.json"
    before = read_cache(cache)
    found: list[OwnPart] = []
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    for unit in (unit for unit in me.course.units if unit.parts):
        exercise = me.exercise(unit)
        if unit.id in passed and exercise.is_file():
            key = _key(exercise, unit_folder(unit) / ADAPTERS)
            verdicts[key] = before.get(key) or _judge(unit, exercise)
            found += judged(unit, exercise, verdicts[key])
        else:
            found += [_own_part(unit, part, "not built") for part in unit.parts]
    # A refusal is not kept: it may have been a busy machine's.
    lasting = {key: each for key, each in verdicts.items() if not any(v.reason for v in each)}
    if lasting != before:
        _write_cache(cache, lasting)
    return tuple(found)


def current_name(name: str) -> str:
    """The name of a part today; a run of an earlier version may have recorded an old one."""
    moved = (each for each in MOVED.items() if name.startswith(f"{each[0]}."))
    return next((new + name.removeprefix(old) for old, new in moved), name)


def judged(unit: Unit, exercise: Path, verdicts: Sequence[Verdict]) -> Iterator[OwnPart]:
    """The parts of a unit whose file was judged."""
    by_name = {verdict.name: verdict for verdict in verdicts}
    for part in unit.parts:
        verdict = by_name[part.name]
        state: State = "refused" if verdict.reason else "yours"
        yield _own_part(unit, part, state, verdict, exercise)


def _judge(unit: Unit, exercise: Path) -> tuple[Verdict, ...]:
    names = [part.name for part in unit.parts]
    return verify(exercise, unit_folder(unit) / ADAPTERS, names, unit.renamed)


def _own_part(
    unit: Unit,
    part: Part,
    state: State,
    verdict: Verdict | None = None,
    exercise: Path | None = None,
) -> OwnPart:
    verdict = verdict or Verdict(part.name)
    return OwnPart(
        part.name,
        unit.id,
        part.uses,
        state,
        verdict.reason,
        verdict.slower,
        exercise,
        unit_folder(unit) / ADAPTERS if exercise else None,
        unit.renamed,
    )


# The cache: verdicts on the same files by the same version. Without it they only take time.


def read_cache(path: Path) -> dict[str, tuple[Verdict, ...]]:
    """Verdicts by key; none when no file can be read."""
    try:
        data = json.loads(path.read_bytes())
        return {key: tuple(Verdict(**each) for each in found) for key, found in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_cache(path: Path, verdicts: dict[str, tuple[Verdict, ...]]) -> None:
    """Keep the verdicts, whole or not at all; a folder that cannot be written keeps none."""
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    data = {key: [asdict(each) for each in found] for key, found in verdicts.items()}
    try:
        staged.write_text(json.dumps(data, indent=1), encoding="utf-8")
        os.replace(staged, path)
    except OSError:
        with suppress(OSError):  # a read-only disk, in the sandbox of a capstone
            staged.unlink(missing_ok=True)


def _key(exercise: Path, adapters: Path) -> str:
    """Changes with the exercise, with its adapters, and with the version of undergrad."""
    digest = hashlib.sha256(__version__.encode())
    for path in (exercise, adapters, *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(b"\0" + path.read_bytes())
    return digest.hexdigest()
