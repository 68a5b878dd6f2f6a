"""One unit's folder, read without running any of it.

Front matter and recall questions are YAML. Tasks and mistakes stand in the decorators of
`checks.py` and `mistakes.py`, and the pieces of the engine that the unit builds in those of
`parts.py`; their arguments are literals, so the syntax tree is enough and nothing is imported.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from undergrad.course.decorators import Decorated, decorated, defined_names, tree
from undergrad.course.files import Questions, UnitFront
from undergrad.course.models import Mistake, Part, Recall, Task, Unit
from undergrad.course.reading import front_matter, name_of, read, yaml_file
from undergrad.course.strict_yaml import Document
from undergrad.course.validation import validated
from undergrad.errors import CourseError

RUNGS = 3  # of every hint ladder: where to look, the idea, nearly the code


def read_unit(folder: Path, root: Path) -> tuple[Unit, Document]:
    """The unit in `folder` and its front matter, for errors about it later.

    Raises CourseError with file and line when a file is missing or does not fit.
    """
    page = folder / "unit.md"
    document = front_matter(read(page, root), page, root)
    front = validated(document, UnitFront)
    checks, exercise = folder / "checks.py", folder / "exercise.py"
    mistakes = _mistakes(folder / "mistakes.py", root)
    unit = Unit(
        id=front.id,
        stage=front.stage,
        title=front.title,
        minutes=front.minutes,
        needs=front.needs,
        resources=front.resources,
        outcomes=front.outcomes,
        not_here=tuple(front.not_here.items()),
        parts=_parts(folder / "parts.py", exercise, root),
        allow=front.allow,
        forbid=front.forbid,
        tasks=_tasks(checks, root),
        mistakes=tuple(mistake for mistake, _ in mistakes),
        recall=_recall(folder / "recall.yaml", root),
        written=True,
        check_hash=_hash(folder, root),
        folder=folder.relative_to(root).as_posix(),
    )
    _check_place(unit, folder, document)
    _check_replaced(mistakes, exercise, root)
    return unit, document


def _check_place(unit: Unit, folder: Path, document: Document) -> None:
    for key, said, folder_name in (
        ("id", unit.id, folder.name),
        ("stage", unit.stage, folder.parent.name),
    ):
        if said != folder_name:
            raise document.error((key,), f"`{key}` is `{said}`, but the folder is `{folder_name}`.")


def _recall(path: Path, root: Path) -> tuple[Recall, ...]:
    return validated(yaml_file(path, root), Questions)


def _hash(folder: Path, root: Path) -> str:
    """Changes when what is asked or expected changes; a checkout's line endings do not count."""
    digest = hashlib.sha256()
    for name in ("checks.py", "solution.py", "mistakes.py"):
        digest.update(read(folder / name, root).replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class _Check:
    """One check function, as its `@task` decorator describes it."""

    task: Task
    source: Decorated


def _tasks(path: Path, root: Path) -> tuple[Task, ...]:
    checks = [_check(each) for each in decorated(tree(path, root), "task", name_of(path, root))]
    if not checks:
        raise CourseError(f"{name_of(path, root)}:1: there is no @task here; write one a TODO.")
    tasks: dict[int, Task] = {}
    for check in checks:
        tasks[check.task.number] = _joined(tasks.get(check.task.number), check)
    for number, check in zip(range(1, len(tasks) + 1), _firsts(checks), strict=True):
        if check.task.number != number:
            raise check.source.error(f"task {number} should come here; number tasks 1, 2, 3.")
        _complete(tasks[number], check.source)
    return tuple(tasks.values())


def _firsts(checks: list[_Check]) -> list[_Check]:
    """The first check of each task, in file order."""
    return list({check.task.number: check for check in reversed(checks)}.values())[::-1]


def _check(source: Decorated) -> _Check:
    number = source.required(0, "number", int)
    sentence = source.required(1, "sentence", str)
    hints = source.optional("hint", (list, tuple))
    needs = source.optional("needs", (list, tuple))
    if not all(isinstance(hint, str) for hint in hints):
        raise source.error("each rung of `hint` is a text; check its commas and quotes.")
    if not all(isinstance(need, int) and 0 < need < number for need in needs):
        raise source.error("`needs` names earlier tasks by number; use smaller numbers.")
    task = Task(number, (sentence,), (source.name,), tuple(hints), tuple(needs))
    return _Check(task, source)


def _joined(before: Task | None, check: _Check) -> Task:
    """The task with one more check function."""
    if before is None:
        return check.task
    if before.hints and check.task.hints:
        raise check.source.error(f"task {before.number} has its hints already; keep one ladder.")
    return replace(
        before,
        sentences=before.sentences + check.task.sentences,
        functions=before.functions + check.task.functions,
        hints=before.hints or check.task.hints,
        needs=tuple(sorted({*before.needs, *check.task.needs})),
    )


def _complete(task: Task, first: Decorated) -> None:
    if len(task.hints) != RUNGS:
        raise first.error(
            f"task {task.number} has {len(task.hints)} hints; write {RUNGS}: where to look, the "
            "idea, nearly the code."
        )


def _mistakes(path: Path, root: Path) -> list[tuple[Mistake, Decorated]]:
    return [
        (
            Mistake(
                source.name,
                source.required(0, "replaces", str),
                source.required(1, "sentence", str),
            ),
            source,
        )
        for source in decorated(tree(path, root), "mistake", name_of(path, root))
    ]


def _parts(path: Path, exercise: Path, root: Path) -> tuple[Part, ...]:
    """The adapters of `parts.py`; most units have none."""
    if not path.exists():
        return ()
    names = defined_names(tree(exercise, root))
    return tuple(
        _part(each, names) for each in decorated(tree(path, root), "part", name_of(path, root))
    )


def _part(source: Decorated, names: set[str]) -> Part:
    uses = source.optional("uses", (list, tuple))
    if not uses:
        raise source.error("`uses` is missing; name what of exercise.py this part is made from.")
    for name in uses:
        if name not in names:
            raise source.error(f"exercise.py does not define `{name}`; name what it does.")
    return Part(source.required(0, "name", str), source.name, tuple(uses))


def _check_replaced(mistakes: list[tuple[Mistake, Decorated]], exercise: Path, root: Path) -> None:
    names = defined_names(tree(exercise, root))
    for mistake, source in mistakes:
        if mistake.replaces.partition(".")[0] not in names:
            raise source.error(
                f"exercise.py does not define `{mistake.replaces}`; name what it does."
            )
