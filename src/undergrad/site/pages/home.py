"""The first page: what to do now, before anything else."""

from undergrad.site import links
from undergrad.site.markup import escape, page_top, region
from undergrad.site.pages.graph import as_list, svg
from undergrad.site.pages.regions import continue_box, goal, overall
from undergrad.site.pages.stages import stage_cards
from undergrad.site.pages.today import coming_back, command, due_words, plan_words
from undergrad.site.snapshot import Snapshot


def home_text(snapshot: Snapshot) -> str:
    """Continue, goal, what today offers, progress per stage, and the map of the course."""
    to = links.from_page(links.HOME)
    return "\n".join(
        [
            page_top("Home", "curriculum/ and your journey", hide=("toc", "navigation")),
            "# A deep-learning degree that you build yourself\n",
            region(
                "continue",
                continue_box(snapshot.course, snapshot.status, to),
                attributes='class="ug-next"',
            )
            + "\n",
            _aims(snapshot),
            _today(snapshot),
            "## The six stages {#stages}\n",
            stage_cards(snapshot, links.HOME),
            "## The map {#map}\n",
            "Each box is a unit; a line leads from a unit to those that build on it. Any unit may "
            "be left for later: what you have not built yet is lent to you.\n",
            svg(snapshot, to),
            as_list(snapshot, links.HOME),
        ]
    )


def _aims(snapshot: Snapshot) -> str:
    path = f": {escape(snapshot.status.path_title)}" if snapshot.status else ""
    return (
        '<dl class="ug-strip">'
        f"<div><dt>Your goal</dt><dd>{region('goal', goal(snapshot.status))}</dd></div>"
        f"<div><dt>Your path{path}</dt><dd>{region('overall', overall(snapshot.status))}</dd></div>"
        f"{_plan(snapshot)}</dl>\n"
    )


def _plan(snapshot: Snapshot) -> str:
    if snapshot.today is None:
        return ""
    return (
        f"<div><dt>Your plan</dt><dd>{region('plan', plan_words(snapshot.today.plan))}</dd></div>"
    )


def _today(snapshot: Snapshot) -> str:
    """The live server puts the questions themselves in the place of the command."""
    today = snapshot.today
    if today is None:
        return ""
    to = links.from_page(links.HOME)
    return (
        "## To recall {#recap}\n\n"
        + region("due", due_words(today.agenda), tag="p", attributes='role="status"')
        + region("questions", command(today.agenda))
        + region("back", coming_back(snapshot.course, today.suggestions, to))
        + "\n"
    )
