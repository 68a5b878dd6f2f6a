"""The parts of pages that change while a person works, each filled from `regions.jinja`.

A generated page contains a region as it was when the page was built. The live server fills the
same template again after every event and sends what differs, so a page and the server cannot
disagree about how a check result or a progress bar looks.
"""

from undergrad.course.models import Course, Unit
from undergrad.journey.models import Status
from undergrad.plan import Plan, Suggestion, finish
from undergrad.recap import Agenda
from undergrad.site.links import Link
from undergrad.site.pages.graph import path_line
from undergrad.site.snapshot import Today, state_of, unit_status
from undergrad.site.templating import macros
from undergrad.words import due, left_words, upcoming

_AT_ONCE = 5  # questions on the page; the next one takes the place of one that is answered
_MOST_SUGGESTED = 3


def all_regions(
    course: Course, status: Status | None, to: Link, today: Today | None = None
) -> dict[str, str]:
    """Every region by name. `to` makes the address of a page from where the region is shown."""
    pieces, show = macros("pieces.jinja"), macros("regions.jinja")
    found = {
        "continue": continue_box(course, status, to),
        "goal": show.goal(status),
        "overall": show.overall(status),
        "left": show.left(status),
        "path-line": path_line(course, status),
        "path-words": path_words(course, status),
        **today_regions(course, today, to),
    }
    for stage in status.stages if status else ():
        found[f"stage:{stage.id}"] = show.stage_bar(stage)
    for unit in course.units:
        entry = unit_status(unit, status)
        found[f"chip:{unit.id}"] = pieces.chip(state_of(unit, status))
        found[f"state:{unit.id}"] = state_of(unit, status)
        found[f"result:{unit.id}"] = show.result(unit, entry)
        found[f"row:{unit.id}"] = show.effort(entry)
    for resource in course.resources:
        found[f"read:{resource.id}"] = show.read_mark(resource.id, status)
    return {name: str(text) for name, text in found.items()}


def continue_box(course: Course, status: Status | None, to: Link) -> str:
    """The first thing on the home page: one link to what to do now."""
    unit, verb, note = _next_step(course, status)
    return str(macros("regions.jinja").continue_box(unit, verb, note, to))


def _next_step(course: Course, status: Status | None) -> tuple[Unit | None, str, str]:
    """The unit to open, if there is one; the words of the link; a note below it."""
    units = course.by_id
    if status is None:
        first = next((unit for unit in course.units if unit.written), None)
        if first is None:
            return None, "", "No unit is written yet."
        return first, "Begin", "No journey here yet: `undergrad start`"
    if status.next is None or status.next not in units:
        return None, "Look around the course", status.done_sentence
    unit = units[status.next]
    entry = unit_status(unit, status)
    is_started = status.events and entry and entry.state != "not started"
    left = f"On this path: {left_words(status.minutes_left, status.coming)}"
    return unit, "Continue" if is_started else "Next", left


def path_words(course: Course, status: Status | None) -> str:
    """What the map shows of the learner's path, in words; nothing without a journey."""
    titles = {unit.id: unit.title for unit in course.units}
    next_title = titles.get(status.next) if status and status.next else None
    return str(macros("regions.jinja").path_words(status, next_title)) if status else ""


def today_regions(course: Course, today: Today | None, to: Link) -> dict[str, str]:
    """What a day offers, as the live site shows it; nothing without a journey."""
    if today is None:
        return {}
    show = macros("regions.jinja")
    cards = [(card, course.by_id[card.item.unit]) for card in today.agenda.today[:_AT_ONCE]]
    return {
        "due": due_words(today.agenda),
        "questions": show.questions(cards, today.agenda.drill, to),
        "plan": plan_words(today.plan),
        "back": show.coming_back(coming_back(course, today.suggestions), to),
    }


def due_words(agenda: Agenda) -> str:
    """One or two sentences: how much is due, and what comes next."""
    words = due(len(agenda.today), agenda.waiting, agenda.answered)
    more = not agenda.today and (agenda.later or not agenda.answered)
    return f"{words} {upcoming(agenda.later[:1], agenda.day)}" if more else words


def plan_words(plan: Plan | None) -> str:
    """Where the plan ends, or how to make one."""
    return str(macros("regions.jinja").plan(plan, finish(plan) if plan else None))


def coming_back(course: Course, found: tuple[Suggestion, ...]) -> list[tuple[Suggestion, Unit]]:
    """Skipped units that are worth another look, each with its unit."""
    return [(each, course.by_id[each.unit]) for each in found[:_MOST_SUGGESTED]]
