"""The learner's file as text: read with care, never run here."""

import ast
import codecs
import os
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from undergrad.errors import CourseError
from undergrad.sandbox import renames

MAX_BYTES = 1_000_000
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unreadable(Exception):
    """The file cannot be checked; the message says why, in the learner's words."""


@dataclass(frozen=True)
class Source:
    """A Python file that can be parsed. `signatures` maps "f" and "Class.f" to its arguments."""

    name: str
    path: str  # as it is typed in the current folder
    code: bytes
    tree: ast.Module
    signatures: dict[str, str] = field(default_factory=dict)
    renamed: tuple[tuple[str, str], ...] = ()  # (old name that the file uses, name of today)

    @property
    def returns(self) -> dict[str, str]:
        """The docstrings of functions and methods that declare what comes back by `Returns:`."""
        docstrings = {name: ast.get_docstring(each) or "" for name, each in _functions(self.tree)}
        return {name: text for name, text in docstrings.items() if "Returns:" in text}

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its indentation."""
        lines = self.code.decode("utf-8", "replace").splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def read(path: Path, renamed: renames.Renamed = ()) -> Source:
    """The file. renamed: the unit's (old name, name of today).

    Raises Unreadable for a missing, odd, empty or huge file and for a syntax error.
    """
    code = _bytes(path)
    _look_at_encoding(code, path.name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "\d" in a string; not what is judged here
            tree = ast.parse(code)
            compile(tree, path.name, "exec", dont_inherit=True)
            found = renames.in_use(tree, renamed)
            names = _with_new_names(signatures(tree), found)
            return Source(path.name, _as_typed(path), code, tree, names, found)
    except SyntaxError as error:
        raise Unreadable(_syntax(error, path.name)) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        reason = str(error) or "it is nested too deeply"
        raise Unreadable(f"{path.name} is not Python: {reason}.") from None


def _as_typed(path: Path) -> str:
    """The path seen from the current folder."""
    try:
        return os.path.relpath(path)
    except ValueError:  # it lies on another drive
        return str(path)


def worked_solution(folder: Path) -> Source:
    """The text of the solution in a unit's folder. Raises CourseError when it cannot be read."""
    try:
        return read(folder / "solution.py")
    except Unreadable as error:
        raise CourseError(f"{folder.name}: {error}") from error


def _with_new_names(
    signatures: dict[str, str], renamed: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    """The signatures, where an old name also stands under the name of today."""
    new = {
        ".".join([*old.split(".")[:-1], name]): signatures[old]
        for old, name in renamed
        if old in signatures
    }
    return {**signatures, **new}


def signatures(tree: ast.Module) -> dict[str, str]:
    """The arguments of every top-level function and of every method, without annotations."""
    found = {each.name: "" for each in tree.body if isinstance(each, ast.ClassDef)}
    return {**found, **{name: _arguments(each.args) for name, each in _functions(tree)}}


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    """Every top-level function and every method, as "f" and "Class.f"."""
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            inside = (each for each in node.body if isinstance(each, _Function))
            yield from ((f"{node.name}.{each.name}", each) for each in inside)


def _arguments(arguments: ast.arguments) -> str:
    bare = ast.parse(f"def f({ast.unparse(arguments)}): 0").body[0]
    assert isinstance(bare, ast.FunctionDef)
    for each in ast.walk(bare.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return ast.unparse(bare.args)


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise Unreadable(f"There is no file {path.name} yet.")
    if not path.is_file():
        raise Unreadable(f"{path.name} is not a file.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(f"{path.name} has {size / 1e6:.0f} MB; an exercise has a few kilobytes.")
    try:
        code = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from None
    if not code.strip():
        raise Unreadable(f"{path.name} is empty; `undergrad reset` brings the blank exercise back.")
    return code


# What a newer Python reads: since when, how such a line looks, what it is, and what to write here.
_QUOTES_INSIDE = r""".*\b[rR]?[fF][rR]?(["'])((?!\1).)*\{((?!\1)[^}])*(\1|\\)[^}]*\}"""
_NEWER = (
    ((3, 12), r"type \w+.*=", "a `type` statement", "Leave the word `type` out"),
    ((3, 12), r"(async )?(def|class) \w+\[", "type parameters", "Leave the square brackets out"),
    ((3, 12), _QUOTES_INSIDE, "an f-string of a newer form", "Use the other quotes inside of it"),
    ((3, 14), r"except [\w.]+, *[\w., ]+:", "`except` with several errors", "Put them in (...)"),
    ((3, 14), r""".*\b[rR]?[tT][rR]?["']""", "a template string", "Use an f-string"),
)
# What Python says, and what to do about it.
_SYNTAX_CURES = {
    "inconsistent use of tabs": "Some lines begin with tabs, others with spaces: let your editor "
    "replace each tab by four spaces.",
    "unindent does not match": "Indent the line exactly like the others of its block; a tab and "
    "some spaces may look alike.",
    "invalid non-printable character": "It came along with copied text and looks like a space, or "
    "like nothing: delete it and type a space if one is needed.",
    "invalid character": "It came along with copied text: type it on your keyboard.",
    "unknown encoding": "Delete the line with `coding` and save the file as UTF-8.",
    "(unicode error) 'unicodeescape'": "A backslash begins an escape such as \\n: put an r before "
    "the quotes, as in r'C:\\Users'.",
}


def _look_at_encoding(code: bytes, name: str) -> None:
    """Raises Unreadable for another encoding than UTF-8, unless the file declares it."""
    wide = code.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide or code.count(0) > len(code) // 4:
        raise Unreadable(
            f"{name} is saved as UTF-16, which Python does not read: save it as UTF-8."
        )
    if 0 in code:
        raise Unreadable(f"{name} holds null bytes, as no text does: save it again as UTF-8.")
    if re.match(rb"(.*\n)?[ \t\f]*#.*?coding[:=][ \t]*[-\w.]", code):  # as PEP 263 has it
        return
    try:
        code.decode("utf-8")
    except UnicodeDecodeError as error:
        number = code.count(b"\n", 0, error.start) + 1
        line = code.splitlines()[number - 1].decode("latin-1").strip()
        raise Unreadable(
            f"{name} is not saved as UTF-8, as line {number} shows: save it as UTF-8.\n"
            f"line {number}: {line}"
        ) from None


def _syntax(error: SyntaxError, name: str) -> str:
    text = (error.text or "").strip()
    shown = f"\nline {error.lineno}: {text}" if text else ""
    for since, line, what, instead in _NEWER:
        if sys.version_info < since and re.match(line, text):
            need, have = (".".join(map(str, each[:2])) for each in (since, sys.version_info))
            return (
                f"Line {error.lineno} of {name} has {what}, which needs Python {need}; you have "
                f"{have}. {instead}.{shown}"
            )
    at = f" in line {error.lineno}" if error.lineno else ""
    said = error.msg if error.msg.endswith("?") else f"{error.msg}."
    cures = (cure for start, cure in _SYNTAX_CURES.items() if error.msg.startswith(start))
    return f"Python cannot read {name}{at}: {said}{shown}\n{next(cures, '')}".rstrip()
