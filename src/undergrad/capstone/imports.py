"""The import rule: low-level tools only, over the notebook and every Python file of the project.

What the tables of `libraries.py` forbid fails, unless a file of that name lies in the project (then
it is the person's own) or there is a waiver in the source:

    # undergrad: allow timm because the teacher's labels come from it

A waiver is never silent: it becomes a visible note.
"""

import ast
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from undergrad.capstone import libraries
from undergrad.capstone.libraries import below
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, State, criterion
from undergrad.sandbox.names_used import Reader, Use

_WAIVER = re.compile(r"#\s*undergrad:\s*allow\s+([\w.]+)(?:\s+because\s+(\S.*))?")
_SHELL = {"system", "getoutput", "run_cell_magic", "run_line_magic"}
_INSTALLERS = {"pip", "pip3", "uv", "conda", "mamba"}
_TODO = "Write that part yourself, or add “# undergrad: allow {} because ...” with your reason."


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
    programs = [_notebook(cells), *([piece] for piece in _files(project))]
    problems = [problem for program in programs for problem in _judge_program(program, project)]
    return criterion(
        "imports",
        "Low-level tools only",
        problems,
        good="only low-level tools are imported",
        gate=True,
    )


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
            uses = [*reader.read(piece.code), *_in_shell(piece.code, reader)]
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


def _in_shell(code: str, reader: Reader) -> Iterator[Use]:
    """What `!pip install x` and magics use, as IPython's own transformer writes them."""
    for call in ast.walk(ast.parse(code)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        magic = call.func.attr
        if magic not in _SHELL:
            continue
        texts = [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]
        lines = [" ".join(texts)]
        if magic == "run_cell_magic" and len(texts) == 3:
            yield from reader.read_string(texts[2], call.lineno)  # %%time and the like hold Python
            lines = texts[2].splitlines()
        yield from (Use(name, call.lineno, "install") for line in lines for name in installed(line))


def installed(line: str) -> list[str]:
    """The modules that a shell line installs: `pip install tf-keras==2` gives `tf_keras`."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.replace("'", "").replace('"', "").split()  # an unclosed quote
    if "install" not in words and "add" not in words:
        return []
    verb = words.index("install" if "install" in words else "add")
    if not _INSTALLERS & set(words[:verb]):
        return []
    names = (re.match(r"[A-Za-z0-9_.-]+", word) for word in words[verb + 1 :] if word[0] != "-")
    return [name.group().replace("-", "_").lower() for name in names if name]


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
        return Problem(
            f"{name} is also a library that is not allowed; here it is taken as your own file",
            where,
            state="attention",
            name="local-name",
        )
    waiver = next((r for m, r in waivers.items() if below(use.name, m)), None)
    if waiver is not None:
        return Problem(f"{name} is used, because {waiver}", where, state="attention", name="waived")
    verb = "installs" if use.how == "install" else "uses"
    return Problem(
        f"it {verb} {name}, and {reason}", where, _TODO.format(name), state, "forbidden-import"
    )


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
        if project.kind == "supervised":
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
    return Problem(
        f"{top} is not on the list of low-level tools",
        where,
        "Say in the README what it is for, and that it neither trains nor models for you.",
        state="attention",
        name="unknown-import",
    )


def _is_local(name: str, folder: Path) -> bool:
    top = name.partition(".")[0]
    return (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file()
