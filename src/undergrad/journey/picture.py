"""The progress picture of a journey: one row per stage, one box per unit, as an SVG for the README.

The shape of a box shows its state: full, half, crossed out, empty, dotted. The picture brings its
own background, so that it can be read on a light page and on a dark one.
"""

from html import escape

from undergrad.journey.models import PASSED, StageStatus, Status, UnitStatus
from undergrad.words import plural

MADE = b"<!-- undergrad keeps this picture up to date -->"  # only such a file is replaced

_WIDTH, _ROW, _TOP = 720, 34, 62
_BOXES, _STEP, _SIDE = 330, 24, 16  # where a row's boxes begin, their distance, their size
_MOST = 13  # boxes that fit

_STYLE = """<style>
.paper{fill:#fcfaf4;stroke:#ded8c8}.ink{fill:#1c292c}.soft{fill:#566266}
.full{fill:#0d5c5c}.line{fill:none;stroke:#0d5c5c;stroke-width:1.5}.dots{stroke-dasharray:2 2}
text{font:14px system-ui,sans-serif}.name{font-weight:600}
@media (prefers-color-scheme:dark){
.paper{fill:#161b1e;stroke:#333c40}.ink{fill:#e8e6df}.soft{fill:#9aa5a8}
.full{fill:#88cfc8}.line{stroke:#88cfc8}}
</style>"""


def progress_svg(status: Status) -> bytes:
    """The picture. It shows the units of the learner's path; the same status, the same bytes."""
    stages = [
        (stage, [u for u in status.units if u.stage == stage.id and u.on_path])
        for stage in status.stages
    ]
    rows = [(stage, units) for stage, units in stages if units]
    height = _TOP + _ROW * len(rows) + 12
    words = f"{status.path_title}: {status.passed} of {plural(status.total, 'unit')} passed"
    body = "".join(_row(number, *row) for number, row in enumerate(rows))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{_text(words)}">'
        f"<title>{_text(words)}</title>{_STYLE}"
        f'<rect class="paper" x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"/>'
        f'<text class="ink name" x="20" y="34">{_text(_cut(words, 80))}</text>'
        f"{body}{MADE.decode()}</svg>\n"
    )
    return svg.encode("utf-8")


def _row(number: int, stage: StageStatus, units: list[UnitStatus]) -> str:
    y = _TOP + _ROW * number
    words = f"{stage.passed} of {stage.total}" if stage.total else "being written"
    boxes = (
        "".join(_box(unit, _BOXES + _STEP * n, y) for n, unit in enumerate(units))
        if len(units) <= _MOST
        else _bar(stage.passed / max(1, stage.total), y)
    )
    return (
        f'<text class="soft" x="20" y="{y + 13}">{_text(_cut(stage.title, 38))}</text>{boxes}'
        f'<text class="soft" x="{_WIDTH - 20}" y="{y + 13}" text-anchor="end">'
        f"{words}</text>"
    )


def _bar(share: float, y: int) -> str:
    """For a stage with more units than there is room for boxes."""
    width = _STEP * _MOST
    return (
        f'<rect class="full" x="{_BOXES}" y="{y}" width="{share * width:.0f}" height="{_SIDE}"/>'
        f'<rect class="line" x="{_BOXES}" y="{y}" width="{width}" height="{_SIDE}" rx="3"/>'
    )


def _box(unit: UnitStatus, x: int, y: int) -> str:
    frame = f'x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" rx="3"'
    name = f"<title>{_text(unit.title)}: {unit.label}</title>"
    return f"<g>{name}{_shape(unit, frame, x, y)}</g>"


def _shape(unit: UnitStatus, frame: str, x: int, y: int) -> str:
    if unit.state in PASSED:
        return f'<rect class="full" {frame}/>'
    outline = f'<rect class="line{"" if unit.written else " dots"}" {frame}/>'
    if unit.state == "started":
        return (
            f'{outline}<rect class="full" x="{x}" y="{y}" width="{_SIDE // 2}" height="{_SIDE}"/>'
        )
    if unit.state == "skipped":
        return f'{outline}<path class="line" d="M{x + 4} {y + _SIDE - 4}l8-8"/>'
    return outline


def _text(text: str) -> str:
    plain = "".join(letter for letter in text if letter.isprintable())
    return escape(plain.encode("utf-8", "replace").decode("utf-8"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
