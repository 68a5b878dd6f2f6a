"""Progress in a journey's README: a picture beside it, and a table between two markers.

Nothing else in the file is ever touched. The picture is a file of its own, `progress.svg`.
"""

from undergrad.errors import notify
from undergrad.files import replace_file, write_new
from undergrad.journey.layout import Journey
from undergrad.journey.models import PASSED, Status
from undergrad.journey.picture import MADE, progress_svg
from undergrad.words import plural

BEGIN = b"<!-- undergrad:progress -->"
END = b"<!-- undergrad:end -->"


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
        "| `drills/` | my exercises once more from blank |\n"
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
