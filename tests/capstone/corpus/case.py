"""One stranger's project: what lies in its folder, and the report that it must get.

A report is right when its verdict is the expected one, and its problems are exactly the expected
ones: a problem that nobody expected is a false alarm. The rung publishable is left out, since a
folder that holds little more than a notebook lacks all of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from undergrad import capstone
from undergrad.capstone import Report

Found = tuple[str, str, str]  # criterion, name of the problem, state

MANIFEST = """kind = "{kind}"
name = "stranger"
template = 1

[notebook]
file = "notebook.ipynb"
minutes = 1
cell-seconds = {cell_seconds}

[metric]
name = "accuracy"
results = "results.json"
evaluate = "evaluate:scores"
target = 0.5
higher-is-better = true
tolerance = 1e-6
rerun-tolerance = 0.1
{verify}"""

# What every folder lacks that holds a notebook and its capstone.toml, and nothing else.
NO_CLAIM = {("evaluation", "no-evaluation", "fail"), ("evaluation", "no-claim", "fail")}
ALONE = {("plan", "no-plan", "fail"), ("own-work", "no-gradcheck", "fail")}
NO_TESTS = {("tests", "no-tests-folder", "fail")}
NO_HEADINGS = {("headings", "headings", "fail")}
NO_PROSE = {("prose", "no-prose", "fail")}
SHORT_PROSE = {("prose", "short-prose", "fail")}


def md(text: str, *tags: str) -> tuple[str, str, tuple[str, ...]]:
    """A Markdown cell."""
    return "markdown", text.strip("\n"), tags


def code(text: str, *tags: str) -> tuple[str, str, tuple[str, ...]]:
    """A code cell."""
    return "code", text.strip("\n"), tags


@dataclass(frozen=True)
class Case:
    """A notebook in a folder, and what its report must be.

    quick: the problems of the quick half.   run: those that only the run shows; None when the case
    is about what can be read.   first: a part of the first line of advice of the quick half or,
    if it is run, of the full check.   absent: libraries of which the report says that they are
    missing, so that it is right only where they are.   into: a kind of template into which the
    notebook is put, in place of an empty folder.   paired: by
    `capstone pair`, afterwards.   damage: what becomes of the notebook's text.
    """

    name: str
    cells: Iterable[tuple[str, str, tuple[str, ...]]]
    quick: set[Found]
    run: set[Found] | None = None
    verdict: str = "fail"
    first: str = ""
    kind: str = "supervised"
    files: Mapping[str, str] = field(default_factory=dict)
    into: bool = False
    paired: bool = False
    verify: str = ""
    cell_seconds: float = 20
    absent: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)
    damage: Callable[[str], str] = str


def build(case: Case, folder: Path) -> Path:
    """Write the project of a case below `folder`; returns its own folder."""
    if case.into:
        project = capstone.new(case.kind, "stranger", folder)
    else:
        project = folder / "stranger"
        project.mkdir()
        verify = f"\n[verify]\n{case.verify}\n" if case.verify else ""
        filled = MANIFEST.format(kind=case.kind, cell_seconds=case.cell_seconds, verify=verify)
        (project / "capstone.toml").write_text(filled, encoding="utf-8")
    (project / "notebook.ipynb").write_text(case.damage(notebook(case)), encoding="utf-8")
    for name, text in case.files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    if case.paired:
        capstone.pair_up(capstone.read_project(project))
    return project


def notebook(case: Case) -> str:
    """The notebook as Jupyter saves it, in format 4."""
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [
        make[kind](source, id=f"c{n}", metadata={"tags": list(tags)} if tags else {})
        for n, (kind, source, tags) in enumerate(case.cells)
    ]
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata | case.metadata))


def found(report: Report) -> set[Found]:
    """The problems of a report below the highest rung."""
    return {
        (item.id, problem.name, problem.state)
        for item in report.criteria
        if item.rung != "publishable"
        for problem in item.problems
    }


def wrong(case: Case, folder: Path, *, run: bool) -> list[str]:
    """What is wrong with the report of a case, one sentence each; nothing when it is right."""
    if run and case.run is None:
        return []
    report = capstone.check(build(case, folder), run=run, verify=bool(run and case.verify))
    expected = case.quick | (case.run or set()) if run else case.quick
    said = [f"false alarm: {each}" for each in sorted(found(report) - expected)]
    said += [f"not said: {each}" for each in sorted(expected - found(report))]
    if report.verdict != case.verdict and (run or case.run is None):
        said.append(f"the verdict is {report.verdict}, not {case.verdict}")
    if case.first not in report.advice and (run or case.run is None):
        said.append(f"the advice is {report.advice!r}, without {case.first!r}")
    return said
