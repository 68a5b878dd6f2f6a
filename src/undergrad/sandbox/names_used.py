"""Which dotted names a piece of Python uses, read from its syntax tree without running it.

    Reader(is_main=False).read("import numpy as np; np.linalg.inv")   # numpy, numpy.linalg.inv

The one reader behind the from-scratch rule of an exercise and the import rule of a capstone. Names
are followed as `meanings` describes; code in strings that is run is read as well.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from undergrad.sandbox.meanings import Meanings, running

_DEEPEST = 3  # strings of code inside strings of code

How = Literal["import", "attribute", "spelled", "install", "unreadable"]


@dataclass(frozen=True)
class Use:
    """One use of a dotted name; `name` is empty when it is only known at run time.

    `spelled` is a chain such as `tf.keras` whose first name was never seen to be imported;
    `unreadable` is an import whose name the source does not contain. `install` is for callers
    that read lines such as `pip install keras` too.
    """

    name: str
    line: int
    how: How


class Reader:
    """Reads pieces of one program in order; names bound in one piece are known in the next.

    is_main: whether the code runs as a program, so that `if __name__ == "__main__":` runs too.
    """

    def __init__(self, *, is_main: bool) -> None:
        self._is_main = is_main
        self._meanings = Meanings()
        self._depth = 0  # of code in strings

    def read(self, code: str | ast.AST) -> list[Use]:
        """Every use in `code`, in line order. Raises SyntaxError or ValueError if not Python."""
        try:
            tree = ast.parse(code) if isinstance(code, str) else code
            nodes = list(running(tree, self._is_main))
            self._meanings.learn(nodes)
            # In `a.b.c` the whole chain is the use, not its beginning `a.b`.
            inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
            uses = [use for node in nodes if id(node) not in inner for use in self._uses(node)]
        except (RecursionError, MemoryError):
            raise ValueError("it is nested too deeply") from None
        return sorted(dict.fromkeys(uses), key=lambda use: use.line)

    def read_string(self, code: str, line: int) -> Iterator[Use]:
        """The uses in code that stands in a string on `line`; none when it is not Python."""
        if self._depth < _DEEPEST:
            self._depth += 1
            with suppress(SyntaxError, ValueError):
                yield from (Use(use.name, line, use.how) for use in self.read(code))
            self._depth -= 1

    def _uses(self, node: ast.AST) -> Iterator[Use]:
        match node:
            case ast.Import(names=names):
                yield from (Use(each.name, node.lineno, "import") for each in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for each in names:
                    tail = "" if each.name == "*" else f".{each.name}"
                    yield Use(module + tail, node.lineno, "import")
            case ast.Name(ctx=ast.Load()) | ast.Attribute() | ast.Subscript():
                found = self._meanings.of(node)
                yield from (Use(name, node.lineno, "attribute") for name in sorted(found))
                if not found and isinstance(node, ast.Attribute) and (name := _spelled(node)):
                    yield Use(name, node.lineno, "spelled")
            case ast.Call():
                yield from self._called(node)

    def _called(self, call: ast.Call) -> Iterator[Use]:
        """The uses in a call: a module that is imported, an attribute, code in a string."""
        found, imports = self._meanings.of(call), self._meanings.is_import(call)
        how: How = "import" if imports else "attribute"
        yield from (Use(name, call.lineno, how) for name in sorted(found))
        if imports and not found:
            yield Use("", call.lineno, "unreadable")
        for text in sorted(self._meanings.code_in(call)):
            yield from self.read_string(text, call.lineno)


def covering(name: str, rules: Iterable[str]) -> str:
    """The longest of `rules` that is `name` or lies above it by whole parts; "" for none."""
    hits = (rule for rule in rules if name == rule or name.startswith(rule + "."))
    return max(hits, key=len, default="")


def _spelled(node: ast.expr) -> str:
    """A chain as it is written, `tf.keras`, whatever `tf` means; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _spelled(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""
