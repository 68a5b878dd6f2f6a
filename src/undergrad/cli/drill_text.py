"""A drill in words for a terminal."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from undergrad.cli.check_text import task_lines
from undergrad.cli.terminal import diff, paint, wrap
from undergrad.course.models import Unit
from undergrad.words import clock, coming, plural

if TYPE_CHECKING:
    from undergrad.checker import CheckResult
    from undergrad.recap.drill import Drill

_KEYS = (
    ("Enter", "check what is there"),
    ("d", "done: end the drill as it is"),
    ("p", "pause: the clock stops, and you go on another time"),
)


def opening_lines(unit: Unit, drill: "Drill", file: str, *, again: bool) -> Iterator[str]:
    """What to do, and where."""
    how = "taken up again" if again else "from the blank file"
    yield paint(next(wrap(f"{unit.title}, {how}")), bold=True)
    yield f"  {file}"
    yield from wrap(
        "Open it in your editor and write. Your earlier file rests where it is;"
        " at the end the two stand side by side."
    )
    if again and drill.seconds:
        yield f"The clock stands at {clock(drill.seconds)}."
    yield ""


def key_lines() -> Iterator[str]:
    """The keys of a session."""
    for key, does in _KEYS:
        yield from wrap(does, " " * 9, f"  {key:<6} ")
    yield ""


def check_lines(result: "CheckResult") -> Iterator[str]:
    """A line a task, then what to look at; the message only, since this is for the memory."""
    for task in result.tasks:
        yield from task_lines(task)
    if not result.passed:
        for line in result.message.splitlines():
            yield from wrap(line, "  ")
    yield ""


def diff_lines(earlier: str, before: str, later: str, after: str) -> Iterator[str]:
    """From the earlier version to this one."""
    lines = list(diff(earlier, before, later, after))
    yield from lines or ["Line for line what you wrote before."]
    yield ""


def finish_lines(unit: Unit, drill: "Drill", passed: int, tasks: int, due: date) -> Iterator[str]:
    """How it went, and when it comes again."""
    what = f"All {tasks} tasks pass" if passed == tasks else f"{passed} of {tasks} tasks pass"
    checks = plural(drill.checks, "check")
    yield from wrap(f"{what} from blank, in {clock(drill.seconds)} with {checks}.")
    yield from wrap(f"Both files stay. This one comes up again {coming(due, date.today())}.")
    yield "  undergrad next" if passed == tasks else f"  undergrad show {unit.id}"
