"""The from-scratch rule of a unit: names its exercise may not use, found without running it.

A rule is a dotted name and covers everything below it: `torch` covers `torch.nn.functional`. The
longest rule that covers a use decides, so `forbid: [numpy.linalg]` with
`allow: [numpy.linalg.norm]` leaves one door open. A task may have an allowance of its own:
`numpy.dot in cosine, project` holds inside of those functions.
"""

import ast
from collections.abc import Iterable, Iterator

from undergrad.checker.source import Source
from undergrad.sandbox.names_used import Reader, covering


def forbidden(source: Source, allow: tuple[str, ...], forbid: tuple[str, ...]) -> str:
    """A sentence about the first forbidden use; "" when there is none.

    What runs only when the file is run as a program is left out: a check imports it.
    """
    try:
        uses = Reader(is_main=False).read(source.tree)
    except ValueError as error:
        return f"{source.name} cannot be read: {error}."
    for use in uses:
        if use.how == "spelled":  # a variable of the learner's that is called like a module
            continue
        rule = covering(use.name, forbid)
        allowed = covering(use.name, _holding(allow, _function(source.tree, use.line)))
        if rule and len(allowed) < len(rule):
            return (
                f"`{use.name}` (line {use.line}) is out of bounds in this unit, since `{rule}` "
                "would do the work that you are here to build by hand.\n"
                f"line {use.line}: {source.line(use.line)}"
            )
    return ""


def _holding(allow: Iterable[str], function: str) -> Iterator[str]:
    """The allowances that hold in a function of the exercise."""
    for rule in allow:
        name, _, where = rule.partition(" in ")
        if not where or function in (each.strip() for each in where.split(",")):
            yield name


def _function(tree: ast.Module, line: int) -> str:
    """The name of the function or class at the top level that the line belongs to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (
            node.lineno <= line <= (node.end_lineno or line)
        ):
            return node.name
    return ""
