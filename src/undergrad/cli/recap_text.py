"""The recap in words for a terminal, and as data for programs."""

from collections.abc import Iterator
from typing import Any

from undergrad.cli.terminal import paint, wrap
from undergrad.recap import Agenda, Card, Item
from undergrad.words import due, plural, upcoming

_LISTED_DAYS = 3


def agenda_lines(agenda: Agenda, *, listed: bool) -> Iterator[str]:
    """What is due today. listed: with the questions, for where they cannot be asked."""
    if not agenda.today:
        yield from closing_lines(agenda)
        return
    yield from wrap(due(len(agenda.today), agenda.waiting, agenda.answered))
    if listed:
        for card in agenda.today:
            yield from wrap(f"{card.item.ask} [{card.item.unit}]", "    ", "  - ")
        yield from wrap("Answer them in a terminal with `undergrad recap`, or on the site's page.")
    else:
        yield from wrap("Answer each one aloud or on paper, then look.")
    yield ""


def question_lines(item: Item, title: str, number: int, total: int) -> Iterator[str]:
    """One question under its number and unit."""
    yield paint(next(wrap(f"{number} of {total}  {title}")), bold=True)
    yield from wrap(item.ask, "  ")
    yield ""


def answer_lines(item: Item) -> Iterator[str]:
    """What the course answers."""
    yield ""
    for paragraph in item.answer.strip().split("\n\n"):
        yield from wrap(" ".join(paragraph.split()), "  ")
    yield ""


def closing_lines(agenda: Agenda) -> Iterator[str]:
    """What has been done today and what comes next. Nothing here is a debt."""
    if agenda.today:
        left = plural(len(agenda.today), "question")
        yield from wrap(f"{left} of today's portion left for whenever you like.")
    else:
        yield from wrap(due(0, agenda.waiting, agenda.answered))
    if agenda.later or not (agenda.answered or agenda.today):
        yield from wrap(upcoming(agenda.later[:_LISTED_DAYS], agenda.day))
    yield from _drill_lines(agenda.drill)


def _drill_lines(drill: Card | None) -> Iterator[str]:
    if drill:
        yield from wrap(
            f"To write again from blank, when you have half an hour: {drill.item.unit}."
        )
        yield f"  undergrad drill {drill.item.unit}"
    else:
        yield "  undergrad next"


def agenda_data(agenda: Agenda) -> dict[str, Any]:
    """The agenda for programs. Answers stay out: each is shown when asked for."""
    return {
        "day": agenda.day.isoformat(),
        "due": [_card_data(card) for card in agenda.today],
        "drill": _card_data(agenda.drill) if agenda.drill else None,
        "answered_today": agenda.answered,
        "waiting": agenda.waiting,
        "later": [{"day": day.isoformat(), "questions": n} for day, n in agenda.later],
    }


def _card_data(card: Card) -> dict[str, Any]:
    return {
        "item": card.item.id,
        "unit": card.item.unit,
        "ask": card.item.ask,
        "due": card.due.isoformat(),
        "difficulty": round(card.difficulty, 2),
        "reviews": card.reviews,
    }
