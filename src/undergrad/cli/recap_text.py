"""The recap in words for a terminal, and as data for programs."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from undergrad.cli.terminal import paint, plural, wrap
from undergrad.recap import Agenda, Card, Item

_LISTED_DAYS = 3


def agenda_lines(agenda: Agenda, *, listed: bool) -> Iterator[str]:
    """What is due today. listed: with the questions, for where they cannot be asked."""
    if not agenda.today:
        yield from closing_lines(agenda)
        return
    rest = f" {agenda.waiting} more wait for the coming days." if agenda.waiting else ""
    yield from wrap(f"{plural(len(agenda.today), 'question')} for today, the hardest first.{rest}")
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
    elif agenda.answered:
        yield f"Done for today: {plural(agenda.answered, 'question')} answered."
    else:
        yield "No question is due today."
    if agenda.later:
        days = [f"{day_words(day, agenda.day)} {n}" for day, n in agenda.later[:_LISTED_DAYS]]
        yield from wrap(f"Coming up: {', '.join(days)}.")
    elif not agenda.answered and not agenda.today:
        yield from wrap("Questions come the day after a unit is passed.")
    yield from _drill_lines(agenda.drill)


def _drill_lines(drill: Card | None) -> Iterator[str]:
    if drill:
        yield from wrap(
            f"To write again from blank, when you have half an hour: {drill.item.unit}."
        )
        yield f"  undergrad drill {drill.item.unit}"
    else:
        yield "  undergrad next"


def day_words(day: date, today: date | None = None) -> str:
    """`tomorrow`, `on Tuesday`, `on 3 March`: as a person says it."""
    away = (day - (today or date.today())).days
    if away <= 0:
        return "today"
    if away == 1:
        return "tomorrow"
    return f"on {day:%A}" if away < 7 else f"on {day.day} {day:%B}" + _year(day, today)


def _year(day: date, today: date | None) -> str:
    return "" if day.year == (today or date.today()).year else f" {day.year}"


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
