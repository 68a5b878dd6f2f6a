"""The capstone check: the quick half reads the project, the full check also runs a copy of it.

    report = check(Path("capstones/digits"))

The project's own files are never written: what runs, runs in a copy in a temporary folder.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from undergrad import __version__
from undergrad.capstone import prose, rubric
from undergrad.capstone.cures import unreadable
from undergrad.capstone.evidence import evaluation
from undergrad.capstone.fingerprint import fingerprint
from undergrad.capstone.fresh_run import Progress, fresh_run
from undergrad.capstone.imports import imports
from undergrad.capstone.notebook import (
    Cell,
    NotebookError,
    paired,
    read_ipynb,
    read_script,
    same,
    spoken,
)
from undergrad.capstone.plan_check import plan
from undergrad.capstone.project import Project, python_files, read_project
from undergrad.capstone.publishable import publishable
from undergrad.capstone.records import records
from undergrad.capstone.report import (
    Criterion,
    Problem,
    Report,
    advice,
    by_rung,
    criterion,
    message,
    verdict,
)
from undergrad.capstone.template import yours
from undergrad.capstone.tests import own_work


def check(
    folder: Path,
    *,
    run: bool = True,
    verify: bool = False,
    progress: Progress = lambda line: None,
) -> Report:
    """Judge the project in `folder`. With `run=False` only the quick half, which runs nothing.

    verify: for work that takes hours. The notebook trains one small seed, with the values of
    [verify] in capstone.toml, and the claim is that of the checkpoints in the folder.
    progress: called with one sentence before each longer step.
    Raises UsageError when the folder is not a capstone.
    """
    start = time.monotonic()
    project = read_project(folder.resolve())
    files = fingerprint(project.folder)
    readable, cells = _read(project)
    criteria = [readable]
    metric = None
    if readable.state != "fail":
        criteria += _static(project, cells)
        if run:
            more, metric = fresh_run(project, cells, progress, verify=verify)
            criteria = _said_once(criteria + more)
    ran = run and readable.state != "fail"
    found = by_rung(criteria)
    points, possible = rubric.points(project.family, found)
    return Report(
        name=project.name,
        kind=project.kind,
        folder=str(project.folder),
        verdict=verdict(found, ran=ran),
        message=message(found),
        ran=ran,
        criteria=found,
        metric=metric,
        points=points,
        possible=possible,
        seconds=round(time.monotonic() - start, 2),
        advice=advice(found, project.name, ran),
        undergrad=__version__,
        verified=ran and verify,
        fingerprint=files if files == fingerprint(project.folder) else "",
    )


def _read(project: Project) -> tuple[Criterion, tuple[Cell, ...]]:
    """The notebook's cells, with their lines in the script; and whether both are equal."""
    cells: tuple[Cell, ...] = ()
    problems: list[Problem] = []
    try:
        cells = read_ipynb(project.ipynb)
        problems += _never_judged(project, cells)
        if project.script.is_file():
            script = read_script(project.script)
            differs = same(cells, script)
            if differs is None:
                cells = script
            else:
                problems.append(_out_of_step(project, differs))
    except NotebookError as error:
        problems.append(unreadable(error, project))
    title = "The notebook can be read"
    return criterion("notebook", title, problems, good=_counted(cells), rung="running"), cells


def _counted(cells: tuple[Cell, ...]) -> str:
    code = sum(cell.kind == "code" for cell in cells)
    return f"{len(cells)} cells, {code} of them code"


def _out_of_step(project: Project, differs: int) -> Problem:
    if paired(project.ipynb):
        todo = f"Bring them in step, the newer one wins: `jupytext --sync {project.notebook}`."
    else:
        todo = (
            f"`undergrad capstone pair {project.name}` writes {project.script.name} from the "
            "notebook, and keeps the old one."
        )
    return Problem(
        f"{project.notebook} and {project.script.name} differ from cell {differs} on",
        f"cell {differs}",
        todo,
        name="out-of-step",
    )


def _never_judged(project: Project, cells: tuple[Cell, ...]) -> Iterator[Problem]:
    """What a run would not show: another language, hidden modules, errors that pass unseen."""
    language = spoken(project.ipynb)
    if language == "python2":
        yield Problem(
            "the notebook is written for Python 2, which is no longer maintained",
            project.notebook,
            "Bring it to Python 3: the program 2to3 shows most of the changes. Then choose the "
            "kernel Python 3 in Jupyter and save it.",
            name="python-2",
        )
    elif language not in ("", "python"):
        yield Problem(
            f"the notebook is written for {language}",
            project.notebook,
            "Only Python can be run here.",
            name="other-language",
        )
    for path in python_files(project.folder):
        if path.parent == project.folder and path.stem in sys.stdlib_module_names:
            yield Problem(
                f"{path.name} has the name of one of Python's own modules, and hides it from your "
                "tests and programs",
                path.name,
                "Rename it.",
                state="attention",
                name="hidden-module",
            )
    for cell in cells:
        if "raises-exception" in cell.tags:
            yield Problem(
                "an error in this cell would pass unseen, because it is tagged raises-exception",
                cell.where,
                "Remove the tag, or catch the error in the cell and say what it shows.",
                state="attention",
                name="raises-exception",
            )


def _said_once(criteria: list[Criterion]) -> list[Criterion]:
    """Whether the claim is written is read first and shown by the run: the better one stays."""
    names = {(item.id, problem.name) for item in criteria for problem in item.problems}
    if ("evaluation", "no-claim") not in names:
        return criteria
    written = any(item.id == "claim" for item in criteria) and ("claim", "no-results") not in names
    left_out = "evaluation" if written else "claim"
    return [item for item in criteria if item.id != left_out]


def _static(project: Project, cells: tuple[Cell, ...]) -> list[Criterion]:
    return [
        evaluation(project, cells),
        imports(project, cells),
        plan(project),
        prose.headings(cells),
        prose.beside_code(cells),
        own_work(project, cells),
        yours(project, cells),
        *records(project, cells),
        *publishable(project),
    ]
