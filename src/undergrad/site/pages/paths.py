"""The pages about paths: all of them side by side, and one page each with its units and days."""

from undergrad.course import assumed, path_length
from undergrad.course.models import LearningPath
from undergrad.plan import day_table
from undergrad.site import links
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill


def paths_text(snapshot: Snapshot) -> str:
    """Every path with its hours, for choosing one."""
    paths = [(path, path_length(snapshot.course, path)) for path in snapshot.course.paths]
    return fill(
        "paths.md.jinja",
        paths=paths,
        chosen=snapshot.status.path if snapshot.status else "",
        to=links.from_page(links.PATHS),
    )


def path_text(path: LearningPath, snapshot: Snapshot) -> str:
    """One path: for whom, its days where it has dates, its units, what it takes as known."""
    unit = snapshot.unit
    days = [
        (day, [(unit(name), minutes) for name, minutes in portions])
        for row in path.timetable
        for day, portions in day_table(row, {n: unit(n).minutes.total for n in row.units})
    ]
    return fill(
        "path.md.jinja",
        path=path,
        length=path_length(snapshot.course, path),
        units=[unit(name) for name in path.units],
        known=[unit(name) for name in assumed(snapshot.course, path)],
        courses=[(row, [unit(name) for name in row.units]) for row in path.timetable],
        days=days,
        status=snapshot.status,
        to=links.from_page(links.path_page(path.id)),
    )
