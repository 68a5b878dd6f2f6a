"""What an exercise imports from those of earlier units: `from exercises.attention import ...`."""

import ast
from functools import cache

from undergrad.course.compiled import load
from undergrad.course.lookup import unit_folder
from undergrad.course.models import Unit


def imported(tree: ast.AST) -> tuple[Unit, ...]:
    """The written units from whose exercises a file imports, each once, in its own order."""
    names = (node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    modules = [each.removeprefix("exercises.") for each in names if each.startswith("exercises.")]
    return tuple(_units()[each] for each in dict.fromkeys(modules) if each in _units())


def on_loan(tree: ast.AST) -> dict[str, str]:
    """The worked solutions that a file needs from earlier units, by module name."""
    return {unit.module: solution(unit) for unit in imported(tree)}


def solution(unit: Unit) -> str:
    """The text of a unit's worked solution."""
    return (unit_folder(unit) / "solution.py").read_text("utf-8")


@cache
def _units() -> dict[str, Unit]:
    """The written units by the names of their exercises' modules."""
    return {unit.module: unit for unit in load().units if unit.written}
