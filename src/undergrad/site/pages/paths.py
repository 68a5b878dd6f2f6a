"""The pages about paths: all of them side by side, and one page each with its units and days."""

from undergrad.course import assumed
from undergrad.course.models import Day, LearningPath
from undergrad.plan import day_table
from undergrad.site import links
from undergrad.site.markup import command, escape, page_top, table
from undergrad.site.pages.stages import unit_list
from undergrad.site.snapshot import Snapshot
from undergrad.words import duration, plural


def paths_text(snapshot: Snapshot) -> str:
    """Every path with its hours, for choosing one."""
    to = links.from_page(links.PATHS)
    rows = "".join(
        _row(path, snapshot, to(links.path_page(path.id))) for path in snapshot.course.paths
    )
    return "\n".join(
        [
            page_top("Paths", "curriculum/paths.yaml"),
            "# Paths through the course\n",
            "A path is an ordered choice of units. Units are shared between paths, so you can "
            "change over at any time and nothing you have passed is lost. "
            f"[Six questions]({links.link(links.PATHS, links.QUESTIONS)}) find one for you.\n",
            table("Paths", ("Path", "For whom", "Units", "Work"), rows),
            "Change over with\n",
            command("undergrad path NAME"),
        ]
    )


def _row(path: LearningPath, snapshot: Snapshot, address: str) -> str:
    here = snapshot.status is not None and snapshot.status.path == path.id
    mark = ' <span class="ug-note">your path</span>' if here else ""
    minutes = sum(snapshot.unit(name).minutes.total for name in path.units)
    return (
        f'<tr><th scope="row"><a href="{address}">{escape(path.title)}</a>{mark}</th>'
        f"<td>{escape(path.for_whom)}</td><td>{len(path.units)}</td>"
        f"<td>{round(minutes / 60)} h</td></tr>"
    )


def path_text(path: LearningPath, snapshot: Snapshot) -> str:
    """One path: for whom, its days where it has dates, its units, what it takes as known."""
    page = links.path_page(path.id)
    units = [snapshot.unit(name) for name in path.units]
    minutes = duration(minutes=sum(unit.minutes.total for unit in units))
    return "\n".join(
        part
        for part in [
            page_top(path.title, "curriculum/paths.yaml"),
            f"# {escape(path.title)}\n",
            f'<p class="ug-promise">{escape(path.for_whom)}</p>\n',
            f"**Bring:** {path.needs}\n" if path.needs else "",
            f"{plural(len(units), 'unit')}, {minutes} of work. Follow it with\n",
            command(f"undergrad path {path.id}"),
            _timetable(path, page, snapshot),
            "\n".join(f"- {note}" for note in path.notes) + "\n" if path.notes else "",
            f"## The units in order {{#units}}\n\n{unit_list(units, page, snapshot)}",
            _known_already(path, page, snapshot),
        ]
        if part
    )


def _known_already(path: LearningPath, page: str, snapshot: Snapshot) -> str:
    """What the path's units build on and the path leaves out. It blocks nothing."""
    names = assumed(snapshot.course, path)
    if not names:
        return ""
    units = unit_list([snapshot.unit(name) for name in names], page, snapshot)
    return (
        "## Taken as known {#known}\n\nThe units above build on these, and the path leaves them "
        f"out. Open one when something is missing; none of them locks anything.\n\n{units}"
    )


def _timetable(path: LearningPath, page: str, snapshot: Snapshot) -> str:
    """Courses and chapters beside our units, then each day with its share of them."""
    if not path.timetable:
        return ""
    courses = "".join(_course_row(day, page, snapshot) for day in path.timetable)
    days = "".join(_day_rows(day, page, snapshot) for day in path.timetable)
    return (
        "## Courses, chapters and units {#timetable}\n\n"
        + table(
            "Timetable", ("Days", "Course", "Chapters", "Units here"), courses, kind="ug-timetable"
        )
        + "\n## Day by day {#days}\n\n"
        + "The hours of each part are spread evenly over its days. Lessons, exercises and the "
        "reading beside them are all inside.\n\n"
        + table("Day by day", ("Day", "Units", "Work"), days, kind="ug-timetable ug-days")
    )


def _course_row(row: Day, page: str, snapshot: Snapshot) -> str:
    units = ", ".join(_unit_link(name, page, snapshot) for name in row.units)
    return (
        f'<tr><th scope="row">{escape(row.days)}</th><td>{escape(row.course)}</td>'
        f"<td>{escape(row.chapters) or 'none'}</td><td>{units}</td></tr>"
    )


def _day_rows(row: Day, page: str, snapshot: Snapshot) -> str:
    minutes = {name: snapshot.unit(name).minutes.total for name in row.units}
    return "".join(
        f'<tr><th scope="row">{day}</th><td>'
        + ", ".join(
            f"{_unit_link(name, page, snapshot)} ({duration(minutes=part)})"
            for name, part in portions
        )
        + f"</td><td>{duration(minutes=sum(part for _, part in portions))}</td></tr>"
        for day, portions in day_table(row, minutes)
    )


def _unit_link(name: str, page: str, snapshot: Snapshot) -> str:
    unit = snapshot.unit(name)
    address = links.from_page(page)(links.unit_page(unit))
    return f'<a href="{address}">{escape(unit.title)}</a>'
