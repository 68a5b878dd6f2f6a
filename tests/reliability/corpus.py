"""Learner code that must not pass: it solves nothing, or it does harm while it solves.

A case is planted into a correct solution: `before` is run at the import, and `body` becomes the
body of one function of the exercise. The rest of the file stays right, so only the case itself
can keep it from passing. In both texts `$args` stands for the function's arguments, `$name` for
its name, `$folder` for the unit's folder, `$check` for the first check; `_right(...)` is the right
function.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.reliability.harm import HARM
from tests.reliability.lies import LIES

from undergrad.checker.answer_key import load_answer_key
from undergrad.course.blank import blank


@dataclass(frozen=True)
class Case:
    """One way to be wrong, with every verdict that is right for it."""

    name: str
    before: str
    body: str
    verdicts: frozenset[str]


def _case(name: str, before: str, body: str, verdicts: str | set[str]) -> Case:
    return Case(
        name, before, body, frozenset([verdicts] if isinstance(verdicts, str) else verdicts)
    )


CASES = tuple(_case(name, *rest) for name, rest in (HARM | LIES).items())


@dataclass(frozen=True)
class Target:
    """The exercise a case is planted into, and the function that it replaces."""

    folder: Path
    function: str

    @property
    def solution(self) -> str:
        return (self.folder / "solution.py").read_text("utf-8")

    @property
    def blank(self) -> str:
        return blank(self.solution)


def plant(case: Case, target: Target) -> str:
    """The learner's file: the solution with `case` in the place of the target's function."""
    words = {
        "args": _arguments(target),
        "name": target.function,
        "folder": str(target.folder),
        "check": load_answer_key(target.folder).checks[0].name,
    }
    before, body = (Template(text).safe_substitute(words) for text in (case.before, case.body))
    watermark = f"def {target.function}({words['args']}):"
    return f"{target.solution}\n{before}\n\n_right = {target.function}\n\n{watermark}\n    {body}\n"


def _arguments(target: Target) -> str:
    """The names of the function's arguments, separated by commas."""
    found = (
        node
        for node in ast.parse(target.solution).body
        if isinstance(node, ast.FunctionDef) and node.name == target.function
    )
    return ", ".join(argument.arg for argument in next(found).args.args)
