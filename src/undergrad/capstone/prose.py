"""The written half of a capstone: prose beside code, the headings, the plan, the pairing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, criterion

HEADINGS = (
    "Question", "Data", "Baseline", "Model", "Training", "Evaluation", "Errors", "Limits", "Rerun",
)  # fmt: skip
PLAN = ("Question", "Data", "Metric", "Baseline", "Risk", "Stop rule")
WORDS, LINES = 25, 3
MARK = "Make it yours"
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


def plan(project: Project) -> Criterion:
    """plan.md has every part, filled in, and the metric's part names a number to reach."""
    return criterion("plan", "Plan", list(_plan_problems(project)), good="plan.md is complete")


def own_problem(project: Project, cells: Sequence[Cell]) -> Criterion:
    """The template's marks say where a person's own problem goes; they should be gone."""
    problems = [
        Problem(
            f"“{MARK}” is still there {count} time{'s' * (count != 1)}",
            where,
            f"Put your own problem there and delete the words “{MARK}”.",
            state="attention",
        )
        for where, count in _marks(project, cells)
    ]
    return criterion("yours", "Your own problem", problems, good="nothing of the template is left")


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


def _plan_problems(project: Project) -> Iterator[Problem]:
    path = project.folder / "plan.md"
    if not path.is_file():
        yield Problem(
            "there is no plan.md",
            todo=f"Write one with the headings {', '.join(PLAN)}, before you train.",
        )
        return
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    parts = _sections(text)
    for name in PLAN:
        body = next((b for title, b in parts if re.search(rf"\b{name}\b", title, re.I)), None)
        if body is None:
            yield Problem(f"the plan has no part “{name}”", "plan.md", f"Add “## {name}”.")
        elif words(body) < 5:
            yield Problem(f"the plan's part “{name}” is empty", "plan.md", "Fill it in.")
        elif name == "Metric" and not re.search(r"\d", body):
            yield Problem(
                "the plan names no number to reach", "plan.md, Metric", "Give the metric a target."
            )


def _sections(markdown: str) -> list[tuple[str, str]]:
    """(heading, the text below it) for each heading, outside code blocks."""
    pieces = _HEADING.split(_FENCE.sub("", markdown))[1:]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def _marks(project: Project, cells: Sequence[Cell]) -> Iterator[tuple[str, int]]:
    places = {"the notebook": "\n".join(cell.source for cell in cells)}
    files = [p for p in python_files(project.folder) if p != project.script]
    files += [project.folder / "plan.md", project.folder / "README.md"]
    for path in (path for path in files if path.is_file()):
        name = path.relative_to(project.folder).as_posix()
        places[name] = path.read_text(encoding="utf-8-sig", errors="replace")
    yield from ((name, text.count(MARK)) for name, text in places.items() if MARK in text)
