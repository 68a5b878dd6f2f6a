"""`undergrad class`: run a class. `class_marks` has its marks, `class_member` what learners do."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from undergrad.classroom import folder as classes
from undergrad.classroom import marks
from undergrad.classroom.board import SILENT_DAYS, Board
from undergrad.classroom.invitation import encode
from undergrad.classroom.view import this_minute
from undergrad.cli.class_marks import export_command, mark_command, regrade_command
from undergrad.cli.class_member import join_command, leave_command, push_command
from undergrad.cli.context import GivenPath, json_option, print_json
from undergrad.cli.terminal import (
    confirm,
    is_interactive,
    paint,
    quoted,
    say,
    short_path,
    step,
    table,
    wrap,
)
from undergrad.course import load
from undergrad.errors import UsageError
from undergrad.words import VERDICTS, day, listing, plural

_FOLDER = click.argument("folder", metavar="DIR", type=GivenPath())
_YEAR = timedelta(days=365)
_MOST = 12  # learners in one line of the board


@click.group("class")
def class_command() -> None:
    """Run a class, or take part in one.

    Example: undergrad class init my-class
    """


for _command in (
    *(regrade_command, mark_command, export_command),
    *(join_command, push_command, leave_command),
):
    class_command.add_command(_command)


@class_command.command("init")
@_FOLDER
@click.option("--name", default="", help="What learners call it; DIR when left out.")
@click.option("--purpose", default="", metavar="TEXT", help="What you need their progress for.")
@click.option("--keep-until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="The last day of the class; a year from now when left out.")  # fmt: skip
@click.option("--store", default="", metavar="URL",
              help="A PostgreSQL database; a file in DIR when left out.")  # fmt: skip
def init_command(
    folder: Path, name: str, purpose: str, keep_until: datetime | None, store: str
) -> None:
    """Create a class in DIR."""
    last = keep_until.date() if keep_until else date.today() + _YEAR
    if last < date.today():
        raise UsageError(f"{day(last)} is over: name a day to come with --keep-until.")
    made = classes.create(
        folder,
        name=name.strip(),
        purpose=purpose.strip() or "to see where help is needed, and to give marks",
        store=store,
        keep_until=last,
    )
    say(f"The class {made.settings.name} is in {short_path(made.root)}; only you may read it.")
    say(f"Its last day is {day(last)}.")
    say(step("Next", f"undergrad class invite {quoted(made.root)} names.csv"))


@class_command.command("invite")
@_FOLDER
@click.argument("names", metavar="[NAMES]", type=GivenPath(), required=False)
@click.option("--address", metavar="HOST:PORT", help="Where learners will find your server.")
def invite_command(folder: Path, names: Path | None, address: str | None) -> None:
    """Give everybody in NAMES a code to join with.

    NAMES is a list, one name per line, or CSV with a column `name`, and `email` and `id` if you
    like. With --address, every code is made again for that server.
    """
    classroom = classes.find(folder)
    people = marks.read_names(names) if names else []
    if address is not None:
        classroom = classroom.with_address(_address(address))
    entries = _enrolled(classroom, people)
    pinned = _pinned(classroom)
    coded = [
        marks.Entry(
            each.number,
            each.name,
            each.email,
            each.id,
            encode(classroom.invitation(each.number, pinned)),
        )
        for each in entries
    ]
    marks.write_roster(classroom, coded)
    say(f"{plural(len(coded), 'learner')} in {short_path(classroom.roster)}, each with a code.")
    say("Send each person their own code. The names stay in that file; the store has numbers only.")
    say(step("They type", "undergrad class join CODE"))
    if not classroom.settings.address:
        say(step("Then they send files, which you collect with",
                 f"undergrad class collect {quoted(folder)} FOLDER"))  # fmt: skip


@class_command.command("serve")
@_FOLDER
@click.option("--host", metavar="H", help="The address to listen at; by default that of the codes.")
@click.option("--port", type=click.IntRange(0, 65535), metavar="P", help="The port; likewise.")
def serve_command(folder: Path, host: str | None, port: int | None) -> None:
    """Receive pushes, and show the board in a browser.

    Everything travels over TLS. Learners need the address that you gave to `invite --address`.
    """
    from undergrad.classroom.server import serve

    classroom = classes.find(folder)
    at, _, number = (classroom.settings.address or "127.0.0.1:8443").rpartition(":")
    if not classroom.settings.address:
        raise UsageError(
            "The codes name no server yet: make them again with"
            f" `undergrad class invite {quoted(folder)} --address HOST:PORT`."
        )
    chosen = int(number) if port is None else port
    serve(classroom, load(), host=host or at.strip("[]"), port=chosen, say=say)


@class_command.command("collect")
@_FOLDER
@click.argument("files", metavar="FOLDER", type=GivenPath())
@json_option
def collect_command(folder: Path, files: Path, as_json: bool) -> int:
    """Take in the files that learners made with `push --file`.

    Everything in FOLDER that is such a file, at any depth. The same file twice does no harm.
    """
    from undergrad.classroom.collect import collect

    classroom = classes.find(folder)
    done = collect(classroom, files, this_minute())
    if as_json:
        print_json(done)
        return int(bool(done.refused))
    other = f"; {plural(done.other, 'other file')} left alone" if done.other else ""
    say(f"{plural(done.files, 'file')}: {plural(done.added, 'event')} added, {done.known} known"
        f"{other}.")  # fmt: skip
    for name, why in done.refused:
        say(wrap(f"{name}: {why}", "    ", "  Refused: "))
    say(step("See the class", f"undergrad class board {quoted(folder)}"))
    return int(bool(done.refused))


@class_command.command("board")
@_FOLDER
@click.option("--names", is_flag=True, help="Show names in place of numbers.")
@json_option
def board_command(folder: Path, names: bool, as_json: bool) -> None:
    """Show where the class is, and who needs help."""
    from undergrad.classroom.board import board

    classroom = classes.find(folder)
    store = classroom.open_store()
    made = board(store, load(), datetime.now(UTC))
    store.close()
    if as_json:
        return print_json(made)
    known = {each.number: each.name for each in marks.read_roster(classroom)} if names else {}
    say(_board_lines(made, classroom, known))


@class_command.command("verify")
@_FOLDER
def verify_command(folder: Path) -> int:
    """Verify that nothing in the store was changed."""
    store = classes.find(folder).open_store()
    wrong, learners = store.verify(), store.learners()
    store.close()
    if not wrong:
        say(f"{plural(len(learners), 'learner')}: every chain is as it was stored.")
        return 0
    say(wrong)
    say("Bring back a backup; what is missing is sent again with each learner's next push.")
    return 3


@class_command.command("forget")
@_FOLDER
@click.argument("who", metavar="LEARNER")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def forget_command(folder: Path, who: str, yes: bool) -> None:
    """Erase everything about a learner, a number or a name of the roster."""
    classroom = classes.find(folder)
    number = marks.number_of(who, marks.read_roster(classroom))
    if not (yes or (is_interactive() and confirm(f"Erase learner {number} for good?"))):
        raise UsageError("Nothing was erased: say yes, or use --yes.")
    store = classroom.open_store()
    events = store.forget(number)
    store.close()
    marks.drop(classroom, number)
    say(f"Learner {number} is erased: {plural(events, 'event')}, the name, and the marks.")
    say("What remains elsewhere is yours to delete: backups, collected files, exported marks.")
    if classroom.settings.store:
        say("PostgreSQL's own log still holds the events until it is recycled.")


def _address(typed: str) -> str:
    host, _, port = typed.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(
            f"`{typed}` is not an address: write it as HOST:PORT, such as 10.0.0.5:8443."
        )
    return typed


def _pinned(classroom: classes.Classroom) -> str:
    """The SHA-256 of the server's certificate, which is made with the first address."""
    if not classroom.settings.address:
        return ""
    from undergrad.classroom.certificate import fingerprint

    return fingerprint(classroom)


def _enrolled(classroom: classes.Classroom, people: Iterable[marks.Entry]) -> list[marks.Entry]:
    """The roster with these people added; those who are in it keep their numbers."""
    entries = marks.read_roster(classroom)
    known = {each.name for each in entries}
    store = classroom.open_store()
    used = [each.number for each in entries]
    free = max([*used, *store.numbers()], default=0) + 1
    new = [each for each in people if each.name not in known]
    entries += [
        marks.Entry(number, each.name, each.email, each.id) for number, each in enumerate(new, free)
    ]
    store.enrol(each.number for each in entries)
    store.close()
    if not entries:
        raise UsageError("Nobody is invited yet: name a file with one name per line.")
    return entries


def _board_lines(made: Board, classroom: classes.Classroom, known: dict[int, str]) -> Iterator[str]:
    def who(number: int) -> str:
        return known.get(number, f"learner {number}")

    def several(numbers: tuple[int, ...]) -> str:
        return listing([known.get(each, str(each)) for each in numbers], _MOST)

    us = classroom.settings
    yield paint(us.name, bold=True)
    yield f"{plural(made.learners, 'learner')}, {plural(made.events, 'event')}."
    if made.at[:10] > us.keep_until:
        yield f"Its last day was {day(us.keep_until)}: delete {short_path(classroom.root)}."
    if made.units:
        yield ""
        yield from table(
            ("unit", "here now", "passed", "verified"),
            [(row.unit, f"{row.here}", f"{row.passed}", f"{row.verified}") for row in made.units],
        )
    if made.stuck:
        yield from ("", paint("Stuck: five failed checks in two days, and no pass", bold=True))
        for each in made.stuck:
            tries = f"{plural(each.attempts, 'check')}, {plural(each.hints, 'hint')}"
            yield from wrap(f"{who(each.learner)} in {each.unit} ({tries})", "    ", "  ")
    if made.mistakes:
        yield from ("", paint("Mistakes of this week", bold=True))
        for mistake in made.mistakes:
            said = mistake.sentence or mistake.mistake
            made_by = f"{plural(mistake.learners, 'learner')} in {mistake.unit}"
            yield from wrap(f"{made_by}: {said}", "    ", "  ")
    if made.changed:
        yield from ("", paint("A regrade found otherwise than reported", bold=True))
        for change in made.changed:
            said = VERDICTS.get(change.verified, change.verified)
            before = "a pass" if change.reported else "no pass"
            yield from wrap(
                f"{who(change.learner)} in {change.unit}: reported {before}, found: {said}",
                "    ", "  ",
            )  # fmt: skip
    quiet = (
        (made.silent, f"Silent for {SILENT_DAYS} days"),
        (made.missing, "Nothing sent yet"),
        (made.ahead, "Clock ahead of ours, by the events' times"),
    )
    for numbers, title in quiet:
        if numbers:
            yield from ("", *wrap(f"{title}: {several(numbers)}"))
