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
    due = [card for card in questions if card.due <= day]
    today = due[: max(0, a_day - answered)]
    drills = [card for card in known if card.item.kind == "drill" and card.due <= day]
    drilled = any(card.last == day for card in known if card.item.kind == "drill")
    return Agenda(
        day=day,
        today=tuple(today),
        drill=drills[0] if drills and not drilled else None,
        answered=answered,
        waiting=len(due) - len(today),
        later=tuple(_spread(questions, today, day, a_day)),
    )


def _hardest_first(card: Card) -> tuple[float, date, str]:
    return -card.difficulty, card.due, card.item.id


def _spread(
    questions: list[Card], today: list[Card], day: date, a_day: int
) -> Iterator[tuple[date, int]]:
    """The coming days with their portions, were each portion answered on its day."""
    left = [card for card in questions if card not in today]
    for ahead in range(1, _AHEAD + 1):
        coming = day + timedelta(days=ahead)
        portion = [card for card in left if card.due <= coming][:a_day]
        left = [card for card in left if card not in portion]
        if portion:
            yield coming, len(portion)
