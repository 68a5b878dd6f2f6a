"""What a day offers, for the home page: questions to recall, the plan, units that come back.

A copy of the site names the commands. On the live site the questions themselves stand here, one
disclosure each, and the browser adds the buttons that rate an answer.
"""

from undergrad.course.models import Course
from undergrad.plan import Plan, Suggestion, finish
from undergrad.recap import Agenda, Item
from undergrad.site import links
from undergrad.site.links import Link
from undergrad.site.markup import escape, inline
from undergrad.site.snapshot import Today
from undergrad.words import day, due, upcoming

_AT_ONCE = 5  # questions on the page; the next one takes the place of one that is answered


def today_regions(course: Course, today: Today | None, to: Link) -> dict[str, str]:
    """The regions as the live site shows them; none without a journey."""
    if today is None:
        return {}
    return {
        "due": due_words(today.agenda),
        "questions": questions(course, today.agenda, to),
        "plan": plan_words(today.plan),
        "back": coming_back(course, today.suggestions, to),
    }


def due_words(agenda: Agenda) -> str:
    """One or two sentences: how much is due, and what comes next."""
    words = due(len(agenda.today), agenda.waiting, agenda.answered)
    more = not agenda.today and (agenda.later or not agenda.answered)
    return f"{words} {upcoming(agenda.later[:1], agenda.day)}" if more else words


def command(agenda: Agenda) -> str:
    """For a copy, where nothing can be answered: the commands."""
    words = ["Answer them with <code>undergrad recap</code>."] if agenda.today else []
    if agenda.drill:
        words.append(_drill(agenda.drill.item))
    return f"<p>{' '.join(words)}</p>" if words else ""


def questions(course: Course, agenda: Agenda, to: Link) -> str:
    """The questions of today, to be opened one at a time, and at most one drill."""
    titles = {unit.id: unit for unit in course.units}
    cards = "".join(
        f'<details class="ug-recall" data-item="{escape(card.item.id)}"><summary>'
        f"{inline(card.item.ask)}</summary>{_answer(card.item)}"
        f'<p class="ug-note">From <a href="{to(links.unit_page(titles[card.item.unit]))}">'
        f"{escape(titles[card.item.unit].title)}</a>.</p></details>"
        for card in agenda.today[:_AT_ONCE]
    )
    drill = f"<p>{_drill(agenda.drill.item)}</p>" if agenda.drill else ""
    return cards + drill


def _answer(item: Item) -> str:
    return "".join(f"<p>{inline(each)}</p>" for each in item.answer.strip().split("\n\n"))


def _drill(item: Item) -> str:
    return f"To write again from blank: <code>undergrad drill {escape(item.unit)}</code>."


def plan_words(plan: Plan | None) -> str:
    """Where the plan ends, or how to make one."""
    end = finish(plan) if plan else None
    if plan is None:
        return "No dates yet. Make some: <code>undergrad plan --hours 6</code>"
    if end is None:
        return "Nothing is left to plan."
    return f"Through on {day(end)}, at {plan.hours:g} hours a week"


def coming_back(course: Course, found: tuple[Suggestion, ...], to: Link) -> str:
    """Units that were left for later and are worth another look; at most three."""
    units = {unit.id: unit for unit in course.units}
    rows = "".join(
        f'<li><a href="{to(links.unit_page(units[each.unit]))}">{escape(each.title)}</a>: '
        f"{inline(each.because)}</li>"
        for each in found[:3]
    )
    return f"<p>Worth another look:</p><ul>{rows}</ul>" if rows else ""
