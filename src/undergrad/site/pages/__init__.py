"""From a snapshot to the site's generated Markdown: every page in one table of path and text.

The order is fixed and nothing depends on the clock, so the same snapshot gives the same bytes.
"""

from typing import Any

from undergrad.course.models import Stage
from undergrad.markup import line
from undergrad.site import links
from undergrad.site.pages.glossary import glossary_text
from undergrad.site.pages.home import home_text
from undergrad.site.pages.paths import path_text, paths_text
from undergrad.site.pages.play import play_text
from undergrad.site.pages.progress import progress_text
from undergrad.site.pages.questions import questions_text
from undergrad.site.pages.resources import resources_text
from undergrad.site.pages.runs import run_text, runs_text
from undergrad.site.pages.stages import course_text, stage_text
from undergrad.site.pages.units import unit_text
from undergrad.site.snapshot import Snapshot


def pages(snapshot: Snapshot) -> dict[str, str]:
    """Every generated page: its path below `docs/`, and its Markdown."""
    found = {
        links.HOME: home_text(snapshot),
        links.COURSE: course_text(snapshot),
        links.PLAY: play_text(snapshot),
        links.PROGRESS: progress_text(snapshot),
        links.RUNS: runs_text(snapshot),
        links.PATHS: paths_text(snapshot),
        links.QUESTIONS: questions_text(snapshot),
        links.RESOURCES: resources_text(snapshot),
        links.GLOSSARY: glossary_text(snapshot),
    }
    for stage in snapshot.course.stages:
        found[links.stage_page(stage.id)] = stage_text(stage, snapshot)
    for path in snapshot.course.paths:
        found[links.path_page(path.id)] = path_text(path, snapshot)
    for unit in snapshot.course.units:
        found[links.unit_page(unit)] = unit_text(unit, snapshot)
    for run in snapshot.runs:
        found[links.run_page(run.id)] = run_text(run, snapshot)
    return found


def navigation(menu: list[Any], snapshot: Snapshot) -> list[Any]:
    """The menu of `mkdocs.yml` with its entries in angle brackets replaced by pages.

    The theme shows titles unescaped, so they are escaped here.
    """
    course = snapshot.course
    entries: dict[str, list[Any]] = {
        "<stages>": [_stage_entry(stage, snapshot) for stage in course.stages],
        "<paths>": [{line(path.title): links.path_page(path.id)} for path in course.paths],
        "<runs>": [{line(run.title): links.run_page(run.id)} for run in snapshot.runs],
    }
    return _completed(menu, entries)


def _stage_entry(stage: Stage, snapshot: Snapshot) -> dict[str, list[Any]]:
    units = map(snapshot.unit, stage.units)
    return {
        f"{stage.number}. {line(stage.title)}": [
            links.stage_page(stage.id),
            *({line(unit.title): links.unit_page(unit)} for unit in units),
        ]
    }


def _completed(menu: list[Any], entries: dict[str, list[Any]]) -> list[Any]:
    done: list[Any] = []
    for entry in menu:
        if isinstance(entry, str):
            done += entries.get(entry, [entry])
        else:
            [(title, below)] = entry.items()
            done.append({title: _completed(below, entries) if isinstance(below, list) else below})
    return done
