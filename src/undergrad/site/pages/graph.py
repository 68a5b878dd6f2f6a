"""The map of the course: which unit builds on which, as one SVG of links.

A stage is a column, a unit a box in it. Lines run from a unit to those that build on it. The
drawing takes its colours from the page's style sheet, so it follows the light and the dark scheme.
The home page shows the same content beside it as a list, for small screens and for screen readers.
"""

from textwrap import wrap

from undergrad.course.models import Unit
from undergrad.markup import escape
from undergrad.site import links
from undergrad.site.links import Link
from undergrad.site.snapshot import Snapshot, state_of

_BOX, _HEIGHT = 152, 42  # one unit
_COLUMN, _ROW = 190, 54  # from one to the next
_LEFT, _TOP = 20, 60

Point = tuple[int, int]


def corners(snapshot: Snapshot) -> dict[str, Point]:
    """The top left corner of every unit's box."""
    return {
        unit_id: (_LEFT + column * _COLUMN, _TOP + row * _ROW)
        for column, stage in enumerate(snapshot.course.stages)
        for row, unit_id in enumerate(stage.units)
    }


def svg(snapshot: Snapshot, to: Link) -> str:
    """The map as inline SVG inside a region that can be scrolled by keyboard."""
    at = corners(snapshot)
    columns, rows = len(snapshot.course.stages), max(len(s.units) for s in snapshot.course.stages)
    width, height = _LEFT + columns * _COLUMN, _TOP + rows * _ROW
    lines = "".join(
        _line(need, unit.id, at[need], at[unit.id])
        for unit in snapshot.course.units
        for need in unit.needs
    )
    boxes = "".join(_box(unit, at[unit.id], snapshot, to) for unit in snapshot.course.units)
    heads = "".join(
        _head(f"{stage.number} {stage.title}", _LEFT + column * _COLUMN)
        for column, stage in enumerate(snapshot.course.stages)
    )
    return (
        '<div class="ug-graph" tabindex="0" role="region" aria-label="Map of the course">'
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        f'aria-label="Units and what they build on">{heads}<g class="ug-lines">{lines}</g>'
        f"{boxes}</svg></div>\n"
    )


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
    middle = _HEIGHT // 2
    if a[0] == b[0]:
        (x, y1), y2 = a, b[1] + middle
        bow = min(16, 6 + abs(y2 - y1) // 40)
        path = f"M{x} {y1 + middle}C{x - bow} {y1 + middle} {x - bow} {y2} {x} {y2}"
    else:
        x1, x2 = a[0] + _BOX, b[0]
        y1, y2 = a[1] + middle, b[1] + middle
        half = (x1 + x2) // 2 if x2 - x1 < _COLUMN else x2 - 20
        path = f"M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"
    return f'<path data-from="{start}" data-to="{end}" d="{path}"/>'


def _box(unit: Unit, at: Point, snapshot: Snapshot, to: Link) -> str:
    state = state_of(unit, snapshot.status)
    rows = wrap(unit.title, 25)
    first = at[1] + _HEIGHT / 2 + 4 - 6.5 * (len(rows) - 1)
    return (
        f'<a href="{to(links.unit_page(unit))}" data-unit="{unit.id}" '
        f'data-state="{state.replace(" ", "-")}">'
        f'<rect x="{at[0]}" y="{at[1]}" width="{_BOX}" height="{_HEIGHT}" rx="6"/>'
        f"<text>{_rows(rows, at[0] + 9, first, 13)}</text></a>"
    )
