"""`undergrad drill UNIT`: write a piece of your own code again from a blank file, with a clock."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import click

from undergrad.checker import CheckResult, check
from undergrad.cli.check import task_lines
from undergrad.cli.completion import complete_units
from undergrad.cli.context import journey_option
from undergrad.cli.terminal import (
    confirm,
    diff,
    is_interactive,
    paint,
    say,
    short_path,
    step,
    typed,
    wrap,
    wrap_code,
)
from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import PASSED, Learner, learner, task_verdicts
from undergrad.recap import drill_id, load_cards
from undergrad.recap.drill import (
    Drill,
    earlier_version,
    finish_drill,
    leave_drill,
    open_drill,
    since_start,
    start_drill,
)
from undergrad.words import clock, coming, plural

_KEYS = (
    ("Enter", "check what is there"),
    ("d", "done: end the drill as it is"),
    ("p", "pause: the clock stops, and you can resume another time"),
)


@dataclass(frozen=True)
class Session:
    """Whose drill of which unit is running."""

    me: Learner
    unit: Unit


@click.command("drill")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--check", "wanted", flag_value="check", help="Check it now, outside a session.")
@click.option("--end", "wanted", flag_value="end", help="End it, with the check of what is there.")
@journey_option
def drill_command(name: str, wanted: str | None, journey: Path | None) -> None:
    """Write a passed unit again from a blank file, beside your earlier one."""
    me = learner(journey)
    session = Session(me, me.course.unit(name))
    _refuse_unbuilt(session)
    running = open_drill(me, session.unit)
    drill = running or start_drill(me, session.unit)
    if wanted:
        return _check_once(session, drill, end=wanted == "end")
    say(opening_lines(session.unit, drill, resumed=running is not None))
    if is_interactive():
        _ask(session, drill)
    else:
        say(step("When you are ready", f"undergrad drill {session.unit.id} --check"))


def _refuse_unbuilt(session: Session) -> None:
    unit = session.unit
    state = session.me.status.unit(unit.id).state
    if state not in PASSED:
        raise UsageError(
            f"A drill is for what you have built once, and `{unit.id}` is {state}:"
            f" see `undergrad show {unit.id}`."
        )


def _ask(session: Session, drill: Drill) -> None:
    """Check on demand until everything passes or the person stops."""
    say(key_lines())
    start = time.monotonic() - drill.seconds

    def now() -> Drill:
        return replace(drill, seconds=time.monotonic() - start)

    try:
        while True:
            match typed(clock(now().seconds)).lower():
                case "":
                    drill = replace(drill, checks=drill.checks + 1)
                    result = _check(session, drill)
                    if result.passed:
                        return _finish(session, now(), result)
                case "d":
                    drill = replace(drill, checks=drill.checks + 1)
                    result = _check(session, drill)
                    if result.passed or confirm("End it as it is? It then comes back soon."):
                        return _finish(session, now(), result)
                case "p" | "q":
                    break
                case _:
                    say(key_lines())
    except click.Abort:
        say(err=True)
    leave_drill(session.me, now())
    say(f"The clock stands at {clock(now().seconds)}.")
    say(step("To resume", f"undergrad drill {session.unit.id}"))


def _check_once(session: Session, drill: Drill, *, end: bool) -> None:
    """One check without a session: ends the drill when it passes or when the person wants it to."""
    drill = replace(drill, checks=drill.checks + 1)
    result = _check(session, drill)
    if result.passed or end:
        _finish(session, since_start(drill), result)
    else:
        leave_drill(session.me, drill)


def _check(session: Session, drill: Drill) -> CheckResult:
    result = check(session.unit, drill.file)
    say(check_lines(result))
    return result


def _finish(session: Session, drill: Drill, result: CheckResult) -> None:
    me, unit = session.me, session.unit
    verdicts = task_verdicts(asdict(result)).values()
    passed, tasks = sum(verdict == "pass" for verdict in verdicts), len(verdicts)
    finish_drill(me, drill, passed=passed, tasks=tasks)
    earlier = earlier_version(me, unit, drill)
    if earlier:
        old, new = (file.read_text("utf-8-sig", "replace") for file in (earlier, drill.file))
        say(diff_lines(short_path(earlier), old, short_path(drill.file), new))
    (card,) = (each for each in load_cards(me) if each.item.id == drill_id(unit.id))
    say(finish_lines(unit, drill, passed, tasks, card.due))


def opening_lines(unit: Unit, drill: Drill, *, resumed: bool) -> Iterator[str]:
    """What to do, and where."""
    how = "resumed" if resumed else "from the blank file"
    yield paint(f"{unit.title}, {how}", bold=True)
    yield f"  {short_path(drill.file)}"
    yield (
        "Open it in your editor and write. Your earlier file stays where it is;"
        " at the end the two stand side by side."
    )
    if resumed and drill.seconds:
        yield f"The clock stands at {clock(drill.seconds)}."
    yield ""


def key_lines() -> Iterator[str]:
    """The keys of a session."""
    for key, does in _KEYS:
        yield from wrap(does, " " * 9, f"  {key:<6} ")
    yield ""


def check_lines(result: CheckResult) -> Iterator[str]:
    """One line per task, then what to look at; only the message, since this trains memory."""
    for task in result.tasks:
        yield from task_lines(task)
    if not result.passed:
        for line in result.message.splitlines():
            yield from wrap_code(line, "  ")
    yield ""


def diff_lines(earlier: str, before: str, later: str, after: str) -> Iterator[str]:
    """From the earlier version to this one."""
    lines = list(diff(earlier, before, later, after))
    yield from lines or ["It is what you wrote before, line for line."]
    yield ""


def finish_lines(unit: Unit, drill: Drill, passed: int, tasks: int, due: date) -> Iterator[str]:
    """How it went, and when it comes again."""
    some = f"{passed} of {plural(tasks, 'task')} pass"
    what = f"All {tasks} tasks pass" if passed == tasks > 1 else some
    checks = plural(drill.checks, "check")
    yield f"{what} from a blank file, in {clock(drill.seconds)} with {checks}."
    yield f"Both files stay. This one comes up again {coming(due, date.today())}."
    yield "  undergrad next" if passed == tasks else f"  undergrad show {unit.id}"
