"""One unit's folder, read without running any of it.

Front matter and recall questions are YAML, hints are Markdown, and mistakes are edits of the
solution (see `course.edits`). Tasks stand in the decorators of `checks.py`, the pieces of the
engine that the unit builds in those of `parts.py`, and the few mistakes that no edit says in those
of `mistakes.py`; their arguments are literals, so the syntax tree is enough and nothing is
imported.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from undergrad.course import edits
from undergrad.course.blank import blank
from undergrad.course.files import Questions, UnitFront, readings
from undergrad.course.hints import read_hints
from undergrad.course.models import Mistake, Part, Recall, Task, Unit
from undergrad.course.reading import front_matter, name_of, read, text, yaml_file
from undergrad.course.strict_yaml import Document
from undergrad.course.syntax import Decorated, decorated, defined_names, tree
from undergrad.course.validate import validated
from undergrad.errors import CourseError

HASHED = ("checks.py", "solution.py", "mistakes.txt", "mistakes.py")


def read_unit(folder: Path, root: Path) -> tuple[Unit, Document]:
    """The unit in `folder` and its front matter, for errors about it later.

    Raises CourseError with file and line when a file is missing or does not fit.
    """
    page = folder / "unit.md"
    document = front_matter(read(page, root), page, root)
    front = validated(document, UnitFront)
    solution = folder / "solution.py"
    parsed = tree(solution, root)
    names = defined_names(parsed)
    _check_marks(solution, root)
    unit = Unit(
        id=front.id,
        stage=front.stage,
        title=front.title,
        minutes=front.minutes,
        needs=front.needs,
        resources=readings(front.resources),
        outcomes=front.outcomes,
        search=front.search,
        letters=_letters(ast.get_docstring(parsed) or ""),
        not_here=tuple(front.not_here.items()),
        parts=_parts(folder / "parts.py", names, root),
        allow=front.allow,
        forbid=front.forbid,
        extra=front.extra,
        capstone=front.capstone,
        wants=front.wants,
        renamed=tuple(front.renamed.items()),
        added=tuple(front.added.items()),
        tasks=_tasks(folder, root),
        mistakes=(*_edits(folder, names, root), *_functions(folder / "mistakes.py", names, root)),
        recall=_recall(folder / "recall.yaml", root),
        written=True,
        check_hash=_hash(folder, root),
        folder=folder.relative_to(root).as_posix(),
    )
    _check_place(unit, folder, document)
    return unit, document


def _check_place(unit: Unit, folder: Path, document: Document) -> None:
    for key, said, folder_name in (
        ("id", unit.id, folder.name),
        ("stage", unit.stage, folder.parent.name),
    ):
        if said != folder_name:
            raise document.error((key,), f"`{key}` is `{said}`, but the folder is `{folder_name}`.")


def _letters(docstring: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a docstring's `Letters: N examples, D inputs of a layer.`"""
    found = re.search(r"^Letters: (.+?)\.?$(?:\n\n|\Z)", docstring, re.DOTALL | re.MULTILINE)
    line = " ".join(found[1].split()) if found else ""
    pairs = (each.partition(" ") for each in re.split(r", (?=[A-Zb-z] )", line) if each)
    return tuple((letter, meaning) for letter, _, meaning in pairs)


def _recall(path: Path, root: Path) -> tuple[Recall, ...]:
    return validated(yaml_file(path, root), Questions)


def _hash(folder: Path, root: Path) -> str:
    """Changes when what is asked or expected changes; a checkout's line endings do not count."""
    digest = hashlib.sha256()
    for path in (folder / name for name in HASHED):
        if path.exists():
            digest.update(read(path, root).replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class _Check:
    """One check function, as its `@task` decorator describes it."""

    task: Task
    source: Decorated


def _tasks(folder: Path, root: Path) -> tuple[Task, ...]:
    path = folder / "checks.py"
    checks = [_check(each) for each in decorated(tree(path, root), "task", name_of(path, root))]
    if not checks:
        raise CourseError(
            f"{name_of(path, root)}:1: there is no @task here; write one for each TODO."
        )
    tasks: dict[int, Task] = {}
    for check in checks:
        tasks[check.task.number] = _joined(tasks.get(check.task.number), check)
    for number, check in zip(range(1, len(tasks) + 1), _firsts(checks), strict=True):
        if check.task.number != number:
            raise check.source.error(f"task {number} should come here; number tasks 1, 2, 3.")
    return _with_hints(tasks, _firsts(checks), folder / "hints.md", root)


def _with_hints(
    tasks: dict[int, Task], firsts: list["_Check"], path: Path, root: Path
) -> tuple[Task, ...]:
    """The tasks with the ladders of `hints.md`, one for each."""
    file = name_of(path, root)
    ladders = read_hints(text(path, root), file)
    for check in firsts:
        if check.task.number not in ladders:
            raise check.source.error(
                f"task {check.task.number} has no hints; write `## {check.task.number}` and three "
                "rungs in hints.md."
            )
    for number, (line, _) in ladders.items():
        if number not in tasks:
            last = len(tasks)
            raise CourseError(f"{file}:{line}: there is no task {number}; the last is {last}.")
    return tuple(replace(task, hints=ladders[number][1]) for number, task in tasks.items())


def _firsts(checks: list[_Check]) -> list[_Check]:
    """The first check of each task, in file order."""
    return list({check.task.number: check for check in reversed(checks)}.values())[::-1]


def _check(source: Decorated) -> _Check:
    number = source.required(0, "number", int)
    sentence = source.required(1, "sentence", str)
    needs = source.optional("needs", (list, tuple))
    if not all(isinstance(need, int) and 0 < need < number for need in needs):
        raise source.error("`needs` names earlier tasks by number; use smaller numbers.")
    task = Task(number, (sentence,), (source.name,), needs=tuple(needs))
    return _Check(task, source)


def _joined(before: Task | None, check: _Check) -> Task:
    """The task with one more check function."""
    if before is None:
        return check.task
    return replace(
        before,
        sentences=before.sentences + check.task.sentences,
        functions=before.functions + check.task.functions,
        needs=tuple(sorted({*before.needs, *check.task.needs})),
    )


def _check_marks(solution: Path, root: Path) -> None:
    """CourseError when the blank cannot be cut from the solution."""
    try:
        blank(text(solution, root))
    except edits.EditError as error:
        raise _located(error, solution, root) from None


def _edits(folder: Path, names: set[str], root: Path) -> Iterator[Mistake]:
    """The mistakes of `mistakes.txt`; each must fit the solution."""
    path = folder / "mistakes.txt"
    solution = text(folder / "solution.py", root)
    try:
        for each in edits.parse(text(path, root)):
            edits.edited(solution, each)
            if each.function.partition(".")[0] not in names:
                raise edits.EditError(
                    each.line, f"solution.py does not define `{each.function}`; name what it does."
                )
            yield Mistake(each.name, each.function)
    except edits.EditError as error:
        raise _located(error, path, root) from None


def _located(error: edits.EditError, path: Path, root: Path) -> CourseError:
    return CourseError(f"{name_of(path, root)}:{error.line}: {error}")


def _functions(path: Path, names: set[str], root: Path) -> Iterator[Mistake]:
    """The mistakes of `mistakes.py`; most units have none."""
    if not path.exists():
        return
    for source in decorated(tree(path, root), "mistake", name_of(path, root)):
        function = source.required(0, "function", str)
        if function.partition(".")[0] not in names:
            raise source.error(f"solution.py does not define `{function}`; name what it does.")
        source.required(1, "sentence", str)
        yield Mistake(source.name, function)


def _parts(path: Path, names: set[str], root: Path) -> tuple[Part, ...]:
    """The adapters of `parts.py`; most units have none."""
    if not path.exists():
        return ()
    return tuple(
        _part(each, names) for each in decorated(tree(path, root), "part", name_of(path, root))
    )


def _part(source: Decorated, names: set[str]) -> Part:
    uses = source.optional("uses", (list, tuple))
    if not uses:
        raise source.error("`uses` is missing; name what of the exercise this part is made from.")
    for name in uses:
        if name not in names:
            raise source.error(f"solution.py does not define `{name}`; name what it does.")
    return Part(source.required(0, "name", str), source.name, tuple(uses))
