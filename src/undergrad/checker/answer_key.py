"""The trusted side of an exercise: its checks, its worked solution and its shelf of mistakes.

They are the course's own code and run here, in the parent, with the same seeds as the learner's
code in the worker. Their answers go through the same codec, so like is compared with like.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from undergrad.checker.answer import Answer
from undergrad.checker.author import Check, Mistake, checks_in, mistakes_in
from undergrad.checker.case import run_case
from undergrad.checker.codec import plain
from undergrad.checker.forms import read_forms
from undergrad.checker.source import Source, worked_solution
from undergrad.course import edits
from undergrad.course.lookup import on_loan
from undergrad.errors import CourseError
from undergrad.sandbox.loading import load


@dataclass(frozen=True)
class AnswerKey:
    """Everything an exercise is judged by."""

    folder: Path
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    solution: Source
    earlier: Mapping[str, str]  # the solutions of earlier units that it imports, by module name


def load_answer_key(folder: Path) -> AnswerKey:
    """The answer key in a unit's folder. Raises CourseError when one of its files does not run."""
    solution = worked_solution(folder)
    checks = checks_in(_module(folder / "checks.py"), read_forms(solution.returns))
    mistakes = (*_edits(folder), *_functions(folder))
    return AnswerKey(folder, checks, mistakes, solution, on_loan(solution.tree))


def solved(key: AnswerKey, *mistakes: Mistake) -> ModuleType:
    """A fresh module of the worked solution, with `mistakes` made in it.

    The other functions of the solution then call the wrong one, as in a learner's file.
    """
    text = key.solution.code.decode("utf-8")
    for each in mistakes:
        if isinstance(each.made, edits.Mistake):
            text = edits.edited(text, each.made)
    module = load(text.encode(), str(key.folder / "solution.py"), earlier=key.earlier)
    for each in mistakes:
        if not isinstance(each.made, edits.Mistake):
            owner, _, name = each.function.rpartition(".")
            setattr(getattr(module, owner) if owner else module, name, each.made)
    return module


def answers(
    checks: tuple[Check, ...], module: ModuleType, seed: int, seeds: int
) -> dict[tuple[str, int], Answer]:
    """What `module` answers to each check, by (name of the check, number of the case)."""
    return {
        (check.name, run): case_answer(check, module, seed, run)
        for check in checks
        for run in range(check.seeds or seeds)
    }


def case_answer(check: Check, module: ModuleType, seed: int, run: int) -> Answer:
    """One answer in plain data, as it would arrive from a worker, without the calls."""
    with quiet():
        given = run_case(check, module, seed, run)
        return replace(given, value=plain(given.value), calls=())


def _edits(folder: Path) -> Iterator[Mistake]:
    """The mistakes of `mistakes.txt`."""
    path = folder / "mistakes.txt"
    if path.exists():
        for each in edits.parse(path.read_text("utf-8")):
            yield Mistake(each.name, each.function, each.sentence, each)


def _functions(folder: Path) -> tuple[Mistake, ...]:
    """The mistakes of `mistakes.py`, which a unit has where no edit can say them."""
    path = folder / "mistakes.py"
    return mistakes_in(_module(path)) if path.exists() else ()


def _module(path: Path) -> ModuleType:
    try:
        return load(path.read_bytes(), str(path))
    except Exception as error:
        raise CourseError(f"{path.parent.name}/{path.name} does not run: {error!r}") from error


@contextmanager
def quiet() -> Iterator[None]:
    """What NumPy warns of in a wrong solution is no news."""
    import numpy as np

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
