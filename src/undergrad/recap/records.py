"""Between the journey's events and the agenda: reading what was answered, noting a new answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from undergrad.journey import Event, Learner
from undergrad.recap.agenda import Agenda, make_agenda
from undergrad.recap.cards import Card, Review, replay
from undergrad.recap.items import Effort, Item, item_ids, retention, unit_items
from undergrad.words import RATINGS

A_DAY = 12  # questions; about ten minutes


def load_agenda(me: Learner, *, now: datetime | None = None, a_day: int = A_DAY) -> Agenda:
    """What is due, from the journey's events. now: with a time zone; the machine's clock if None.

    Costs one look at the store: the newest events, the answers, and the first pass of each unit.
    """
    moment = now or datetime.now().astimezone()
    return make_agenda(load_cards(me, now=moment), moment.date(), a_day)


def load_cards(me: Learner, *, now: datetime | None = None) -> list[Card]:
    """A card for each item that can be recalled."""
    moment = now or datetime.now().astimezone()
    reviews = list(_reviews(me))
    return replay(_items(me, moment, reviews), reviews, moment.tzinfo)


def answer(me: Learner, item: Item, rating: str) -> Event:
    """Record how well an item was known: `again`, `hard`, `good` or `easy`."""
    return record_answer(me, item.unit, item.id, rating)


def record_answer(me: Learner, unit: str, item: str, rating: str) -> Event:
    """The same, by the ids of the unit and of the item."""
    return me.record("recall.answered", unit, item=item, rating=RATINGS[rating])


def _reviews(me: Learner) -> Iterator[Review]:
    """Answers of an unknown shape are passed over: history must never stop a command."""
    for event in me.recall.answers:
        match event.data:
            case {"item": str(item), "rating": int(rating)} if rating in RATINGS.values():
                yield Review(item, datetime.fromisoformat(event.time), rating)


def _items(me: Learner, now: datetime, reviews: list[Review]) -> Iterator[Item]:
    """What can have a card: the items of the units that were passed, or asked about before."""
    passed, efforts = _first_passes(me, now), _efforts(me)
    reviewed = {review.item for review in reviews}
    for unit in me.course.units:
        if unit.id in passed or not reviewed.isdisjoint(item_ids(unit)):
            effort = efforts.get(unit.id, Effort())
            yield from unit_items(
                unit, retention(len(unit.task_numbers), effort), passed.get(unit.id)
            )


def _efforts(me: Learner) -> dict[str, Effort]:
    aliases = dict(me.course.aliases)
    found: dict[str, Effort] = {}
    for event in me.newest:
        unit = aliases.get(event.subject, event.subject)
        found[unit] = _with(found.get(unit, Effort()), event)
    return found


def _first_passes(me: Learner, now: datetime) -> dict[str, date]:
    """The day on which each unit was first passed, under whichever name it had then."""
    aliases = dict(me.course.aliases)
    found: dict[str, date] = {}
    for event in me.recall.passes:
        day = datetime.fromisoformat(event.time).astimezone(now.tzinfo).date()
        found.setdefault(aliases.get(event.subject, event.subject), day)
    return found


def _with(effort: Effort, event: Event) -> Effort:
    """event: the newest of its kind and outcome, whose `nth` says how many there were."""
    match event.kind, event.outcome:
        case "hint.shown", _:
            return replace(effort, hints=effort.hints + event.nth)
        case "solution.shown", _:
            return replace(effort, solution_seen=True)
        case "check.finished", outcome if outcome != "pass":
            return replace(effort, failed=effort.failed + event.nth)
    return effort
