"""The check of a unit whose exercise is the capstone: the learner's own project is looked at, too.

A unit wants the plan, or rungs of the ladder; each is one line below the tasks. The plan is read by
the reader of `undergrad capstone check`, and here every problem of it counts, because before the
training each of them can still be fixed. A rung is what the newest full check found, as long as no
file has changed since.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from undergrad.capstone import (
    RUNGS,
    Problem,
    Project,
    Rung,
    Standing,
    is_project,
    plan_problems,
    read_project,
    standing,
)
from undergrad.checker import CheckResult, TaskResult, Verdict, first_trouble
from undergrad.cli.terminal import short_path
from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import Learner

_PROMISES = {
    "plan": "the plan of {} is complete, and its numbers work out",
    "running": "{} runs, and its claim comes from checkpoints that it saved",
    "yours": "{} is yours: question, data, parts, tests and words",
    "publishable": "{} can be published: picture, result, cards, licence, environment",
}
_SHOWN = 6  # problems of a rung; `undergrad capstone check` lists them all


@dataclass(frozen=True)
class _Line:
    """What a unit wants of a project, and what stands between."""

    want: str
    problems: tuple[Problem, ...]
    is_open: bool = False  # nothing is wrong as far as can be read, and only a run shows the rest


def with_capstone(me: Learner, unit: Unit, result: CheckResult) -> CheckResult:
    """The result of the check of a unit that wants a capstone, with one more line for each want.

    Of several capstones, the one that lacks least is judged. Without any, nothing is: the
    functions can be written before there is a project, and a note says so. Nor is it for an
    exercise that could not be run at all, since that has to be fixed first.
    """
    unjudged = bool(result.tasks) and all(each.verdict == "not-run" for each in result.tasks)
    if result.skipped or unjudged:
        return result
    try:
        projects = _projects(me, unit.capstone)
    except UsageError as error:
        broken = _task(unit, 1, "capstone", "the capstone can be read", "fail", str(error))
        return _joined(result, [broken])
    if not projects:
        return replace(result, notes=(*result.notes, _no_capstone(unit)))
    found = {project: _lines(me, project, unit.wants) for project in projects}
    project = min(projects, key=lambda each: _lacking(found[each]))
    return _joined(result, list(_tasks(unit, project, found[project])))


def _no_capstone(unit: Unit) -> str:
    what = "Your plan" if unit.wants == ("plan",) else "Your project"
    return (
        f"{what} was not looked at, because there is no {unit.capstone} capstone yet: "
        f"`undergrad capstone new {unit.capstone} NAME` creates one, with a plan.md to replace."
    )


def _projects(me: Learner, family: str) -> list[Project]:
    folder = me.journey.capstones
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    projects = [read_project(each) for each in inside if is_project(each)]
    return [project for project in projects if project.family == family]


def _lines(me: Learner, project: Project, wants: Sequence[str]) -> list[_Line]:
    lines = [_Line("plan", tuple(plan_problems(project)))] if "plan" in wants else []
    rungs = [rung for rung in RUNGS if rung in wants]
    if rungs:
        found = _standing(me, project)
        lines += [_rung_line(found, rung) for rung in rungs]
    return lines


def _rung_line(found: Standing, rung: Rung) -> _Line:
    """The highest rung is read from files alone; on the others, a run has the last word."""
    problems = found.missing(rung)
    if found.open is None or problems or rung == "publishable":
        return _Line(rung, tuple(problems))
    return _Line(rung, (found.open,), is_open=rung != "running")


def _standing(me: Learner, project: Project) -> Standing:
    checks = [
        event
        for event in me.newest
        if event.kind == "capstone.checked" and event.subject == project.folder.name
    ]
    return standing(project, checks[-1].data if checks else {})


def _lacking(lines: Sequence[_Line]) -> tuple[bool, int]:
    problems = [problem for line in lines for problem in line.problems]
    return any(each.name == "template" for each in problems), len(problems)


def _tasks(unit: Unit, project: Project, lines: Sequence[_Line]) -> Iterator[TaskResult]:
    for number, line in enumerate(lines, start=1):
        verdict: Verdict = "not-run" if line.is_open else "fail" if line.problems else "pass"
        sentence = _PROMISES[line.want].format(project.folder.name)
        shown = len(line.problems) if line.want == "plan" else _SHOWN
        told = "\n".join(_told(project, line.problems, shown))
        yield _task(unit, number, line.want, sentence, verdict, told)


def _told(project: Project, problems: Sequence[Problem], most: int) -> Iterator[str]:
    """What is wrong, where, and what to do, one problem in each line, and how many are left out."""
    for each in problems[:most]:
        yield f"{_place(project, each.where)}: {each.message}. {each.todo}".rstrip()
    more = len(problems) - most
    if more > 0:
        name = project.folder.name
        yield f"{more} more: `undergrad capstone check {name} --no-run` lists what can be read."


def _place(project: Project, where: str) -> str:
    """The path of a file with what follows it; of anything else, such as a cell, the project's."""
    name = re.split(r"[,:]", where)[0]
    if name and (project.folder / name).exists():
        return short_path(project.folder / where)
    return ", ".join(filter(None, (short_path(project.folder), where)))


def _task(
    unit: Unit, number: int, name: str, sentence: str, verdict: Verdict, message: str
) -> TaskResult:
    return TaskResult(unit.tasks[-1].number + number, name, sentence, verdict, message)


def _joined(result: CheckResult, lines: Sequence[TaskResult]) -> CheckResult:
    tasks = (*result.tasks, *lines)
    missed = first_trouble(lines)
    if missed is None:
        return replace(result, tasks=tasks)
    if result.passed or first_trouble(tasks) is missed:
        return replace(result, tasks=tasks, verdict="fail", message=missed.message)
    return replace(result, tasks=tasks)
