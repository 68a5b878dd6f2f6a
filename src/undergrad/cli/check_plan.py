"""The check of a unit whose exercise is the capstone: the learner's own plan is looked at, too.

It is the file, and the reader, of `undergrad capstone check`. Here every problem counts, because
before the training each of them can still be fixed.
"""

from collections.abc import Sequence
from dataclasses import replace

from undergrad.capstone import Problem, Project, is_project, plan_problems, read_project
from undergrad.checker import CheckResult, TaskResult, first_trouble
from undergrad.cli.terminal import short_path
from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import Learner


def with_plan(me: Learner, unit: Unit, result: CheckResult) -> CheckResult:
    """The result of the check of a unit that wants a plan, with one more line about it.

    Of several capstones, the one whose plan lacks least is judged. Without any, nothing is: the
    functions can be written before there is a project, and a note says so. Nor is it for an
    exercise that could not be run at all, since that has to be fixed first.
    """
    unjudged = bool(result.tasks) and all(each.verdict == "not-run" for each in result.tasks)
    if result.skipped or unjudged:
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
    return _joined(
        unit, result, f"the plan of {project.folder.name}", _told(project, found[project])
    )


def _projects(me: Learner, kind: str) -> list[Project]:
    folder = me.journey.capstones
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    projects = [read_project(each) for each in inside if is_project(each)]
    return [project for project in projects if project.kind == kind]


def _lacking(problems: Sequence[Problem]) -> tuple[bool, int]:
    return any(each.name == "template" for each in problems), len(problems)


def _told(project: Project, problems: Sequence[Problem]) -> str:
    """What is wrong, where, and what to do, one problem in each line; "" for nothing."""
    return "\n".join(
        f"{short_path(project.folder / each.where)}: {each.message}. {each.todo}"
        for each in problems
    )


def _joined(unit: Unit, result: CheckResult, what: str, message: str) -> CheckResult:
    task = TaskResult(
        unit.tasks[-1].number + 1,
        "plan",
        f"{what} is complete, and its numbers work out",
        "fail" if message else "pass",
        message,
    )
    tasks = (*result.tasks, task)
    is_first = message and (result.passed or first_trouble(tasks) is task)
    return (
        replace(result, tasks=tasks, verdict="fail", message=message)
        if is_first
        else replace(result, tasks=tasks)
    )
