"""What an exercise imports from earlier units: the learner's own, or the worked solution on loan.

    from exercises.attention import multi_head

is open for those units from which the worked solution imports too. The learner's own file is handed
over when it passes its own check as it is now, so that a check of one unit never fails for another.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from undergrad.checker.source import Source, worked_solution
from undergrad.course import unit_folder
from undergrad.course.lookup import imported, on_loan, solution_text
from undergrad.course.models import Unit
from undergrad.files import source_text

Passes = Callable[[Unit, Path], bool]


@dataclass(frozen=True)
class HandedOver:
    """The texts of earlier exercises by module name, and what a learner reads about them."""

    texts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def hand_over(unit: Unit, file: Path, source: Source, passes: Passes) -> HandedOver:
    """What the learner's `file` of `unit` may import. passes: the check of another exercise."""
    texts: dict[str, str] = {}
    notes = []
    open_units = imported(worked_solution(unit_folder(unit)).tree)
    for earlier in (each for each in imported(source.tree) if each in open_units):
        own = file.parent.parent / earlier.stage / f"{earlier.module}.py"
        name = f"{earlier.module}.py"
        if not own.is_file():
            why = "there is none of yours yet"
        elif not passes(earlier, own):
            why = f"yours does not pass; `undergrad check {earlier.id}` says why"
        else:
            texts |= _with_imports(source_text(own), earlier)
            notes.append(f"What it imports from {name} is your own.")
            continue
        texts |= _with_imports(solution_text(earlier), earlier)
        notes.append(f"What it imports from {name} is on loan from the worked solution: {why}.")
    return HandedOver(texts, tuple(notes))


def _with_imports(text: str, unit: Unit) -> dict[str, str]:
    """An exercise, behind the worked solutions of what it imports itself."""
    return on_loan(ast.parse(text)) | {unit.module: text}
