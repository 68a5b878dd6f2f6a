"""The day's portion: never more than the cap, the hardest first, the rest on the days after.

After a break many cards are due at once. They are not a debt: each day takes its portion, and the
cards that were hardest to remember come first, because they fade fastest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from undergrad.recap.cards import Card

_AHEAD = 28  # days to look ahead for what comes next


@dataclass(frozen=True)
class Agenda:
    """What there is to recall today, and how the rest is spread."""

    day: date
    today: tuple[Card, ...]  # questions, the hardest first
    drill: Card | None  # one piece of code at most
    answered: int  # questions answered today
    waiting: int  # due, and left for the coming days
    later: tuple[tuple[date, int], ...]  # the coming days that have questions, and how many


def make_agenda(cards: Iterable[Card], day: date, a_day: int) -> Agenda:
    """Spread the cards over the days. a_day: the most questions of one day."""
    known = sorted(cards, key=_hardest_first)
    questions = [card for card in known if card.item.kind == "question"]
    answered = sum(card.last == day for card in questions)
    today, left = _portion(questions, day, a_day - answered)
    drills = [card for card in known if card.item.kind == "drill" and card.due <= day]
    drilled = any(card.last == day for card in known if card.item.kind == "drill")
    return Agenda(
        day=day,
        today=tuple(today),
        drill=drills[0] if drills and not drilled else None,
        answered=answered,
        waiting=sum(card.due <= day for card in left),
        later=tuple(_spread(left, day, a_day)),
    )


def _hardest_first(card: Card) -> tuple[float, date, str]:
    return -card.difficulty, card.due, card.item.id


def _portion(cards: list[Card], day: date, most: int) -> tuple[list[Card], list[Card]]:
    """The first cards that are due by a day, `most` at most; and all others."""
    portion: list[Card] = []
    left: list[Card] = []
    for card in cards:
        is_due = card.due <= day and len(portion) < most
        (portion if is_due else left).append(card)
    return portion, left


def _spread(left: list[Card], day: date, a_day: int) -> Iterator[tuple[date, int]]:
    """The coming days with their portions, were each portion answered on its day."""
    for ahead in range(1, _AHEAD + 1):
        coming = day + timedelta(days=ahead)
        portion, left = _portion(left, coming, a_day)
        if portion:
            yield coming, len(portion)
