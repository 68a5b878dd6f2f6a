"""A unit is written once: its typical mistakes are edits of `solution.py`, as a learner would type.

Each has the sentence that the learner then reads, and `mistakes.txt` holds them:

    relu_backward
        > 0  ->  >= 0
        The derivative at exactly 0 is taken as 1. Here it is 0: compare with > .

        - return g * (cache > 0)
        + g[cache <= 0] = 0
        + return g
        The caller's g is changed in place. Multiply into a new array.

    ce_backward (in _softmax)
        axis=1  ->  axis=0
        or
        axis=1, keepdims=True  ->  axis=0
        Softmax runs down the batch. The classes of one example compete: axis 1.

A line `old  ->  new` replaces a piece of text that occurs once in the function; lines that begin
with `-` and `+` replace whole lines. `(in ...)` names the function to edit when it is not the one
whose check fails. A block without a name belongs to the function of the block before it, `or`
stands between several forms of one mistake, and a line that begins with `#` is a comment.
"""

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from string import ascii_lowercase

TODO = re.compile(r"^ *# (TODO \d+: \S.*)$")
_HEADER = re.compile(r"(?P<function>[\w.]+)(?: \(in (?P<place>[\w.]+)\))?")
_LETTERS = ("", *ascii_lowercase[1:])  # of the forms of a mistake
_ARROW = re.compile(r" {2}->(?: {2}|$)")

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class EditError(ValueError):
    """A mark or an edit that does not fit; `line` is where, in the file that holds it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Edit:
    """One replacement. `whole_lines`: of lines, whatever their indentation; else of a piece."""

    old: str
    new: str
    whole_lines: bool


@dataclass(frozen=True)
class Mistake:
    """A typical wrong solution: edits in the definition `place`, seen when `function` is called."""

    name: str
    function: str
    place: str
    edits: tuple[Edit, ...]
    sentence: str
    line: int  # in mistakes.txt


def parse(text: str) -> tuple[Mistake, ...]:
    """The mistakes of a `mistakes.txt`, in the order of the file.

    Raises EditError with the line for a block without a function, an edit or a sentence.
    """
    found: list[Mistake] = []
    numbers: Counter[str] = Counter()
    function = place = ""
    for first, block in _blocks(text):
        header = None if block[0].startswith(" ") else _HEADER.fullmatch(block[0].rstrip())
        if header:
            function, place = header["function"], header["place"] or header["function"]
            block, first = block[1:], first + 1
        if not function or any(not line.startswith("    ") for line in block):
            raise EditError(first, "a mistake begins with the name of its function; indent by 4.")
        if not block:
            raise EditError(first - 1, f"`{function}` has no edit; write one below it.")
        body = [line[4:].rstrip() for line in block]
        numbers[function] += 1
        name = f"{function}-{numbers[function]}"
        found.extend(
            Mistake(f"{name}{letter}", function, place, form, " ".join(body), first)
            for letter, form in zip(_LETTERS, _forms(body, first), strict=False)
        )
    return tuple(found)


def edited(solution: str, mistake: Mistake) -> str:
    """The solution's text with the mistake in it.

    Raises EditError when `place` is not defined, or an edit fits nowhere or in several places.
    """
    for edit in mistake.edits:
        solution = _applied(solution, mistake, edit)
    return solution


@lru_cache(maxsize=64)
def tree_of(text: str) -> ast.Module:
    """The syntax tree, which nobody changes; a unit's mistakes are all edits of one text."""
    return ast.parse(text)


def _forms(body: list[str], line: int) -> list[tuple[Edit, ...]]:
    """The forms of one mistake, which are taken out of `body`; its sentence remains."""
    forms = [_edits(body)]
    while body[:1] == ["or"]:
        del body[0]
        forms.append(_edits(body))
    if not body or not all(form and all(edit.old for edit in form) for form in forms):
        raise EditError(line, "a mistake has an edit, `old  ->  new`, and below it its sentence.")
    return forms


def _edits(body: list[str]) -> tuple[Edit, ...]:
    """The edits at the top of `body`, which are taken out of it."""
    edits: list[Edit] = []
    while body and (kind := _kind(body[0])):
        if kind == "->":
            old, new = _ARROW.split(body.pop(0), maxsplit=1)
            edits.append(Edit(old.strip(), new.strip(), whole_lines=False))
        else:
            old, new = (_taken(body, sign) for sign in "-+")
            edits.append(Edit(old, new, whole_lines=True))
    return tuple(edits)


def _kind(line: str) -> str:
    """How an edit is written in this line; empty when it belongs to the sentence."""
    if _ARROW.search(line):
        return "->"
    return line[:1] if re.match(r"[-+]( |$)", line) else ""


def _taken(body: list[str], sign: str) -> str:
    """The lines at the top of `body` that begin with the sign, which are taken out of it."""
    taken = []
    while body and _kind(body[0]) == sign:
        taken.append(body.pop(0)[2:])
    return "\n".join(taken)


def _applied(solution: str, mistake: Mistake, edit: Edit) -> str:
    lines = solution.splitlines()
    first, end = _region(solution, lines, mistake)
    text = "\n".join(lines[first:end])
    spots = list(_line_spots(text, edit) if edit.whole_lines else _spots(text, edit))
    if len(spots) != 1:
        where = "nowhere" if not spots else f"{len(spots)} times"
        raise EditError(
            mistake.line, f"`{edit.old}` occurs {where} in `{mistake.place}`, and must occur once."
        )
    start, stop, new = spots[0]
    changed = text[:start] + new + text[stop:]
    return "\n".join([*lines[:first], changed, *lines[end:]]) + "\n"


def _spots(text: str, edit: Edit) -> Iterator[tuple[int, int, str]]:
    """(start, end, replacement) for every place where the piece of text occurs."""
    for hit in re.finditer(re.escape(edit.old), text):
        yield hit.start(), hit.end(), edit.new


def _line_spots(text: str, edit: Edit) -> Iterator[tuple[int, int, str]]:
    """The same for whole lines, which take over the indentation that they find."""
    lines, old = text.split("\n"), textwrap.dedent(edit.old).splitlines()
    written = indent_of(edit.old)
    for number in range(len(lines) - len(old) + 1):
        found = lines[number : number + len(old)]
        indent = indent_of(found[0])
        if found == [indent + line if line else "" for line in old]:
            start = sum(len(line) + 1 for line in lines[:number])
            new = "\n".join(line.removeprefix(written) for line in edit.new.splitlines())
            yield start, start + len("\n".join(found)), textwrap.indent(new, indent)


def indent_of(text: str) -> str:
    """The spaces that a text begins with."""
    return text[: len(text) - len(text.lstrip(" "))]


def _region(solution: str, lines: list[str], mistake: Mistake) -> tuple[int, int]:
    """The lines [first, end) in which the mistake is made: of its place, below the TODO if any."""
    node = _defined(tree_of(solution), mistake.place)
    if node is None:
        raise EditError(mistake.line, f"solution.py does not define `{mistake.place}`.")
    end = end_of(node)
    todos = [number for number in range(node.lineno, end) if TODO.match(lines[number])]
    single = todos if isinstance(node, ast.FunctionDef) else []
    return (single[0] + 1 if single else node.lineno - 1), end


def _defined(tree: ast.AST, path: str) -> Function | None:
    """The definition `name` or `Class.name`."""
    node: ast.AST | None = tree
    for name in path.split("."):
        inner = getattr(node, "body", [])
        node = next((e for e in inner if isinstance(e, Function) and e.name == name), None)
    return node if isinstance(node, Function) else None


def end_of(node: ast.stmt) -> int:
    """The index of the line after its last."""
    assert node.end_lineno is not None
    return node.end_lineno


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines) of each block between empty lines, without comments."""
    numbered = [each for each in enumerate(text.splitlines(), 1) if not each[1].startswith("#")]
    for filled, block in groupby(numbered, key=lambda each: bool(each[1].strip())):
        if filled:
            rows = list(block)
            yield rows[0][0], [line for _, line in rows]
