"""`undergrad recap`: the questions that are due, one at a time, answered aloud and rated."""

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.shared import (
    is_interactive,
    journey_option,
    json_option,
    opened,
    print_json,
)
from undergrad.cli.terminal import say, typed

if TYPE_CHECKING:
    from undergrad.course import Course
    from undergrad.journey import Journey
    from undergrad.recap import Agenda, Card


@click.command("recap")
@click.option("--most", type=click.IntRange(min=1), metavar="N", help="Questions a day at most.")
@journey_option
@json_option
def recap_command(most: int | None, journey: Path | None, as_json: bool) -> None:
    """Answer the questions that are due today. Without a terminal: say what is due."""
    from undergrad.cli.recap_text import agenda_data, agenda_lines, closing_lines
    from undergrad.recap import A_DAY, load_agenda

    here, course = opened(journey)
    agenda = load_agenda(here, course, a_day=most or A_DAY)
    if as_json:
        return print_json(agenda_data(agenda))
    asking = is_interactive() and bool(agenda.today)
    say(agenda_lines(agenda, listed=not asking))
    if asking:
        _session(here, course, agenda)
        click.echo(err=True)
        say(closing_lines(load_agenda(here, course, a_day=most or A_DAY)))


def _session(here: "Journey", course: "Course", agenda: "Agenda") -> None:
    """Ask until the portion is through. What was not known comes once more at the end."""
    from undergrad.recap import answer

    waiting = deque(agenda.today)
    for number in range(1, 2 * len(agenda.today) + 1):
        if not waiting:
            return
        card = waiting.popleft()
        rating = _ask(course, card, number, number + len(waiting))
        if rating is None:
            return
        answer(here, course, card.item, rating)
        again = rating == "again" and number <= len(agenda.today)
        if again:
            waiting.append(card)
        _say_when(here, course, card, again=again)


def _ask(course: "Course", card: "Card", number: int, total: int) -> str | None:
    """One question, its answer, the person's rating; None when they stop."""
    from undergrad.cli.recap_text import answer_lines, question_lines
    from undergrad.course import unit

    say(question_lines(card.item, unit(course, card.item.unit).title, number, total))
    if typed("Enter shows the answer, q stops", ": ").lower() == "q":
        return None
    say(answer_lines(card.item))
    return _rating()


def _rating() -> str | None:
    from undergrad.words import RATINGS

    letters = {name[0]: name for name in RATINGS} | {name: name for name in RATINGS}
    while True:
        letter = typed("How well did you know it? a again, h hard, g good, e easy", ": ").lower()
        if letter == "q":
            return None
        if letter in letters:
            return letters[letter]
        click.echo("One letter is enough: a, h, g or e; q stops.", err=True)


def _say_when(here: "Journey", course: "Course", card: "Card", *, again: bool) -> None:
    """When the question just answered comes back."""
    from datetime import date

    from undergrad.recap import load_cards
    from undergrad.words import coming

    now = next(each for each in load_cards(here, course) if each.item.id == card.item.id)
    later = "Once more at the end." if again else f"Asked again {coming(now.due, date.today())}."
    click.echo(f"  {later}\n", err=True)
