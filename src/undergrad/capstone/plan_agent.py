"""What the plan of an agent needs beside every plan: a search as a bar, a budget, a test apart.

The unit `propose-agent` teaches why. For finished work these are notes, as in `plan_size`.
"""

from collections.abc import Iterator

from undergrad.capstone.plan import Plan
from undergrad.capstone.plan_size import place
from undergrad.capstone.report import Problem


def agent_problems(found: Plan) -> Iterator[Problem]:
    """What is missing in the plan of a reinforcement capstone."""
    if "Baseline" in found.parts and not found.searches:
        yield Problem(
            "the plan has no bar that searches",
            place(found, "Baseline"),
            "Score a planner that tries actions on copies of the world, beside a random and a "
            "scripted player; or say “There is no model to search in”.",
            state="attention",
            name="no-search",
        )
    missing = [
        what
        for what, number in (("steps", found.steps), ("hours or minutes", found.hours))
        if number is None
    ]
    if missing:
        yield Problem(
            f"the plan has no budget in {' and in '.join(missing)}",
            place(found, "Size"),
            "Add a line such as “200,000 steps for each seed, 2 hours in all”; `undergrad env "
            "check` says how fast your world is.",
            state="attention",
            name="no-budget",
        )
    if not found.held_out:
        yield Problem(
            "the plan does not say what is kept for the test",
            place(found, "Data"),
            "Name levels, starts or opponents that the training never meets, such as “the seeds "
            "5000 to 5099 are only for the test”.",
            state="attention",
            name="no-held-out",
        )
