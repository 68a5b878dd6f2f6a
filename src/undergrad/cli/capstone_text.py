"""What `undergrad capstone` says: a report, what stands before the next rung, a patch, a page."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from undergrad import capstone
from undergrad.capstone import RUNGS, Criterion, Patch, Report
from undergrad.cli.terminal import diff, paint, wrap
from undergrad.portfolio import Page
from undergrad.words import plural

_WORDS = {"ok": "ok", "attention": "look", "fail": "fail"}
_MARGIN = " " * 6
_DIFF = 40  # lines of a patch to one file that are shown
_COLOURS = {"ok": "green", "attention": "yellow", "fail": "red"}


def report_lines(report: Report) -> Iterator[str]:
    """The report: each criterion, its problems and what to do, the metric, the verdict."""
    yield f"{report.name} ({report.kind})"
    later = False  # beyond the next rung, names are enough
    for rung, found in groupby(report.criteria, key=lambda item: item.rung):
        items = tuple(found)
        failed = [item for item in items if item.state == "fail"]
        if later and failed:
            names = ", ".join(item.title for item in failed)
            yield from ("", *wrap(f"Later, for “{rung}”: {names}.", _MARGIN, ""))
        elif not later:
            yield from ("", f"Needed for “{rung}”:")
            yield from (line for item in items for line in _criterion_lines(item))
        later = later or bool(failed)
    yield ""
    if report.metric:
        seeds = ", ".join(f"{score:.4g}" for _, score in report.metric.seeds)
        yield f"{report.metric.name}: {report.metric.recomputed:.4g}; by seed {seeds}"
    if report.verdict in RUNGS:
        yield f"Rubric: {report.points} of {report.possible} points, and a reader gives the others."
    yield f"{report.verdict}: {report.message}, in {report.seconds:.0f} s."


def obstacle_lines(report: Report) -> Iterator[str]:
    """What is missing for the next rung, and what to do about each."""
    rung, missing = capstone.obstacles(report)
    if rung is None:
        yield f"Nothing that can be read stands between {report.name} and the highest rung."
        return
    yield f"Between {report.name} and “{rung}”:"
    for item in missing:
        yield from _criterion_lines(item)


def patch_lines(patch: Patch) -> Iterator[str]:
    """A patch as a person reads it before saying yes: its title, and what changes in each file."""
    yield from ("", paint(f"{patch.title}.", bold=True))
    for change in patch.changes:
        if change.path.suffix.startswith(".old"):
            yield f"+ {change.path.name}, with what is there now"
            continue
        name = change.path.name
        before = "" if change.before is None else change.before
        lines = list(diff(f"{name} now", before, f"{name} then", change.after))
        yield from lines[:_DIFF]
        if len(lines) > _DIFF:
            yield f"... and {plural(len(lines) - _DIFF, 'more line')} of {name}"


def after_publishing(index: Path, pages: Sequence[Page]) -> Iterator[str]:
    """What a page still lacks, and how to look at it before anybody else does."""
    for page in pages:
        for lack in page.lacks:
            yield from wrap(f"{page.facts.slug}: {lack}.", "    ", "  - ")
    yield from ("Look at it before anybody else does:", f"  {index.resolve().as_uri()}")
    yield "Nothing was uploaded."


def _criterion_lines(item: Criterion) -> Iterator[str]:
    word = paint(f"{_WORDS[item.state]:<5}", _COLOURS[item.state])
    yield from wrap(f"{item.title}: {item.message}", _MARGIN, f"{word} ")
    for number, problem in enumerate(item.problems):
        message = problem.message if len(item.problems) > 1 else ""
        place = ": ".join(filter(None, (problem.where, message)))
        yield from wrap(place, _MARGIN) if place else ()
        later = {other.todo for other in item.problems[number + 1 :]}
        if problem.todo not in later:  # the same advice for several places is given once
            yield from wrap(problem.todo, _MARGIN, "   -> ")
