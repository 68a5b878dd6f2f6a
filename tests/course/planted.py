"""Learners' files with a known mistake in them, as a learner might have written them."""

import ast
from pathlib import Path

from undergrad.checker.answer_key import load_answer_key
from undergrad.course import edits


def mistakes(folder: Path) -> dict[str, str]:
    """For each mistake of the unit in `folder`, by name, the solution's file with it."""
    solution = (folder / "solution.py").read_text("utf-8")
    return {
        each.name: edits.edited(solution, each.made)
        if isinstance(each.made, edits.Mistake)
        else _replaced(solution, folder, each)
        for each in load_answer_key(folder).mistakes
    }


def _replaced(solution, folder, mistake):
    """The solution with a function of `mistakes.py` in the place of its own."""
    tree = ast.parse((folder / "mistakes.py").read_text("utf-8"))
    wanted = [each for each in tree.body if not _is_other(each, mistake.name)]
    for each in wanted:
        if isinstance(each, ast.FunctionDef | ast.ClassDef):
            each.decorator_list = []
    text = ast.unparse(ast.Module(wanted, []))
    return f"{solution}\n{text}\n{mistake.function} = {mistake.name}\n"


def _is_other(node, name):
    """Another mistake, or the import of the decorator."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "undergrad.checker"
    is_marked = isinstance(node, ast.FunctionDef | ast.ClassDef) and bool(node.decorator_list)
    return is_marked and node.name != name
