"""`undergrad check`: the checks are run, and the result is recorded before it is shown."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from undergrad.checker import (
    NOT_STARTED,
    CheckResult,
    TaskResult,
    check,
    check_many,
    first_trouble,
)
from undergrad.cli.completion import complete_units
from undergrad.cli.context import (
    chosen_unit,
    journey_option,
    json_option,
    print_json,
    started_units,
)
from undergrad.cli.terminal import paint, say, short_path, step, wrap, wrap_code
from undergrad.course import Unit
from undergrad.journey import Learner, learner
from undergrad.words import VERDICTS, listing, part_name, plural

_COLOURS = {"pass": "green", "not-run": None}
_OUTPUT_LINES = 12


@click.command("check")
@click.argument("names", metavar="[UNIT ...]", shell_complete=complete_units, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Check every unit that you have started.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat the random cases of a run.")
@journey_option
@json_option
def check_command(
    names: tuple[str, ...], everything: bool, seed: int | None, journey: Path | None, as_json: bool
) -> int:
    """Check your work and record the result. Without UNIT: the one you are at."""
    me = learner(journey)
    if everything:
        units = started_units(me)
    else:
        units = tuple(chosen_unit(me, name) for name in names or (None,))
    results: list[CheckResult] = []
    news: list[str] = []
    for unit, result in zip(units, _results(me, units, seed), strict=True):
        gained = record(me, unit, result)
        results.append(result)
        news += gained
        if not as_json:
            say(row_lines(unit, result) if everything else result_lines(unit, result, gained))
    if as_json:
        several = everything or len(names) > 1
        print_json([_data(each) for each in results] if several else _data(results[0]))
    elif everything:
        say([*news, *sum_lines(results)])
    say(dict.fromkeys(_hidden_modules(me, units)), err=True)
    return 0 if all(result.passed or result.skipped for result in results) else 1


def record(me: Learner, unit: Unit, result: CheckResult) -> list[str]:
    """Put the result into the history; it is safe on the disk when this returns.

    Returns what to say about what the learner has now: nothing but at the unit's first pass.
    Of a check that was skipped nothing is recorded.
    """
    if result.skipped:
        return []
    is_first = result.passed and me.status.unit(unit.id).passed_at is None
    me.record("check.finished", unit.id, **asdict(result))
    _push_by_itself(me)
    return list(gained_lines(me, unit)) if is_first else []


def _push_by_itself(me: Learner) -> None:
    """What a member of a class asked for with `class join --auto`."""
    if (me.journey.private / "class.json").exists():
        from undergrad.classroom.client import push_quietly  # most people are in no class

        push_quietly(me)


def recorded_check(me: Learner, unit: Unit) -> tuple[str, str, str]:
    """Check a unit and record the result, for a page: verdict, message, what the code printed.

    At a first pass the message also says what the learner has now.
    """
    (result,) = _results(me, (unit,), seed=None)
    gained = gained_sentences(me, unit) if record(me, unit, result) else ()
    printed = "\n".join(_last_printed(result.output))
    return result.verdict, "\n".join([result.message, *gained]), printed


def result_lines(
    unit: Unit, result: CheckResult, gained: Iterable[str] = (), *, steps: bool = True
) -> Iterator[str]:
    """One line per check, then the first thing to look at, then, unless not wanted, a next step.

    gained: what is said about a first pass.
    """
    yield paint(f"{unit.title} ({unit.id})", bold=True)
    if result.skipped:
        yield f"Skipped. {result.message}"
        return
    for task in result.tasks:
        yield from task_lines(task)
    yield ""
    if result.passed:
        yield f"{paint('Passed.', 'green')} {result.message}"
    else:
        yield from _trouble_lines(result)
    yield from _output_lines(result.output)
    yield from result.notes
    yield f"Seed {result.seed}."
    yield from gained
    if steps:
        yield from _step_lines(unit, result)


def task_lines(task: TaskResult) -> Iterator[str]:
    """One check: its task, its verdict, its sentence."""
    word = "to do" if task.got == NOT_STARTED else VERDICTS.get(task.verdict, task.verdict)
    painted = paint(word, _COLOURS.get(task.verdict, "yellow")) + " " * (9 - len(word))
    return wrap(task.sentence, " " * 15, f"{task.task:>3}  {painted} ")


def row_lines(unit: Unit, result: CheckResult) -> Iterator[str]:
    """One unit of many: its verdict, how many checks agree, and what is wrong first."""
    word = VERDICTS.get(result.verdict, result.verdict)
    painted = paint(f"{word:<9}", _COLOURS.get(result.verdict, "yellow"))
    passed = sum(task.verdict == "pass" for task in result.tasks)
    row = f"{unit.id}: {passed} of {plural(len(result.tasks), 'check')}, {result.seconds:.1f} s"
    yield from wrap(row, " " * 10, f"{painted} ")
    if not result.passed:
        yield from wrap(result.message.partition("\n")[0], " " * 10)


def sum_lines(results: list[CheckResult]) -> Iterator[str]:
    """How many of many units pass, and what to do about the first that does not."""
    passed = sum(result.passed for result in results)
    skipped = sum(result.skipped for result in results)
    failed = [result.unit for result in results if not (result.passed or result.skipped)]
    yield ""
    without = f", {skipped} skipped" if skipped else ""
    yield f"{passed} of {plural(len(results), 'unit')} pass{without}."
    yield from step("Next", f"undergrad check {failed[0]}" if failed else "undergrad next")


def _results(me: Learner, units: tuple[Unit, ...], seed: int | None) -> Iterator[CheckResult]:
    """The results in the order of `units`, each as soon as it and those before it are there."""
    files = [me.exercise(unit) for unit in units]
    if len(units) == 1:
        results: Iterable[CheckResult] = [check(units[0], files[0], seed=seed)]
    else:
        results = check_many(tuple(zip(units, files, strict=True)), seed=seed)
    for unit, result in zip(units, results, strict=True):
        yield with_capstone(me, unit, result)


def with_capstone(me: Learner, unit: Unit, result: CheckResult) -> CheckResult:
    """The result of a check, with lines about the learner's capstone if the unit wants any."""
    if not unit.wants:
        return result
    from undergrad.cli import check_capstone  # with the capstones, which few units need

    return check_capstone.with_capstone(me, unit, result)


def _hidden_modules(me: Learner, units: Iterable[Unit]) -> Iterator[str]:
    """Files beside an exercise that would be imported in the place of a library.

    A check is not disturbed, since it copies the exercise alone; running the file by hand is.
    """
    libraries = {"numpy", *sys.stdlib_module_names}
    for unit in units:
        for file in me.exercise(unit).parent.glob("*.py"):
            if file.stem in libraries:
                yield f"Note: your file {file.name} hides the library `{file.stem}`; rename it."


def gained_lines(me: Learner, unit: Unit) -> Iterator[str]:
    """What the learner has once a unit is passed, and where to see more of it."""
    yield ""
    yield from gained_sentences(me, unit)
    if unit.parts:
        yield from step("How they stand", "undergrad parts")


def gained_sentences(me: Learner, unit: Unit) -> Iterator[str]:
    """What the learner has once a unit is passed: parts of the engine, or a file to import."""
    if unit.parts:
        names = listing((part_name(part.name) for part in unit.parts), most=6)
        yield f"From now on these are yours, as parts of your engine: {names}."
    else:
        file = short_path(me.exercise(unit))
        yield (
            f"From now on this is yours: {file}. Other code in your journey can use it with"
            f" `import exercises.{unit.module}`."
        )
    if unit.recall:
        yield "Its questions will come up in `undergrad recap` from tomorrow."


def _data(result: CheckResult) -> dict[str, object]:
    return {**vars(result), "tasks": [vars(task) for task in result.tasks]}


def _trouble_lines(result: CheckResult) -> Iterator[str]:
    """The message of the check to look at first, with what was expected and what came."""
    first = first_trouble(result.tasks)
    task = first if first and first.verdict != "not-run" else None
    if task:
        yield f"Task {task.task}: {task.sentence}."
    for line in result.message.rstrip().splitlines():
        yield from wrap_code(line, "  ")
    if task and task.got != NOT_STARTED:
        yield from _value_lines("expected", task.expected)
        yield from _value_lines("got", task.got)
    yield ""


def _value_lines(name: str, shown: str) -> Iterator[str]:
    for index, line in enumerate(shown.splitlines()):
        yield from wrap_code(line, f"  {name if index == 0 else '':<9} ")


def _output_lines(output: str) -> Iterator[str]:
    lines = _last_printed(output)
    if not lines:
        return
    yield "Your code printed:"
    for line in lines:
        yield from wrap_code(line, "  ")
    yield ""


def _last_printed(output: str) -> list[str]:
    """The end of what the learner's code printed, and how many lines are left out."""
    lines = output.rstrip().splitlines()
    before = len(lines) - _OUTPUT_LINES
    left_out = [f"... {before} lines before ..."] if before > 0 else []
    return left_out + [line[:200] for line in lines[-_OUTPUT_LINES:]]


def _step_lines(unit: Unit, result: CheckResult) -> Iterator[str]:
    if result.passed:
        yield from step("Compare", f"undergrad solution {unit.id}")
        yield from step("Next", "undergrad next")
    elif _has_hint(unit, result):
        yield from step("Next", f"undergrad hint {unit.id}")
    else:
        yield from step("Next", f"undergrad check {unit.id}")


def _has_hint(unit: Unit, result: CheckResult) -> bool:
    """Whether there is a hint: not for a file that did not run, nor for the plan of a capstone."""
    first = first_trouble(result.tasks)
    is_judged = any(task.verdict == "pass" or task.got for task in result.tasks)
    return is_judged and first is not None and first.task <= unit.tasks[-1].number
