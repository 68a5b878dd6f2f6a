"""What stands between a project and its next rung, and patches for what a program may write.

    for offer in OFFERS:
        patch = offer(read_project(folder))         # None when there is nothing to do
        if patch: print(patch.title); apply(patch)

A patch only adds: a tag, an empty heading, a file that is missing. What was there is kept, and a
patch whose files have changed since it was made is refused. Nothing that it adds is praised: a
heading without content carries the template's mark, which the check finds.
"""

import ast
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from undergrad.capstone.cures import unreadable
from undergrad.capstone.imports import imports
from undergrad.capstone.notebook import Cell, NotebookError, read_ipynb, read_script, repaired, same
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.prose import HEADINGS, MEANS, missing_headings
from undergrad.capstone.report import RUNGS, Criterion, Report, Rung
from undergrad.capstone.template import MARK
from undergrad.errors import UsageError
from undergrad.files import disk_errors, replace_file, write_new

# What to write below a heading, for each that a reader looks for.
_ASKS = {
    "Question": "what you want to know, and why somebody should care.",
    "Data": "where it comes from, how much there is, and how it is split.",
    "Baseline": "the simplest thing that could work, and its score.",
    "Model": "what it is made of, and which part you wrote by hand.",
    "Training": "how long, with which settings, and how you chose them.",
    "Evaluation": "the metric over all seeds, beside the baseline.",
    "Errors": "the worst cases, sorted into kinds.",
    "Limits": "what the result does not say.",
    "Rerun": "the commands that make it again.",
}


@dataclass(frozen=True)
class Change:
    """One file, before and after. `before` is None where there was none."""

    path: Path
    before: str | None
    after: str


@dataclass(frozen=True)
class Patch:
    """Something that a program may write: what it does, in a sentence, and to which files."""

    title: str
    changes: tuple[Change, ...]


def obstacles(report: Report) -> tuple[Rung | None, tuple[Criterion, ...]]:
    """The next rung, and the criteria that are missing for it; None when all hold."""
    for rung in RUNGS:
        missing = tuple(c for c in report.criteria if c.rung == rung and c.state == "fail")
        if missing:
            return rung, missing
    return None, ()


def apply(patch: Patch) -> None:
    """Write a patch, all of it or nothing of what can be foreseen to fail.

    Raises UsageError when a file has changed since the patch was made.
    """
    for change in patch.changes:
        if _read(change.path) != change.before:
            raise UsageError(
                f"{change.path} has changed meanwhile, and nothing was written: call the doctor "
                "again."
            )
    for change in patch.changes:
        with disk_errors(change.path):
            content = change.after.encode("utf-8", "surrogateescape")
            if change.before is not None:
                replace_file(change.path, content)
            elif not write_new(change.path, content):
                raise UsageError(f"{change.path} is there by now, and was not touched.")


def pair(project: Project) -> Patch | None:
    """Notebook and script with the same cells; those of the notebook count."""
    if _cells(project) is not None:
        return None
    try:
        return _pairing(project)
    except NotebookError:
        return None  # the check says what is wrong with it, and only a person can fix that


def pair_up(project: Project) -> list[str]:
    """Pair the notebook with its script, and keep what was there before.

    Returns what was done, one sentence for each file. Raises UsageError when the notebook cannot
    be read.
    """
    try:
        patch = _pairing(project)
    except NotebookError as error:
        problem = unreadable(error, project)
        raise UsageError(f"{problem.message} {problem.todo}") from error
    if patch is None:
        return []
    apply(patch)
    return [
        f"{change.path.name} keeps what {re.sub(r'[.]old[0-9]*$', '', change.path.name)} was."
        if change.path.suffix.startswith(".old")
        else f"{change.path.name} was written from the notebook's cells."
        for change in patch.changes
    ]


def _pairing(project: Project) -> Patch | None:
    """What pairing would write; None when nothing would change. Raises NotebookError."""
    ipynb, script = repaired(project.ipynb)
    changes = [
        Change(path, before, after)
        for path, after in ((project.ipynb, ipynb), (project.script, script))
        if (before := _read(path)) != after
    ]
    kept = [
        Change(_unused(change.path), None, change.before)
        for change in changes
        if change.before is not None
    ]
    title = "Pair the notebook with a script of the same cells; what was there keeps .old"
    return Patch(title, (*kept, *changes)) if changes else None


def tag_baseline(project: Project) -> Patch | None:
    """The tag `baseline` for a cell below a heading of that meaning, which uses such a learner."""
    cells = _cells(project)
    if cells is None:
        return None
    flagged = {
        problem.where.partition(",")[0]
        for problem in imports(project, cells).problems
        if problem.name == "untagged-baseline"
    }
    cell = next((c for c in _below_baseline(cells) if c.where in flagged and c.line), None)
    if cell is None:
        return None
    place, line = cell.number - 1, (cell.line or 1) - 1
    return Patch(
        f"Give cell {cell.number} the tag `baseline`, since it uses a ready learner",
        _changed_cells(
            project,
            lambda notebook: _tag(notebook["cells"][place]),
            lambda lines: _tag_line(lines, line),
        ),
    )


def add_headings(project: Project) -> Patch | None:
    """An empty section for each heading that a reader looks for and does not find."""
    cells = _cells(project)
    if cells is None:
        return None
    text = "\n\n".join(cell.source for cell in cells if cell.kind == "markdown")
    missing = missing_headings(text, HEADINGS)
    if not missing:
        return None
    sources = [f"## {name}\n\n{MARK}: {_ASKS[name]}" for name in missing]
    listed = ", ".join(missing)
    return Patch(
        f"Add a section to fill at the end of the notebook for {listed}",
        _changed_cells(
            project,
            lambda notebook: notebook["cells"].extend(
                _markdown(source, notebook) for source in sources
            ),
            lambda lines: lines.extend(line for source in sources for line in _percent(source)),
        ),
    )


def write_requirements(project: Project) -> Patch | None:
    """requirements.txt with the versions that are installed of what the project imports."""
    lists = ("requirements.txt", "uv.lock", "poetry.lock", "pixi.lock", "environment.yml")
    if any((project.folder / name).exists() for name in lists):
        return None
    pinned = sorted(set(_installed(_imported(project))), key=str.lower)
    if not pinned:
        return None
    text = "# The versions that this project was made with: pip install -r requirements.txt\n"
    change = Change(project.folder / "requirements.txt", None, text + "\n".join(pinned) + "\n")
    return Patch("Write requirements.txt with the versions that are installed here", (change,))


Offer = Callable[[Project], Patch | None]
OFFERS: tuple[Offer, ...] = (pair, tag_baseline, add_headings, write_requirements)


def _cells(project: Project) -> tuple[Cell, ...] | None:
    """The cells with their lines in the script; None unless the two are in step."""
    try:
        cells, script = read_ipynb(project.ipynb), read_script(project.script)
    except NotebookError:
        return None
    return script if same(cells, script) is None else None


def _below_baseline(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The code cells after a heading that means Baseline and before the next heading."""
    inside = False
    for cell in cells:
        titles = re.findall(r"^#+\s+(.+)$", cell.source, re.M) if cell.kind == "markdown" else []
        if titles:
            inside = bool(MEANS["Baseline"].search(titles[-1]))
        elif inside and cell.kind == "code":
            yield cell


def _changed_cells(
    project: Project,
    notebook: Callable[[dict], None],  # type: ignore[type-arg]
    script: Callable[[list[str]], None],
) -> tuple[Change, ...]:
    """The same change in the notebook, whose outputs stay, and in its script."""
    ipynb_before, script_before = _read(project.ipynb), _read(project.script)
    assert ipynb_before is not None and script_before is not None
    data = json.loads(ipynb_before)
    notebook(data)
    lines = script_before.rstrip("\n").split("\n")
    script(lines)
    return (
        Change(project.ipynb, ipynb_before, json.dumps(data, indent=1, ensure_ascii=False) + "\n"),
        Change(project.script, script_before, "\n".join(lines) + "\n"),
    )


def _tag(cell: dict) -> None:  # type: ignore[type-arg]
    tags = cell.setdefault("metadata", {}).setdefault("tags", [])
    tags.append("baseline")


def _tag_line(lines: list[str], place: int) -> None:
    """`# %%` becomes `# %% tags=["baseline"]`; tags that are there stay."""
    found = re.search(r"tags=\[([^\]]*)\]", lines[place])
    if found:
        tags = ", ".join(filter(None, (found[1], '"baseline"')))
        lines[place] = f"{lines[place][: found.start()]}tags=[{tags}]{lines[place][found.end() :]}"
    else:
        lines[place] = f'{lines[place].rstrip()} tags=["baseline"]'


def _markdown(source: str, notebook: dict) -> dict:  # type: ignore[type-arg]
    cell = {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}
    if notebook.get("nbformat_minor", 0) >= 5:
        name = re.sub(r"[^a-z]", "", source.split("\n")[0].lower())
        taken = {each.get("id") for each in notebook["cells"]}
        free = (f"{name}{number or ''}" for number in range(len(taken) + 1))
        cell["id"] = next(each for each in free if each not in taken)
    return cell


def _percent(source: str) -> Iterator[str]:
    yield from ("", "# %% [markdown]")
    yield from (f"# {line}".rstrip() for line in source.split("\n"))


def _imported(project: Project) -> set[str]:
    """The top names of all modules that the project's code imports."""
    cells = _cells(project) or ()
    codes = [cell.source for cell in cells if cell.kind == "code"]
    codes += [
        path.read_text("utf-8-sig", "replace")
        for path in python_files(project.folder)
        if path != project.script
    ]
    return {name for code in codes for name in _tops(code)}


def _tops(code: str) -> Iterator[str]:
    plain = "\n".join("pass" if re.match(r"\s*[!%?]", line) else line for line in code.split("\n"))
    try:
        nodes = list(ast.walk(ast.parse(plain)))
    except (SyntaxError, ValueError):
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _installed(names: set[str]) -> Iterator[str]:
    known = packages_distributions()
    for name in names - set(sys.stdlib_module_names):
        package = known.get(name, [name])[0]  # an editable install lists no modules
        with suppress(PackageNotFoundError):
            yield f"{package}=={version(package)}"


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _unused(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.old{n or ''}") for n in itertools.count())
    return next(name for name in names if not name.exists())
