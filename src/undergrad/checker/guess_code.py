"""A guess from the learner's code itself: a loop that cannot go round twice.

The sentence is about the code and true of it, whatever the numbers are.
"""

import ast
from collections.abc import Collection, Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Loop = ast.For | ast.While


def guess_code(tree: ast.Module, used: Collection[str]) -> str:
    """A sentence about the functions and classes `used` of the learner's file; "" for none."""
    defined = {node.name: node for node in tree.body if isinstance(node, _Function | ast.ClassDef)}
    for name in used:
        for function in _functions(defined.get(name)):
            for loop in _loops(function.body):
                if _ends_at_once(loop):
                    word = "while" if isinstance(loop, ast.While) else "for"
                    return (
                        f"The loop of `{function.name}` ends in its first round, because a "
                        f"`return` stands inside it. Indent that line like `{word}`."
                    )
    return ""


def _functions(node: ast.AST | None) -> Iterator[_Function]:
    """The function itself, or the methods of a class."""
    if isinstance(node, _Function):
        yield node
    elif isinstance(node, ast.ClassDef):
        yield from (each for each in node.body if isinstance(each, _Function))


def _loops(body: list[ast.stmt]) -> Iterator[_Loop]:
    """All loops of these statements, but not those of functions defined in between."""
    for node in body:
        if isinstance(node, _Loop):
            yield node
        if not isinstance(node, _Function | ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                yield from _loops(getattr(node, field, []))


def _ends_at_once(loop: _Loop) -> bool:
    """Does every round that is not skipped return? `while True` is left by its own `return`."""
    endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)
    skips = any(isinstance(each, ast.Continue) for each in ast.walk(loop))
    return not endless and not skips and _returns(loop.body)


def _returns(body: list[ast.stmt]) -> bool:
    """Do these statements return, whatever happens?"""
    last = body[-1]
    if isinstance(last, ast.If) and last.orelse:
        return _returns(last.body) and _returns(last.orelse)
    return isinstance(last, ast.Return)
