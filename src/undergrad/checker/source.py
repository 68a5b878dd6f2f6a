"""The learner's file as text: read with care, never run here."""

import ast
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from undergrad.errors import CourseError
from undergrad.sandbox import renames

MAX_BYTES = 1_000_000


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
        """The docstrings, by function, in which `Returns:` declares the form of what comes back."""
        functions = (each for each in self.tree.body if isinstance(each, ast.FunctionDef))
        docstrings = {each.name: ast.get_docstring(each) or "" for each in functions}
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
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = _arguments(node.args)
        if isinstance(node, ast.ClassDef):
            found[node.name] = ""
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    found[f"{node.name}.{inner.name}"] = _arguments(inner.args)
    return found


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


def _syntax(error: SyntaxError, name: str) -> str:
    text = (error.text or "").strip()
    shown = f"\nline {error.lineno}: {text}" if text else ""
    at = f" in line {error.lineno}" if error.lineno else ""
    return f"Python cannot read {name}{at}: {error.msg}.{shown}"
