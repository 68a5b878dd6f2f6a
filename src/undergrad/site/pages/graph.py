"""The map of the course: which unit builds on which, as one SVG of links.

A stage is a column, a unit a box in it. Lines run from a unit to those that build on it. With a
journey, a broad line leads along the learner's path: its units carry their number, and a frame
stands around the next one. The drawing takes its colours from the page's style sheet, so it follows
the light and the dark scheme. The home page shows the same content beside it in words and as a
list, for small screens and for screen readers.
"""

from itertools import pairwise
from textwrap import wrap

from undergrad.course.models import Course, Unit
from undergrad.journey.models import PASSED, Status
from undergrad.markup import escape
from undergrad.site import links
from undergrad.site.links import Link
from undergrad.site.snapshot import Snapshot, state_of

_BOX, _HEIGHT = 152, 42  # one unit
_COLUMN, _ROW = 190, 54  # from one to the next
_LEFT, _TOP = 20, 60
_FRAME = 5  # from the next unit's box to the frame around it

Point = tuple[int, int]


def corners(course: Course) -> dict[str, Point]:
    """The top left corner of every unit's box."""
    return {
        unit_id: (_LEFT + column * _COLUMN, _TOP + row * _ROW)
        for column, stage in enumerate(course.stages)
        for row, unit_id in enumerate(stage.units)
    }


def steps(status: Status | None) -> dict[str, int]:
    """The number of each unit on the learner's path, from 1; empty without a journey."""
    on_path = [unit.id for unit in status.units if unit.on_path] if status else []
    return {name: number for number, name in enumerate(on_path, start=1)}


def path_line(course: Course, status: Status | None) -> str:
    """The learner's path as a line from box to box, and a frame around the next unit.

    The line is solid between units that are passed. It is what changes on the map while a person
    works, besides the boxes' states; without a journey it is empty.
    """
    if status is None:
        return ""
    at = corners(course)
    on_path = [unit for unit in status.units if unit.on_path]
    lines = [
        f'<path{_passed(a.state in PASSED and b.state in PASSED)} d="{_leg(at[a.id], at[b.id])}">'
        "</path>"
        for a, b in pairwise(on_path)
    ]
    return "".join(lines) + (_frame(at[status.next]) if status.next in at else "")


def svg(snapshot: Snapshot, to: Link) -> str:
    """The map as inline SVG inside a region that can be scrolled by keyboard."""
    at, numbers = corners(snapshot.course), steps(snapshot.status)
    columns, rows = len(snapshot.course.stages), max(len(s.units) for s in snapshot.course.stages)
    width, height = _LEFT + columns * _COLUMN, _TOP + rows * _ROW
    lines = "".join(
        _line(need, unit.id, at[need], at[unit.id])
        for unit in snapshot.course.units
        for need in unit.needs
    )
    boxes = "".join(
        _box(unit, at[unit.id], numbers.get(unit.id), snapshot, to)
        for unit in snapshot.course.units
    )
    heads = "".join(
        _head(f"{stage.number} {stage.title}", _LEFT + column * _COLUMN)
        for column, stage in enumerate(snapshot.course.stages)
    )
    return (
        '<div class="ug-graph" tabindex="0" role="region" aria-label="Map of the course">'
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        f'aria-label="Units and what they build on">{heads}<g class="ug-lines">{lines}</g>'
        f"{_path_region(snapshot)}{boxes}</svg></div>\n"
    )


def _path_region(snapshot: Snapshot) -> str:
    """The group that the live server fills again; a visitor has no path."""
    if snapshot.status is None:
        return ""
    line = path_line(snapshot.course, snapshot.status)
    return f'<g data-live="path-line" class="ug-path">{line}</g>'


def _passed(passed: bool) -> str:
    return ' class="ug-passed"' if passed else ""


def _frame(at: Point) -> str:
    x, y = at[0] - _FRAME, at[1] - _FRAME
    size = f'width="{_BOX + 2 * _FRAME}" height="{_HEIGHT + 2 * _FRAME}"'
    return f'<rect class="ug-here" x="{x}" y="{y}" {size} rx="{6 + _FRAME}"></rect>'


def _head(title: str, x: int) -> str:
    return f'<text class="ug-head">{_rows(wrap(title, 24), x, 24, 17)}</text>'


def _rows(rows: list[str], x: int, y: float, step: int) -> str:
    """Lines of text. The space at a line's end keeps two words apart for those who hear them."""
    return "".join(
        f'<tspan x="{x}" y="{y + step * number:g}">{escape(row)} </tspan>'
        for number, row in enumerate(rows)
    )


def _line(start: str, end: str, a: Point, b: Point) -> str:
    """A curve between columns; within a column a small bow at the boxes' left edge."""
    bow = -min(16, 6 + abs(b[1] - a[1]) // 40)
    path = _bow(a, b, 0, bow) if a[0] == b[0] else _across(a, b)
    return f'<path data-from="{start}" data-to="{end}" d="{path}"/>'


def _leg(a: Point, b: Point) -> str:
    """One leg of the path: straight down to the next box, round other boxes at their right edge."""
    if a[0] != b[0]:
        return _across(a, b)
    if abs(b[1] - a[1]) == _ROW:
        return f"M{a[0] + _BOX // 2} {a[1] + _HEIGHT // 2}V{b[1] + _HEIGHT // 2}"
    return _bow(a, b, _BOX, 24)


def _bow(a: Point, b: Point, edge: int, bow: int) -> str:
    """A curve beside a column, from box to box, `bow` away from the edge at `edge`."""
    x, y1, y2 = a[0] + edge, a[1] + _HEIGHT // 2, b[1] + _HEIGHT // 2
    return f"M{x} {y1}C{x + bow} {y1} {x + bow} {y2} {x} {y2}"


def _across(a: Point, b: Point) -> str:
    """A curve between columns, from the side of one box to the facing side of the other."""
    forth = 1 if a[0] < b[0] else -1
    x1, x2 = (a[0] + _BOX, b[0]) if forth > 0 else (a[0], b[0] + _BOX)
    y1, y2 = a[1] + _HEIGHT // 2, b[1] + _HEIGHT // 2
    half = (x1 + x2) // 2 if abs(x2 - x1) < _COLUMN else x2 - 20 * forth
    return f"M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"


def _box(unit: Unit, at: Point, number: int | None, snapshot: Snapshot, to: Link) -> str:
    """A unit as a link. number: on the learner's path, if it is there."""
    state = state_of(unit, snapshot.status)
    beside = ' class="ug-beside"' if snapshot.status and number is None else ""
    rows = wrap(unit.title, 25)
    first = at[1] + _HEIGHT / 2 + 4 - 6.5 * (len(rows) - 1)
    return (
        f'<a href="{to(links.unit_page(unit))}" data-unit="{unit.id}" '
        f'data-state="{state.replace(" ", "-")}"{beside}>'
        f'<rect x="{at[0]}" y="{at[1]}" width="{_BOX}" height="{_HEIGHT}" rx="6"/>'
        f"{_number(number, at) if number else ''}"
        f"<text>{_rows(rows, at[0] + 9, first, 13)}</text></a>"
    )


def _number(number: int, at: Point) -> str:
    """The number of a unit on the path, in a circle on the box's corner."""
    x, y = at[0] - 2, at[1] + 1
    return (
        f'<circle cx="{x}" cy="{y}" r="8.5"/>'
        f'<text class="ug-step" x="{x}" y="{y + 3.5:g}">{number} </text>'
    )
