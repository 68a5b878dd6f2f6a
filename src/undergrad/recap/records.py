"""Between the journey's events and the agenda: reading what was answered, noting a new answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from undergrad.course.models import Course, Unit
from undergrad.journey import Event, Journey, append, events, newest
from undergrad.recap.agenda import Agenda, make_agenda
from undergrad.recap.cards import Card, Review, replay
from undergrad.recap.items import Effort, Item, retention, unit_items
from undergrad.words import RATINGS

A_DAY = 12  # questions; about ten minutes


def load_agenda(
    journey: Journey, course: Course, *, now: datetime | None = None, a_day: int = A_DAY
) -> Agenda:
    """What is due, from the journey's events. now: with a time zone; the machine's clock if None.

    Costs a look at the newest events, the answers, and one event for each unit that was passed.
    """
    here = now or datetime.now().astimezone()
    return make_agenda(load_cards(journey, course, now=here), here.date(), a_day)


def load_cards(journey: Journey, course: Course, *, now: datetime | None = None) -> list[Card]:
    """A card for each item that can be recalled."""
    here = now or datetime.now().astimezone()
    return replay(_items(journey, course, here), _reviews(journey), here.tzinfo)


def answer(journey: Journey, course: Course, item: Item, rating: str) -> Event:
    """Note how well an item was known: `again`, `hard`, `good` or `easy`."""
    return record_answer(journey, course, item.unit, item.id, rating)


def record_answer(journey: Journey, course: Course, unit: str, item: str, rating: str) -> Event:
    """The same, by the ids of the unit and of the item."""
    data = {"item": item, "rating": RATINGS[rating]}
    return append(journey, "recall.answered", unit, data, course=course)


def _reviews(journey: Journey) -> Iterator[Review]:
    """Answers of an unknown shape are passed over: history must never stop a command."""
    for event in events(journey, kind="recall.answered"):
        match event.data:
            case {"item": str(item), "rating": int(rating)} if rating in RATINGS.values():
                yield Review(item, datetime.fromisoformat(event.time), rating)


def _items(journey: Journey, course: Course, now: datetime) -> Iterator[Item]:
    efforts = _efforts(journey, course)
    for unit in course.units:
        effort = efforts.get(unit.id, Effort())
        first = _first_pass(journey, course, unit, now) if effort.passed else None
        yield from unit_items(unit, retention(len(unit.tasks), effort), first)


def _efforts(journey: Journey, course: Course) -> dict[str, Effort]:
    aliases = dict(course.aliases)
    found: dict[str, Effort] = {}
    for event in newest(journey):
        unit = aliases.get(event.subject, event.subject)
        found[unit] = _with(found.get(unit, Effort()), event)
    return found


def _with(effort: Effort, event: Event) -> Effort:
    """event: the newest of its kind and outcome, whose `nth` says how many there were."""
    match event.kind, event.outcome:
        case "hint.shown", _:
            return replace(effort, hints=effort.hints + event.nth)
        case "solution.shown", _:
            return replace(effort, solution_seen=True)
        case "check.finished", "pass":
            return replace(effort, passed=True)
        case "check.finished", _:
            return replace(effort, failed=effort.failed + event.nth)
    return effort


def _first_pass(journey: Journey, course: Course, unit: Unit, now: datetime) -> date:
    names = [unit.id, *(old for old, today in course.aliases if today == unit.id)]
    passes = (events(journey, kind="check.finished", subject=n, outcome="pass") for n in names)
    firsts = [event for event in (next(each, None) for each in passes) if event]
    first = min(firsts, key=lambda event: event.sequence)
    return datetime.fromisoformat(first.time).astimezone(now.tzinfo).date()
