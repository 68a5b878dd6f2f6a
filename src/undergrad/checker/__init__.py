"""Check a learner's file by the values it returns.

A course author writes small functions in `checks.py` with `@task`, and typical wrong solutions as
edits in `mistakes.txt` (or, where no edit says it, as functions in `mistakes.py` with `@mistake`).
`check` runs the functions on the learner's file in a worker process, runs them on the worked
solution here, compares the values, and answers with a `CheckResult`. The process that imports the
learner's code never decides.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from undergrad.checker.author import mistake, task
from undergrad.checker.gradients import gradients, numeric_gradient
from undergrad.checker.judges import at_least, decided_by, distribution, improves_on, raises, within
from undergrad.checker.result import (
    NOT_STARTED,
    CheckResult,
    TaskResult,
    Verdict,
    first_trouble,
)
from undergrad.sandbox.limits import Limits

if TYPE_CHECKING:
    from undergrad.course.models import Unit

__all__ = [
    "NOT_STARTED",
    "CheckResult",
    "Limits",
    "TaskResult",
    "Verdict",
    "at_least",
    "check",
    "check_many",
    "decided_by",
    "distribution",
    "first_trouble",
    "gradients",
    "improves_on",
    "isolation",
    "mistake",
    "numeric_gradient",
    "raises",
    "task",
    "within",
]


# The functions below import inside: checks.py files import this package in the worker, which
# needs the decorators and nothing of the parent's side.


def check(
    unit: "Unit",
    file: Path,
    *,
    seed: int | None = None,
    seeds: int = 3,
    limits: Limits | None = None,
) -> CheckResult:
    """The verdict on the learner's `file` as an answer to the exercise of `unit`.

    seed: repeats an earlier run; a fresh one when left out.   seeds: runs of each check function.
    Raises ToolError when the machinery itself failed; then there is no verdict.
    """
    from undergrad.checker.run import check as run_check

    return run_check(unit, file, seed=seed, seeds=seeds, limits=limits or Limits())


def check_many(
    work: "Sequence[tuple[Unit, Path]]", *, seed: int | None = None, at_once: int | None = None
) -> "Iterator[CheckResult]":
    """The verdicts on many files, side by side in processes of their own, in the order given.

    work: pairs of a unit and the learner's file.   at_once: by default one for each processor.
    Raises ToolError as `check` does.
    """
    from undergrad.checker.many import check_many as run_many

    return run_many(work, seed=seed, at_once=at_once)


def isolation() -> tuple[str, ...]:
    """The layers that hold learner code on this machine, such as `("process", "user", "pid")`."""
    from undergrad.sandbox.process import layers

    return layers()
