"""The check of a unit whose exercise is the capstone: the learner's own plan is looked at, too.

It is the file, and the reader, of `undergrad capstone check`. Here every problem counts, because
before the training each of them can still be fixed.
"""

from collections.abc import Sequence
from dataclasses import replace

from undergrad.capstone import Problem, Project, is_project, plan_problems, read_project
from undergrad.checker import CheckResult, TaskResult
from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import Learner


def with_plan(me: Learner, unit: Unit, result: CheckResult) -> CheckResult:
    """The result of the check of a unit that wants a plan, with one more line about it.

    Of several capstones, the one whose plan lacks least is judged. Without any, nothing is: the
    functions can be written before there is a project, and a note says so.
    """
    if result.skipped:
        return result
    try:
        projects = _projects(me, unit.plan)
    except UsageError as error:
        return _joined(unit, result, "the plan", str(error))
    if not projects:
        note = (
            f"Your plan was not looked at, because there is no {unit.plan} capstone yet: "
            f"`undergrad capstone new {unit.plan} NAME` creates one, with a plan.md to replace."
        )
        return replace(result, notes=(*result.notes, note))
    found = {project: tuple(plan_problems(project)) for project in projects}
    project = min(projects, key=lambda each: _lacking(found[each]))
    return _joined(unit, result, f"the plan of {project.folder.name}", _told(found[project]))


def _projects(me: Learner, kind: str) -> list[Project]:
    folder = me.journey.capstones
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    projects = [read_project(each) for each in inside if is_project(each)]
    return [project for project in projects if project.kind == kind]


def _lacking(problems: Sequence[Problem]) -> tuple[bool, int]:
    return any(each.name == "template" for each in problems), len(problems)


def _told(problems: Sequence[Problem]) -> str:
    """What is wrong, where, and what to do, one problem in each line; "" for nothing."""
    lines = (": ".join(filter(None, (each.where, each.message))) for each in problems)
    return "\n".join(f"{line}. {p.todo}" for line, p in zip(lines, problems, strict=True))


def _joined(unit: Unit, result: CheckResult, what: str, message: str) -> CheckResult:
    task = TaskResult(
        unit.tasks[-1].number + 1,
        "plan",
        f"{what} is complete, and its numbers work out",
        "fail" if message else "pass",
        message,
    )
    result = replace(result, tasks=(*result.tasks, task))
    if message and result.passed:
        return replace(result, verdict="fail", message=message)
    return result
