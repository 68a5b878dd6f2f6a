"""From the answers to the destination questions to a path, what to add to it, and a preference.

Where answers disagree, a date comes first, then what a person can do already, then where they
want to arrive. The last two make a tie: both paths are offered, and the person picks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from undergrad.course import prerequisites
from undergrad.course.models import Course

_FALLBACK = "full"
_MATHS = 2  # the number of the stage that the maths question is about
# A week. The last is six to seven hours a day, which the path of two weeks asks for.
_HOURS = {"small": 3.0, "steady": 6.0, "intensive": 45.0}

Answers = Mapping[str, str]  # question id: the answer chosen, or free text; skipped ones are absent


@dataclass(frozen=True)
class Choice:
    """What the answers lead to. Everything is a proposal; skipped questions leave their default."""

    paths: tuple[str, ...]  # the proposed path, and a second one where the answers disagree
    prefer: str = ""
    hours: float | None = None  # a week
    goal: str = ""


def choose(course: Course, answers: Answers) -> Choice:
    """The proposal. Answers that the course does not know count as skipped."""
    words = {name: list(_effects(course, name, answers)) for name in answers}
    every = [word for effects in words.values() for word in effects]
    return Choice(
        paths=_paths(words),
        prefer=_value(every, "prefer"),
        hours=_HOURS.get(_value(every, "pace")),
        goal=" ".join(answers.get("why", "").split()),
    )


def fit(course: Course, answers: Answers, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units to add to the path these answers chose, and the units to leave out of it.

    A destination may name units; somebody new to array code gets the stage that teaches it; the
    maths question puts the path's mathematics in line, or takes it out for those who know it.
    """
    add, leave = set(_named_units(course, answers, path)), set[str]()
    maths = _value(list(_effects(course, "maths", answers)), "maths")
    units = course.path(path).units
    if maths == "in-line":
        needed = {need.id for name in units for need in prerequisites(course, name)}
        add |= needed & set(course.stage(str(_MATHS)).units)
    elif maths == "recaps":
        leave |= set(units) & set(course.stage(str(_MATHS)).units)
    order = [unit.id for unit in course.units]
    added, left = add - set(units) - leave, leave
    return tuple(u for u in order if u in added), tuple(u for u in order if u in left)


def _paths(words: Mapping[str, list[tuple[str, str]]]) -> tuple[str, ...]:
    dated, placed, wanted = (
        _value(words.get(question, []), "path") for question in ("time", "code", "destination")
    )
    if dated:
        return (dated,)
    return tuple(dict.fromkeys(path for path in (placed, wanted) if path)) or (_FALLBACK,)


def _named_units(course: Course, answers: Answers, path: str) -> Iterator[str]:
    destination = list(_effects(course, "destination", answers))
    if ("path", path) in destination:
        yield from (value for key, value in destination if key == "unit")
    for key, value in _effects(course, "code", answers):
        if key == "stage":
            yield from course.stage(value).units


def _effects(course: Course, question: str, answers: Answers) -> Iterator[tuple[str, str]]:
    """The `key:value` words of the answer given to one question."""
    for each in course.questions:
        if each.id == question:
            for word in dict(each.answers).get(answers.get(question, ""), "").split():
                key, _, value = word.partition(":")
                yield key, value


def _value(effects: list[tuple[str, str]], key: str) -> str:
    return next((value for name, value in effects if name == key), "")
