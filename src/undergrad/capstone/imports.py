"""The import rule: low-level tools only, over the notebooks and every Python file of the project.

What the tables of `libraries.py` forbid fails, unless a file of that name lies in the project (then
it is the person's own) or there is a waiver in the source:

    # undergrad: allow timm because the teacher's labels come from it

A waiver is never silent: it becomes a visible note. What a string or another notebook hides from a
reader is seen when it runs: `loaded` judges the modules that the kernel and its children imported.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from undergrad.capstone import libraries
from undergrad.capstone.libraries import below
from undergrad.capstone.notebook import Cell, NotebookError, read_ipynb
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, State, criterion
from undergrad.capstone.shell import in_shell
from undergrad.sandbox.names_used import Reader, Use

_WAIVER = re.compile(r"#\s*undergrad:\s*allow\s+([\w.]+)(?:\s+because\s+(\S.*))?")
_TODO = "Write that part yourself, or add “# undergrad: allow {} because ...” with your reason."
_TAG = (
    "If it is your baseline, give its cell the tag `baseline`: in Jupyter by the Property "
    'Inspector, in the script as `# %% tags=["baseline"]`. Otherwise write that part yourself.'
)


@dataclass(frozen=True)
class _Piece:
    """A stretch of Python: a whole file, or one cell."""

    code: str
    name: str
    tags: tuple[str, ...] = ()
    is_cell: bool = False

    def where(self, line: int) -> str:
        return f"{self.name}, its line {line}" if self.is_cell else f"{self.name} line {line}"


def imports(project: Project, cells: Sequence[Cell]) -> Criterion:
    """Judge every import of the project. `cells` are those of the notebook that will be run."""
    programs = _programs(project, cells)
    problems = [problem for program in programs for problem in _judge_program(program, project)]
    return criterion(
        "imports", "Low-level tools only", problems, good="only low-level tools are imported"
    )


def loaded(project: Project, cells: Sequence[Cell], names: Iterable[str]) -> Criterion:
    """Judge the modules that the project's own code imported while the notebook ran.

    What `imports` has read in the source is not said again, and its waivers hold here too.
    """
    programs = _programs(project, cells)
    waivers = [dict(_waivers(program)) for program in programs]
    known = {p.subject for p in imports(project, cells).problems}
    breaches = {libraries.forbidden_name(name) for name in names} - {None}
    problems = [
        Problem(
            f"the run imported {name}, and {libraries.FORBIDDEN[name]}",
            "the notebook, a command it runs, or another notebook",
            _TODO.format(name),
            name="forbidden-module",
            subject=name,
        )
        for name in sorted(filter(None, breaches))
        if name not in known
        and not _is_local(name, project.folder)
        and not any(below(name, waived) for each in waivers for waived in each)
    ]
    good = "nothing else was imported while it ran"
    return criterion("loaded", "What the run imported", problems, good=good)


def _programs(project: Project, cells: Sequence[Cell]) -> list[list[_Piece]]:
    """The notebook, the other notebooks beside it, and each file: what is read as one program."""
    return [
        _notebook(cells),
        *_other_notebooks(project),
        *([piece] for piece in _files(project)),
    ]


def _other_notebooks(project: Project) -> Iterator[list[_Piece]]:
    for path in sorted(project.folder.rglob("*.ipynb")):
        if path == project.ipynb or ".ipynb_checkpoints" in path.parts:
            continue
        name = path.relative_to(project.folder).as_posix()
        try:
            pieces = _notebook(read_ipynb(path))
        except NotebookError:
            continue  # it cannot run either
        yield [replace(piece, name=f"{name}, {piece.name}") for piece in pieces]


def _notebook(cells: Sequence[Cell]) -> list[_Piece]:
    from IPython.core.inputtransformer2 import TransformerManager

    transform = TransformerManager().transform_cell  # `!pip` and `%magic` become plain Python
    return [
        _Piece(transform(cell.source), cell.where, cell.tags, is_cell=True)
        for cell in cells
        if cell.kind == "code"
    ]


def _files(project: Project) -> Iterator[_Piece]:
    for path in python_files(project.folder):
        if path != project.script:
            name = path.relative_to(project.folder).as_posix()
            yield _Piece(path.read_text(encoding="utf-8-sig", errors="replace"), name)


def _judge_program(pieces: Sequence[_Piece], project: Project) -> Iterator[Problem]:
    """One file, or all cells of a notebook: they share their names and their waivers."""
    reader = Reader(is_main=True)  # a notebook is run, and a file of its project may be
    waivers = dict(_waivers(pieces))
    for piece in pieces:
        yield from _bad_waivers(piece)
        try:
            uses = [*reader.read(piece.code), *in_shell(piece.code, reader)]
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            yield Problem(
                "this is not Python, so its imports cannot be read",
                piece.where(line),
                "Fix the syntax; Python's own message says what it expected.",
                name="not-python",
            )
            continue
        yield from _once(_judge(use, piece, project, waivers) for use in uses)


def _waivers(pieces: Sequence[_Piece]) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        for module, reason in _WAIVER.findall(piece.code):
            if reason:
                yield module, reason.strip()


def _bad_waivers(piece: _Piece) -> Iterator[Problem]:
    for match in _WAIVER.finditer(piece.code):
        if not match[2]:
            line = piece.code.count("\n", 0, match.start()) + 1
            yield Problem(
                f"the waiver for {match[1]} gives no reason, so it does not count",
                piece.where(line),
                f"Write “# undergrad: allow {match[1]} because ...”.",
                state="attention",
                name="waiver-without-reason",
            )


def _once(problems: Iterator[Problem | None]) -> Iterator[Problem]:
    """The first problem of each sentence: a module used on fifty lines is reported once."""
    reported: set[str] = set()
    for problem in problems:
        if problem is not None and problem.message not in reported:
            reported.add(problem.message)
            yield problem


def _judge(use: Use, piece: _Piece, project: Project, waivers: dict[str, str]) -> Problem | None:
    where = piece.where(use.line)
    if use.how == "unreadable":
        return Problem(
            "an import whose name is only known at run time cannot be checked",
            where,
            "Name the module in the source.",
            state="attention",
            name="unreadable-import",
        )
    breach = _breach(use, piece, project)
    if breach is None:
        return _unknown(use, project, where)
    name, reason, state = breach
    if _is_local(name, project.folder):
        message = f"{name} is also a library that is not allowed; here it is taken as your own file"
        return Problem(message, where, "", "attention", "local-name", name)
    waiver = next((r for m, r in waivers.items() if below(use.name, m)), None)
    if waiver is not None:
        return Problem(f"{name} is used, because {waiver}", where, "", "attention", "waived", name)
    verb = "installs" if use.how == "install" else "uses"
    todo = _TAG if name.partition(".")[0] in libraries.BASELINE_ONLY else _TODO.format(name)
    kind = "untagged-baseline" if todo is _TAG else "forbidden-import"
    return Problem(f"it {verb} {name}, and {reason}", where, todo, state, kind, name)


def _breach(use: Use, piece: _Piece, project: Project) -> tuple[str, str, State] | None:
    """(the module to name, why it is not allowed, the state), or None when it is allowed."""
    name = libraries.forbidden_name(use.name)
    if use.how == "spelled" and "." not in (name or ""):
        return None  # a variable that is called like a library
    if name is not None:
        return name, libraries.FORBIDDEN[name], "fail"
    top = use.name.partition(".")[0]
    if top in libraries.BASELINE_ONLY and use.how != "install" and "baseline" not in piece.tags:
        return _learner(use.name, top)
    if top in libraries.MIDDLE:
        if project.family == "supervised":
            return top, "it holds ready layers and optimisers", "fail"
        return top, "it is fair only after an optimiser and a layer of your own", "attention"
    return None


def _learner(module: str, top: str) -> tuple[str, str, State] | None:
    """A learner that is not a network may be the baseline, in a cell tagged `baseline`."""
    part = module.removeprefix("sklearn").removeprefix(".")
    harmless = not part or part.startswith("_")
    if top == "sklearn" and (
        harmless or any(below(module, name) for name in libraries.SKLEARN_ANYWHERE)
    ):
        return None
    name = ".".join(module.split(".")[:2]) if top == "sklearn" else top
    return name, "such a learner belongs in a cell tagged “baseline”, to be beaten", "fail"


def _unknown(use: Use, project: Project, where: str) -> Problem | None:
    top = use.name.partition(".")[0]
    known = top in sys.stdlib_module_names or any(below(use.name, n) for n in libraries.ALLOWED)
    if use.how != "import" or known or use.name == "pettingzoo":
        return None
    if _is_local(top, project.folder) or _is_local(top, project.folder / "tests"):
        return None
    successor = libraries.SUCCESSORS.get(top)
    if successor:
        return Problem(
            f"{top} is no longer maintained, and its successor is {successor}",
            where,
            f"Import {successor} instead; its interface is nearly the same.",
            state="attention",
            name="successor",
            subject=top,
        )
    if _is_missing(top):
        return Problem(
            f"there is no {top}.py in the project, and no library {top} is installed",
            where,
            f"Copy {top}.py beside the notebook if it is yours; install {top} if it is a library.",
            state="attention",
            name="missing-module",
            subject=top,
        )
    return Problem(
        f"{top} is not on the list of low-level tools",
        where,
        "Say in the README what it is for, and that it neither trains nor models for you.",
        state="attention",
        name="unknown-import",
    )


def _is_missing(top: str) -> bool:
    try:
        return find_spec(top) is None
    except (ImportError, ValueError):
        return True


def _is_local(name: str, folder: Path) -> bool:
    top = name.partition(".")[0]
    return (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file()
