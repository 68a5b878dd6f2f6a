"""What a course answers beyond an id: where a unit lies, what it builds on, how long a path is."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from undergrad.course import edits
from undergrad.course.blank import blank, unmarked
from undergrad.course.compiled import load
from undergrad.course.models import Course, LearningPath, Unit
from undergrad.course.syntax import decorated, tree
from undergrad.errors import UsageError
from undergrad.locate import data_path
from undergrad.words import length_words


def unit_folder(unit: Unit) -> Path:
    """The folder that holds the unit's lesson, exercise and checks.

    UsageError when the unit is an outline, which has no files yet.
    """
    if not unit.written:
        raise UsageError(f"The unit `{unit.id}` is an outline so far: it has no lesson to open.")
    return data_path("curriculum") / unit.folder


def blank_exercise(unit: Unit) -> str:
    """The exercise as a learner receives it. UsageError when the unit is an outline."""
    return blank(solution_text(unit))


def worked_solution(unit: Unit) -> str:
    """The solution as a learner reads it. UsageError when the unit is an outline."""
    return unmarked(solution_text(unit))


def imported(tree: ast.AST) -> tuple[Unit, ...]:
    """The units from whose exercises a file imports: `from exercises.attention import heads`."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    modules = [name.split(".")[1] for name in names if name.startswith("exercises.")]
    return tuple(_units()[each] for each in dict.fromkeys(modules) if each in _units())


def on_loan(tree: ast.AST) -> dict[str, str]:
    """The worked solutions that a file needs from earlier units, by module name.

    What one of them imports itself is among them, and comes before it.
    """
    needed: dict[str, str] = {}
    for unit in imported(tree):
        text = solution_text(unit)
        needed |= on_loan(ast.parse(text)) | {unit.module: text}
    return needed


def solution_text(unit: Unit) -> str:
    """The worked solution with the marks at which the blank is cut."""
    return (unit_folder(unit) / "solution.py").read_text("utf-8")


@cache
def _units() -> dict[str, Unit]:
    """The written units by the names of their exercises' modules."""
    return {unit.module: unit for unit in load().units if unit.written}


def mistake_sentences(unit: Unit) -> dict[str, str]:
    """What a learner reads who makes a mistake of the unit, by the name of the mistake."""
    folder = unit_folder(unit)
    edited = edits.parse((folder / "mistakes.txt").read_text("utf-8"))
    path = folder / "mistakes.py"
    functions = decorated(tree(path, folder), "mistake", path.name) if path.exists() else ()
    return {
        **{each.name: each.sentence for each in edited},
        **{each.name: each.required(1, "sentence", str) for each in functions},
    }


def prerequisites(course: Course, name: str) -> tuple[Unit, ...]:
    """Everything the unit builds on, directly or through others, in course order."""
    wanted: set[str] = set()
    waiting = list(course.unit(name).needs)
    while waiting:
        need = waiting.pop()
        if need not in wanted:
            wanted.add(need)
            waiting.extend(course.unit(need).needs)
    return tuple(each for each in course.units if each.id in wanted)


def assumed(course: Course, path: LearningPath) -> tuple[str, ...]:
    """Direct prerequisites that the path leaves out, in course order.

    They are shown to the learner as known already; they never block.
    """
    chosen = (course.by_id.get(name) or course.unit(name) for name in path.units)
    outside = {need for each in chosen for need in each.needs} - set(path.units)
    return tuple(each.id for each in course.units if each.id in outside)


@dataclass(frozen=True)
class Length:
    """How long some units are together: what can be worked on today, and what there will be."""

    ready: int  # units
    minutes: int  # of work, in those that are ready
    coming: int  # units that are being written
    all_minutes: int

    def __str__(self) -> str:
        return length_words(self.ready, self.minutes, self.coming)


def length(units: Iterable[Unit]) -> Length:
    """How long these units are, such as those of a path or of a stage."""
    every = list(units)
    ready = [unit for unit in every if unit.written]
    return Length(
        ready=len(ready),
        minutes=sum(unit.minutes.total for unit in ready),
        coming=len(every) - len(ready),
        all_minutes=sum(unit.minutes.total for unit in every),
    )


def path_length(course: Course, path: LearningPath) -> Length:
    """How long a path is for somebody who has passed nothing of it."""
    return length(map(course.unit, path.units))


def fitted(
    course: Course, path: LearningPath, add: Iterable[str], leave: Iterable[str]
) -> LearningPath:
    """The path with units added, each before the first that comes later in the course, and left.

    Units that the course does not know are passed over, since a journey may be older than it.
    """
    add, left = set(add), set(leave)
    if not add and not left:
        return path
    order = {name: position for position, name in enumerate(course.by_id)}
    units = [name for name in path.units if name not in left]
    for name in sorted(add & order.keys() - set(units), key=order.__getitem__):
        later = (at for at, other in enumerate(units) if order[other] > order[name])
        units.insert(next(later, len(units)), name)
    return path if units == list(path.units) else replace(path, units=tuple(units))
