"""A unit is written once: its blank exercise is cut from `solution.py`.

The blank is cut at two kinds of mark in the solution. From a comment `# TODO 2: what to do` to the
end of its function everything is taken out, and a statement whose first line ends in
`# solution only` is left out whole:

    def relu_backward(g, cache):
        '''The gradient of ReLU.'''
        # TODO 2: where does the gradient get through?
        return g * (cache > 0)

In an exercise that hands out broken code, the line that is to be repaired says what it was. Then
nothing is cut, and the blank has the broken line:

    # TODO 8: delete this line and repair one other
    ...
    grad = 2 * error  # was: grad += 2 * error
"""

import ast
import json
import re

from undergrad.course.edits import TODO, EditError, end_of, indent_of, tree_of

WIDTH = 100  # of a line
_SOLUTION_ONLY = re.compile(r"# solution only$")
_BROKEN = re.compile(r"^( *)\S.*  # was: (.+)$")


def blank(solution: str) -> str:
    """The exercise as a learner receives it.

    Raises EditError for a TODO that stands in no function, and for a mark of another line than the
    first of a statement.
    """
    lines = solution.splitlines()
    tree = tree_of(solution)
    cuts: dict[int, tuple[int, list[str]]] = {}  # first line: (line after the last, what comes in)
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    functions = [node for node in statements if isinstance(node, ast.FunctionDef)]
    for node in statements:
        if _SOLUTION_ONLY.search(lines[node.lineno - 1]):
            cuts[_first_line(node, lines)] = (end_of(node), [])
    firsts = {node.lineno - 1 for node in statements}
    for number, line in enumerate(lines):
        if _SOLUTION_ONLY.search(line) and number not in firsts:
            raise EditError(number + 1, f"`{line.strip()}` ends no first line of a statement.")
        if todo := TODO.match(line):
            function = _around(functions, number + 1)
            if function is None:
                raise EditError(number + 1, f"`{line.strip()}` stands in no function.")
            end = end_of(function)
            stub = _stub(todo[1], indent_of(line))
            cuts[number] = end, [*stub, *_broken(lines[number + 1 : end])]
    return _spaced("\n".join(_cut(lines, cuts)) + "\n")


def unmarked(solution: str) -> str:
    """The solution as a learner reads it: without the marks at which the blank is cut."""
    lines = (line for line in solution.splitlines() if not TODO.match(line))
    return "\n".join(_SOLUTION_ONLY.sub("", line).rstrip() for line in lines) + "\n"


def tasks_by_name(solution: str) -> dict[str, tuple[int, ...]]:
    """The functions and classes of a solution in which something is to be written: their tasks."""
    lines = solution.splitlines()
    named = (ast.FunctionDef, ast.ClassDef)
    found = {}
    for node in (each for each in tree_of(solution).body if isinstance(each, named)):
        todos = filter(None, map(TODO.match, lines[node.lineno - 1 : end_of(node)]))
        found[node.name] = tuple(int(re.findall(r"\d+", todo[1])[0]) for todo in todos)
    return {name: tasks for name, tasks in found.items() if tasks}


def _stub(todo: str, indent: str) -> list[str]:
    """The statement that stands for a TODO, on three lines when one would be too long."""
    text = json.dumps(todo, ensure_ascii=False)
    stub = f"{indent}raise NotImplementedError({text})"
    if len(stub) <= WIDTH:
        return [stub]
    return [f"{indent}raise NotImplementedError(", f"{indent}    {text}", f"{indent})"]


def _broken(lines: list[str]) -> list[str]:
    """The lines below a TODO as they are handed out; none, unless one of them was broken."""
    broken = [_BROKEN.sub(r"\1\2", line) for line in lines]
    return broken if broken != lines else []


def _around(functions: list[ast.FunctionDef], line: int) -> ast.FunctionDef | None:
    """The innermost function whose body holds the line."""
    holding = [node for node in functions if node.lineno < line <= end_of(node)]
    return max(holding, key=lambda node: node.lineno, default=None)


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """Its index, with the decorators and the comment right above it."""
    decorators = getattr(node, "decorator_list", [])
    first = int(min([node.lineno, *(each.lineno for each in decorators)])) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _cut(lines: list[str], cuts: dict[int, tuple[int, list[str]]]) -> list[str]:
    """The lines with the cuts made. Around a gap stay as many empty lines as on its wider side."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if number not in cuts:
            kept.append(lines[number])
            number += 1
            continue
        number, new = cuts[number]
        kept += new
        below = _empty(lines[number:])
        if not new:
            number += min(below, _empty(kept[::-1]))
    return kept


def _empty(lines: list[str]) -> int:
    """How many of the first lines are empty."""
    return next((number for number, line in enumerate(lines) if line), len(lines))


def _spaced(text: str) -> str:
    """At most two empty lines in a row, and none at the end."""
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip("\n") + "\n"
