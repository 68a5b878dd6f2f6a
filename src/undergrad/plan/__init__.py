"""From where a person wants to arrive to a path, and from hours a week to dates.

    choice = choose(course, {"destination": "Build agents and play games"})
    plan = load_plan(me, date.today())            # None until hours were named
    content = to_ics(plan, journey_uuid, number_of_events, moment, withdrawn(me, plan))

A plan is never a promise: it is laid out again from today and from what is left, so that after a
break its dates move and nothing else happens.
"""

from undergrad.plan.calendar import Plan, Slot, day_table, finish, lay_out
from undergrad.plan.choose import Choice, choose
from undergrad.plan.ics import CALENDAR, to_ics
from undergrad.plan.records import choose_path, choose_preference, load_plan, set_plan, withdrawn
from undergrad.plan.suggest import Suggestion, suggestions

__all__ = [
    "CALENDAR",
    "Choice",
    "Plan",
    "Slot",
    "Suggestion",
    "choose",
    "choose_path",
    "choose_preference",
    "day_table",
    "finish",
    "lay_out",
    "load_plan",
    "set_plan",
    "suggestions",
    "to_ics",
    "withdrawn",
]
