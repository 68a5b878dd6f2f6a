"""`undergrad recap`: the questions that are due, one at a time, answered aloud and rated."""

from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import is_interactive, paint, say, typed, wrap
from undergrad.journey import Learner, learner
from undergrad.recap import A_DAY, Agenda, Card, Item, answer, load_agenda, load_cards
from undergrad.words import RATINGS, coming, due, plural, upcoming

_LISTED_DAYS = 3


@click.command("recap")
@click.option(
    "--most", type=click.IntRange(min=1), metavar="N", help="Maximum number of questions per day."
)
@journey_option
@json_option
def recap_command(most: int | None, journey: Path | None, as_json: bool) -> None:
    """Answer the questions that are due today. Without a terminal: say what is due."""
    me = learner(journey)
    agenda = load_agenda(me, a_day=most or A_DAY)
    if as_json:
        return print_json(agenda_data(agenda))
    asking = is_interactive() and bool(agenda.today)
    say(agenda_lines(agenda, listed=not asking))
    if asking:
        _session(me, agenda)
        say(err=True)
        say(closing_lines(load_agenda(me, a_day=most or A_DAY)))


def _session(me: Learner, agenda: Agenda) -> None:
    """Ask until the portion is through. What was not known comes once more at the end."""
    waiting = deque(agenda.today)
    for number in range(1, 2 * len(agenda.today) + 1):
        if not waiting:
            return
        card = waiting.popleft()
        rating = _ask(me, card, number, number + len(waiting))
        if rating is None:
            return
        answer(me, card.item, rating)
        again = rating == "again" and number <= len(agenda.today)
        if again:
            waiting.append(card)
        _say_when(me, card, again=again)


def _ask(me: Learner, card: Card, number: int, total: int) -> str | None:
    """One question, its answer, the person's rating; None when they stop."""
    say(question_lines(card.item, me.course.unit(card.item.unit).title, number, total))
    if typed("Enter shows the answer, q stops", ":").lower() == "q":
        return None
    say(answer_lines(card.item))
    return _rating()


def _rating() -> str | None:
    letters = {name[0]: name for name in RATINGS} | {name: name for name in RATINGS}
    while True:
        letter = typed("How well did you know it? a again, h hard, g good, e easy", ":").lower()
        if letter == "q":
            return None
        if letter in letters:
            return letters[letter]
        say("One letter is enough: a, h, g or e; q stops.", err=True)


def _say_when(me: Learner, card: Card, *, again: bool) -> None:
    """When the question just answered comes back."""
    now = next(each for each in load_cards(me) if each.item.id == card.item.id)
    when = coming(now.due, date.today())
    say(["  Once more at the end." if again else f"  Due again {when}.", ""], err=True)


def agenda_lines(agenda: Agenda, *, listed: bool) -> Iterator[str]:
    """What is due today. listed: with the questions, for where they cannot be asked."""
    if not agenda.today:
        yield from closing_lines(agenda)
        return
    yield due(len(agenda.today), agenda.waiting, agenda.answered)
    if listed:
        for card in agenda.today:
            yield from wrap(f"{card.item.ask} [{card.item.unit}]", "    ", "  - ")
        yield "Answer them in a terminal with `undergrad recap`, or on the site's page."
    else:
        yield "Answer each one aloud or on paper, then look."
    yield ""


def question_lines(item: Item, title: str, number: int, total: int) -> Iterator[str]:
    """One question under its number and unit."""
    yield paint(f"{number} of {total}: {title}", bold=True)
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
        yield f"{left} of today's portion left for whenever you like."
    else:
        yield due(0, agenda.waiting, agenda.answered)
    if agenda.later or not (agenda.answered or agenda.today):
        yield upcoming(agenda.later[:_LISTED_DAYS], agenda.day)
    yield from _drill_lines(agenda.drill)


def _drill_lines(drill: Card | None) -> Iterator[str]:
    if drill:
        yield (f"To write again from a blank file, when you have half an hour: {drill.item.unit}.")
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
