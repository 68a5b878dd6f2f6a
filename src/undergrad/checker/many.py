"""Many checks at once, each in a process of its own, as many as there are processors.

The worked solutions run in the process that asks for a check, and what they print, warn of or
leave behind must not reach another check; so every check gets its own asking process as well.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

from undergrad.checker.result import CheckResult
from undergrad.checker.run import check
from undergrad.course.models import Unit
from undergrad.sandbox import namespaces
from undergrad.sandbox.limits import Limits

_Task = tuple[Unit, Path, int | None]


def check_many(
    work: Sequence[tuple[Unit, Path]], *, seed: int | None = None, at_once: int | None = None
) -> Iterator[CheckResult]:
    """The results in the order of `work`, pairs of a unit and the learner's file.

    at_once: checks that run side by side; the number of processors when left out.
    Raises ToolError as `check` does. When the caller stops asking, everything is stopped.
    """
    tasks = [(unit, file, seed) for unit, file in work]
    processes = min(len(tasks), at_once or os.cpu_count() or 1)
    # Spawned: a fork would copy whatever threads the caller has, half alive.
    with get_context("spawn").Pool(processes, prepare) as pool:
        yield from pool.imap(_check, tasks)


def prepare() -> None:
    """In each process: Ctrl-C is for the caller, who then ends them all; so is the caller's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    namespaces.die_with_parent(signal.SIGTERM)


def _check(task: _Task) -> CheckResult:
    unit, file, seed = task
    return check(unit, file, seed=seed, seeds=3, limits=Limits())
