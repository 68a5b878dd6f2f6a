"""From answers to cards: FSRS, replayed over the stored reviews every time.

FSRS keeps two numbers for a card, how long its memory lasts and how difficult it is, and from them
computes when the chance of remembering will have fallen to the wanted retention. It is a pure
function of the reviews with its random spread turned off, so the cards themselves are stored
nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from undergrad.recap.items import BUILT_LASTS, Item

if TYPE_CHECKING:
    import fsrs

_NEW = 5.0  # the difficulty of a card without a review, in the middle of FSRS's 1 to 10


@dataclass(frozen=True)
class Review:
    """One answer: which item, when, and its rating from 1 to 4."""

    item: str
    time: datetime  # with a time zone
    rating: int


@dataclass(frozen=True)
class Card:
    """Where an item stands."""

    item: Item
    due: date  # on the learner's calendar
    difficulty: float  # 1 easy .. 10 hard
    reviews: int
    last: date | None


def replay(items: Iterable[Item], reviews: Iterable[Review], zone: tzinfo | None) -> list[Card]:
    """A card for each item that is passed or was ever answered.

    reviews: in the order in which they happened.   zone: the learner's, which decides what a day
    is; None takes the machine's.
    """
    by_item: dict[str, list[Review]] = {}
    for review in reviews:
        by_item.setdefault(review.item, []).append(review)
    cards = (_card(item, by_item.get(item.id, []), zone) for item in items)
    return [card for card in cards if card is not None]


def _card(item: Item, reviews: list[Review], zone: tzinfo | None) -> Card | None:
    if not reviews:
        due = item.first_due
        return Card(item, due, _NEW, 0, None) if due else None
    memory = _remember(item, reviews)
    assert memory.difficulty is not None
    due, last = memory.due.astimezone(zone).date(), reviews[-1].time.astimezone(zone).date()
    return Card(item, due, memory.difficulty, len(reviews), last)


def _remember(item: Item, reviews: list[Review]) -> "fsrs.Card":
    import fsrs

    scheduler, card = _scheduler(round(item.retention, 3)), _first_memory(item)
    for review in reviews:
        card, _ = scheduler.review_card(
            card, fsrs.Rating(review.rating), review.time.astimezone(UTC)
        )
    return card


def _first_memory(item: Item) -> "fsrs.Card":
    """Nothing for a question; for a drill what building the code has left behind."""
    import fsrs

    if item.passed_on is None or item.kind == "question":
        return fsrs.Card(card_id=0)  # without an id it would wait a millisecond to find one
    passed = datetime.combine(item.passed_on, time(12), UTC)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,
        stability=BUILT_LASTS,
        difficulty=_NEW,
        due=passed,
        last_review=passed,
    )


@cache
def _scheduler(wanted: float) -> "fsrs.Scheduler":
    """Without steps of minutes: a card waits at least a day."""
    import fsrs

    return fsrs.Scheduler(
        desired_retention=wanted, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
