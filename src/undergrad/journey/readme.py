"""Progress in a journey's README: a table between two markers, and a picture beside it.

Nothing else in the file is ever touched. The picture, `progress.svg`, has one row per stage and one
box per unit, whose shape shows its state: full, half, crossed out, empty, dotted. It brings its own
background, so that it can be read on a light page and on a dark one.
"""

from html import escape

from undergrad.errors import notify
from undergrad.files import replace_file, write_new
from undergrad.journey.layout import Journey
from undergrad.journey.models import PASSED, StageStatus, Status, UnitStatus
from undergrad.words import plural

BEGIN = b"<!-- undergrad:progress -->"
END = b"<!-- undergrad:end -->"
MADE = b"<!-- undergrad keeps this picture up to date -->"  # only such a file is replaced

_WIDTH, _ROW, _TOP = 720, 34, 62
_BOXES, _STEP, _SIDE = 330, 18, 13  # where a row's boxes begin, their distance, their size
_MOST = 17  # boxes that fit

_STYLE = """<style>
.paper{fill:#fcfaf4;stroke:#ded8c8}.ink{fill:#1c292c}.soft{fill:#566266}
.full{fill:#0d5c5c}.line{fill:none;stroke:#0d5c5c;stroke-width:1.5}.dots{stroke-dasharray:2 2}
text{font:14px system-ui,sans-serif}.name{font-weight:600}
@media (prefers-color-scheme:dark){
.paper{fill:#161b1e;stroke:#333c40}.ink{fill:#e8e6df}.soft{fill:#9aa5a8}
.full{fill:#88cfc8}.line{stroke:#88cfc8}}
</style>"""


def new_readme(status: Status) -> bytes:
    """The README a fresh journey gets."""
    opening = (
        f"# {_plain(status.journey)}\n\n"
        "My way through undergrad, a deep-learning degree that I build myself.\n"
        "What stands between the two markers is kept up to date by `undergrad`;"
        " the rest is mine.\n\n"
    )
    closing = (
        "\n\n| folder | holds |\n|---|---|\n"
        "| `exercises/` | my solutions, one file per unit |\n"
        "| `notes/` | my notes, one page per unit |\n"
        "| `capstones/` | my two projects |\n"
        "| `drills/` | my exercises, written again from a blank file |\n"
        "| `runs/` | my runs, with their plots |\n"
        "| `.undergrad/` | my progress and its backups |\n\n"
        "`undergrad next` says what to do now.\n"
    )
    return opening.encode("utf-8", "replace") + BEGIN + _table(status) + END + closing.encode()


def update_readme(journey: Journey, status: Status) -> None:
    """Rewrite the picture and the table.

    Without both markers, once each and in order, the README is left alone. Trouble with the disk is
    reported, not raised: the README repeats what the store already holds.
    """
    try:
        if not journey.readme.is_file():
            return
        update_picture(journey, status)
        before = journey.readme.read_bytes()
        after = with_table(before, status)
        if after != before:
            replace_file(journey.readme.resolve(), after)
    except OSError as error:
        notify(f"The table in {journey.readme} could not be brought up to date: {error.strerror}.")


def update_picture(journey: Journey, status: Status) -> None:
    """Draw the progress picture again, unless a file of the learner's has its name.

    Raises OSError.
    """
    picture = progress_svg(status)
    if not write_new(journey.picture, picture) and journey.picture.is_file():
        before = journey.picture.read_bytes()
        if MADE in before and before != picture:
            replace_file(journey.picture, picture)


def with_table(content: bytes, status: Status) -> bytes:
    """The file's bytes with a new table; everything outside the markers stays as it is."""
    if content.count(BEGIN) != 1 or content.count(END) != 1:
        return content
    before, _, rest = content.partition(BEGIN)
    _, found, after = rest.partition(END)
    return before + BEGIN + _table(status) + END + after if found else content


def _table(status: Status) -> bytes:
    goal = f"**Goal:** {_plain(status.goal)}\n\n" if status.goal else ""
    stages = "".join(
        f"| {stage.number}. {_plain(stage.title)} | {stage.passed} of {stage.total} |\n"
        for stage in status.stages
        if stage.total
    )
    passed = [unit for unit in status.units if unit.state in PASSED]
    done = "".join(f"- {_plain(unit.title)}, {(unit.passed_at or '')[:10]}\n" for unit in passed)
    following = next((unit.title for unit in status.units if unit.id == status.next), None)
    coming = f"\n**Next:** {_plain(following)}\n" if following else ""
    return (
        f"\n{goal}![My progress, stage by stage](progress.svg)\n\n"
        f"**Path:** {_plain(status.path_title)},"
        f" {status.passed} of {plural(status.total, 'unit')} passed\n\n"
        f"| stage | passed |\n|---|---|\n{stages}\n{done}{coming}"
    ).encode("utf-8", "replace")


def _plain(text: str) -> str:
    """One line that is text and nothing else in Markdown."""
    line = " ".join(text.split())
    for character in "\\`*_[]<>|":
        line = line.replace(character, f"&#{ord(character)};")
    return line


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
        return f'{outline}<path class="line" d="M{x + 3} {y + _SIDE - 3}l7-7"/>'
    return outline


def _text(text: str) -> str:
    plain = "".join(letter for letter in text if letter.isprintable())
    return escape(plain.encode("utf-8", "replace").decode("utf-8"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
