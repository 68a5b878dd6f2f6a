"""The written half of a capstone's notebook: prose beside code, and the headings."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from undergrad.capstone.notebook import Cell
from undergrad.capstone.report import Criterion, Problem, criterion

HEADINGS = (
    "Question", "Data", "Baseline", "Model", "Training", "Evaluation", "Errors", "Limits", "Rerun",
)  # fmt: skip
WORDS, LINES = 25, 3
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")


def beside_code(cells: Sequence[Cell]) -> Criterion:
    """Each code cell of more than 3 lines has prose of 25 words or more directly before it."""
    before = [None, *cells]
    problems = [
        problem
        for cell, previous in zip(cells, before, strict=False)
        if cell.kind == "code" and _lines(cell.source) > LINES
        for problem in _explained(cell, previous)
    ]
    problems += _repeated(cells)
    if not any(cell.kind == "code" for cell in cells):
        problems.append(Problem("the notebook has no code", todo="Write the first step."))
    good = "every longer step says what it does and why"
    return criterion("prose", "Prose beside code", problems, good=good)


def headings(cells: Sequence[Cell]) -> Criterion:
    """The nine headings that a reader looks for are there."""
    text = "\n\n".join(cell.source for cell in cells if cell.kind == "markdown")
    problems = [
        Problem(
            f"no heading says {name}",
            "the notebook",
            f"Add a Markdown heading such as “## {name}”, with a paragraph below it.",
        )
        for name in _missing(HEADINGS, text)
    ]
    return criterion("headings", "Headings", problems, good=f"all {len(HEADINGS)} are there")


def _lines(source: str) -> int:
    return sum(bool(line.strip()) for line in source.splitlines())


def words(markdown: str) -> int:
    """How many words of prose a Markdown cell has, without code blocks and headings."""
    return len(_WORD.findall(_HEADING.sub("", _FENCE.sub("", markdown))))


def _explained(cell: Cell, previous: Cell | None) -> Iterator[Problem]:
    if previous is None or previous.kind != "markdown":
        yield Problem(
            f"a code cell of {_lines(cell.source)} lines has no prose directly before it",
            cell.where,
            "Add a Markdown cell: what does this step do, and why is it needed here?",
        )
    elif words(previous.source) < WORDS:
        yield Problem(
            f"the prose before this code has {words(previous.source)} of {WORDS} words required",
            cell.where,
            "Say what the step does, and why it is needed here.",
        )


def _repeated(cells: Sequence[Cell]) -> list[Problem]:
    texts = [c.source.strip() for c in cells if c.kind == "markdown" and words(c.source) >= WORDS]
    return [
        Problem(
            f"the same text precedes {count} steps: “{text.splitlines()[0][:50]}”",
            "the notebook",
            "Explain each step in its own words.",
        )
        for text, count in Counter(texts).items()
        if count > 1
    ]


def _missing(names: Sequence[str], markdown: str) -> list[str]:
    found = " | ".join(_HEADING.findall(_FENCE.sub("", markdown)))
    return [n for n in names if not re.search(rf"\b{n}\b", found, re.IGNORECASE)]
