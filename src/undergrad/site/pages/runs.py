"""The pages of runs: a table of all runs, and one page per run with its seeds, plots and clips."""

from undergrad.runs import Run
from undergrad.site import links
from undergrad.site.pages.play import place
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill


def runs_text(snapshot: Snapshot) -> str:
    """All runs, newest first."""
    runs = sorted(snapshot.runs, key=lambda run: (run.started, run.id), reverse=True)
    return fill("runs.md.jinja", runs=runs, to=links.from_page(links.RUNS))


def run_text(run: Run, snapshot: Snapshot) -> str:
    """One run: its settings and its outcome, seed by seed, with plots and clips."""
    media = snapshot.media.get(run.id, ())
    return fill(
        "run.md.jinja",
        run=run,
        plots=[each for each in media if each.kind == "plot"],
        clips=[each for each in media if each.kind == "clip"],
        place=place(snapshot.run_policies.get(run.id), "Your agent"),
        to=links.from_page(links.run_page(run.id)),
    )
