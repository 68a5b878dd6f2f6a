"""The capstone check: the quick half reads the project, the full check also runs a copy of it.

    report = check(Path("capstones/digits"))

The project's own files are never written: what runs, runs in a copy in a temporary folder.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from undergrad import __version__
from undergrad.capstone import prose
from undergrad.capstone.execute import Outcome, execute
from undergrad.capstone.imports import imports
from undergrad.capstone.metric import (
    Claim,
    compare,
    metric_of,
    read_claim,
    recompute,
    rerun_differs,
    result_problems,
)
from undergrad.capstone.notebook import Cell, NotebookError, read_ipynb, read_script, same
from undergrad.capstone.plan_check import plan
from undergrad.capstone.project import LIMIT, Project, read_project
from undergrad.capstone.report import (
    Criterion,
    Metric,
    Problem,
    Report,
    advice,
    criterion,
    message,
    verdict,
)
from undergrad.capstone.template import yours
from undergrad.capstone.tests import own_tests, own_work
from undergrad.sandbox.process import scratch_folder

Progress = Callable[[str], None]
_IGNORED = shutil.ignore_patterns(
    "__pycache__", "*.pyc", ".git", ".venv", "venv", ".ipynb_checkpoints", ".pytest_cache"
)


def check(folder: Path, *, run: bool = True, progress: Progress = lambda line: None) -> Report:
    """Judge the project in `folder`. With `run=False` only the quick half, which runs nothing.

    progress: called with one sentence before each longer step.
    Raises UsageError when the folder is not a capstone.
    """
    start = time.monotonic()
    project = read_project(folder.resolve())
    readable, cells = _read(project)
    criteria = [readable]
    metric = None
    if readable.state != "fail":
        criteria += _static(project, cells)
        if run:
            more, metric = _dynamic(project, cells, progress)
            criteria += more
    ran = run and readable.state != "fail"
    return Report(
        name=project.name,
        kind=project.kind,
        folder=str(project.folder),
        verdict=verdict(criteria),
        message=message(criteria),
        ran=ran,
        criteria=tuple(criteria),
        metric=metric,
        seconds=round(time.monotonic() - start, 2),
        advice=advice(criteria, project.name, ran),
        undergrad=__version__,
    )


def _read(project: Project) -> tuple[Criterion, tuple[Cell, ...]]:
    """The notebook's cells, with their lines in the script; and whether both are equal."""
    cells: tuple[Cell, ...] = ()
    problems = []
    try:
        cells = read_ipynb(project.ipynb)
        if project.script.is_file():
            script = read_script(project.script)
            problems = list(_drift(project, cells, script))
            cells = cells if problems else script
    except NotebookError as error:
        problems.append(
            Problem(
                str(error),
                project.notebook,
                "Write it again from the script: jupytext --to ipynb notebook.py",
                name=error.name,
            )
        )
    title = "The notebook can be read"
    return criterion("notebook", title, problems, good=_counted(cells), gate=True), cells


def _counted(cells: tuple[Cell, ...]) -> str:
    code = sum(cell.kind == "code" for cell in cells)
    return f"{len(cells)} cells, {code} of them code"


def _drift(
    project: Project, cells: tuple[Cell, ...], script: tuple[Cell, ...]
) -> Iterator[Problem]:
    differs = same(cells, script)
    if differs is not None:
        yield Problem(
            f"{project.notebook} and {project.script.name} differ from cell {differs} on",
            f"cell {differs}",
            f"Bring them in step, the newer one wins: jupytext --sync {project.notebook}",
            name="out-of-step",
        )


def _static(project: Project, cells: tuple[Cell, ...]) -> list[Criterion]:
    return [
        imports(project, cells),
        plan(project),
        prose.headings(cells),
        prose.beside_code(cells),
        own_work(project),
        yours(project, cells),
    ]


def _dynamic(
    project: Project, cells: tuple[Cell, ...], progress: Progress
) -> tuple[list[Criterion], Metric | None]:
    """Own tests, the fresh-kernel run, the claim: all on a copy, and the original is compared."""
    before = _sizes_and_times(project.folder)
    with scratch_folder("undergrad-capstone-") as name:
        scratch = Path(name)
        copy = scratch / project.folder.name
        shutil.copytree(project.folder, copy, ignore=_IGNORED, symlinks=True)
        progress("Running the project's own tests.")
        found = [own_tests(copy)]
        minutes = min(project.minutes, LIMIT[project.kind])
        progress(f"Running the notebook on a fresh kernel, for {minutes:g} minutes at most.")
        before_claim = read_claim(copy / project.results)
        (copy / project.results).unlink(missing_ok=True)  # only a fresh one counts
        outcome = execute(
            copy / project.notebook, cell_seconds=project.cell_seconds, seconds=60 * minutes
        )
        untouched = before == _sizes_and_times(project.folder)
        found.append(_ran(outcome, cells, minutes, untouched))
        if outcome.name != "ok":
            return found, None
        progress("Computing the claimed metric again.")
        claimed, metric = _claim(project, copy, scratch, before_claim)
        return found + claimed, metric


def _sizes_and_times(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file, to see whether the run reached into the original."""
    files = (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    )
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


_READ_ONLY = os.strerror(errno.EROFS)  # what the sandbox answers outside of the copy
_CURES = {
    "cell-error": "Restart the kernel in Jupyter and run all cells; fix the first that stops.",
    "reached-out": "Write with paths relative to the notebook.",
    "cell-timeout": "Make the step smaller, or raise cell-seconds in capstone.toml.",
    "out-of-time": "Make the notebook smaller, so that it fits its minutes in capstone.toml.",
    "dead-kernel": "Use less memory, and do not end the process yourself.",
    "asks-for-input": "Nobody sits at the keyboard: write the answer into the notebook.",
    "too-much-output": "Print a line now and then, not in every step.",
    "no-kernel": "See `undergrad doctor`; a file of the project may hide a library of Python.",
}


def _ran(outcome: Outcome, cells: tuple[Cell, ...], minutes: float, untouched: bool) -> Criterion:
    problems = []
    if outcome.name != "ok":
        at = next((cell.where for cell in cells if cell.number == outcome.cell), "the notebook")
        name = "reached-out" if _READ_ONLY in outcome.message else outcome.name
        problems.append(Problem(outcome.message, at, _CURES[name], name=name))
    if not untouched:
        problems.append(
            Problem(
                "the run changed files of your folder, although it ran in a copy",
                todo=_CURES["reached-out"],
                name="reached-out",
            )
        )
    good = f"top to bottom in {outcome.seconds:.0f} s, of {60 * minutes:.0f} s at most"
    return criterion("run", "Fresh-kernel run, offline", problems, good=good, gate=True)


def _claim(
    project: Project, copy: Path, scratch: Path, before: Claim | Problem
) -> tuple[list[Criterion], Metric | None]:
    claim = read_claim(copy / project.results)
    scores = recompute(project, copy, scratch) if isinstance(claim, Claim) else {}
    wrong = [item for item in (claim, scores) if isinstance(item, Problem)]
    if not isinstance(claim, Claim) or not isinstance(scores, dict):
        return [criterion("claim", "The claim, computed again", wrong, good="", gate=True)], None
    problems = list(compare(project, claim, scores))
    if isinstance(before, Claim):
        problems += rerun_differs(project, before, claim)
    metric = metric_of(project, claim, scores)
    good = f"{project.metric} is {metric.recomputed:.4g}, as claimed, over {len(scores)} seeds"
    better = f"clearly better than the baseline of {claim.baseline:.4g}, target reached"
    result = list(result_problems(project, scores, claim)) if scores else []
    return [
        criterion("claim", "The claim, computed again", problems, good=good, gate=True),
        criterion("result", "Result", result, good=better),
    ], metric
