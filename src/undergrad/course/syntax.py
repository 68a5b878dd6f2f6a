"""Reading decorators from a syntax tree: which functions wear one, and with what literals."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undergrad.course.reading import name_of, read
from undergrad.errors import CourseError

_WORDS = {int: "number", str: "text", list: "list"}


@dataclass(frozen=True)
class Decorated:
    """A function or class and the call that decorates it."""

    name: str
    call: ast.Call
    file: str

    def error(self, message: str) -> CourseError:
        """The error for this decorator, with file and line in front."""
        return CourseError(f"{self.file}:{self.call.lineno}: {message}")

    def required(self, index: int, name: str, kind: type) -> Any:
        """The literal given by position or by name. CourseError when it is not one of `kind`."""
        positional = self.call.args[index : index + 1]
        node = positional[0] if positional else self._keyword(name)
        if node is None:
            raise self.error(f"`{name}` is missing; add it.")
        return self._literal(node, name, (kind,))

    def optional(self, name: str, kinds: tuple[type, ...]) -> Any:
        """The literal given by name, or an empty tuple."""
        node = self._keyword(name)
        return () if node is None else self._literal(node, name, kinds)

    def _keyword(self, name: str) -> ast.expr | None:
        return next((each.value for each in self.call.keywords if each.arg == name), None)

    def _literal(self, node: ast.expr, name: str, kinds: tuple[type, ...]) -> Any:
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError):  # a call or a name; an impossible set or mapping
            raise self.error(f"`{name}` is computed; write it out, it is read, not run.") from None
        if type(value) not in kinds:
            raise self.error(f"`{name}` is not a {_WORDS[kinds[0]]}; make it one.")
        return value


def tree(path: Path, root: Path) -> ast.Module:
    """The syntax tree of a Python file. CourseError with the line when it does not parse."""
    try:
        return ast.parse(read(path, root), filename=str(path))
    except SyntaxError as error:
        message = f"{name_of(path, root)}:{error.lineno or 1}: this is not Python ({error.msg})."
        raise CourseError(message) from None
    except ValueError as error:  # a null byte
        raise CourseError(f"{name_of(path, root)}:1: this is not Python ({error}).") from None


def decorated(module: ast.Module, decorator: str, file: str) -> list[Decorated]:
    """What wears `@decorator(...)` or `@anything.decorator(...)`, in file order."""
    found = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found += [
                Decorated(node.name, call, file)
                for call in node.decorator_list
                if isinstance(call, ast.Call) and _name(call.func) == decorator
            ]
    return found


def defined_names(module: ast.Module) -> set[str]:
    """The functions and classes that the module defines at its top level."""
    return {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
