"""`undergrad class regrade`, `mark` and `export`: what counts in a class."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.classroom import folder as classes
from undergrad.classroom import marks
from undergrad.classroom.view import MARK, this_minute
from undergrad.cli import cluster
from undergrad.cli.completion import complete_units
from undergrad.cli.context import GivenPath
from undergrad.cli.terminal import quoted, say, short_path, step, wrap
from undergrad.course import load
from undergrad.errors import UsageError
from undergrad.words import VERDICTS, listing, plural

if TYPE_CHECKING:
    from undergrad.classroom.regrade import CheckPapers, Graded

_FOLDER = click.argument("folder", metavar="DIR", type=GivenPath())
_PROGRESS = 20  # checks, after which a regrade says how far it is


@click.command("regrade")
@_FOLDER
@click.argument("names", metavar="[UNIT ...]", nargs=-1, shell_complete=complete_units)
@click.option("--at-once", type=click.IntRange(min=1), metavar="N",
              help="Checks that run side by side; one per processor when left out.")  # fmt: skip
@click.option("cluster_file", "--cluster", type=GivenPath(), metavar="FILE",
              help="Check on the machines of a cluster; see `undergrad cluster`.")  # fmt: skip
def regrade_command(
    folder: Path, names: tuple[str, ...], at_once: int | None, cluster_file: Path | None
) -> None:
    """Check the code that was handed in, in the sandbox. Only this becomes a mark.

    Only what is new since the last regrade, or since the course changed, is run.
    """
    from undergrad.classroom import regrade  # with the checker

    classroom, course = classes.find(folder), load()
    units = [course.unit(name) for name in names]
    passed = skipped = 0
    with _checking(cluster_file, at_once) as check_papers:
        store = classroom.open_store()
        work = regrade.to_do(store, course, units)
        of = sum(len(each.hand_ins) for each in work)
        say(f"{plural(of, 'hand-in')} to regrade, {plural(len(work), 'check')} to run.", err=True)
        if unknown := regrade.unknown_units(store, course):
            say(
                f"Left alone: code for {listing(unknown)}, which this course does not have.",
                err=True,
            )
        found = regrade.regrade(classroom, store, course, work, check_papers, this_minute())
        for done, each in enumerate(found, 1):
            passed += len(each.learners) * (each.verdict == "pass")
            skipped += len(each.learners) * each.skipped
            if each.verdict != "pass":
                say(_graded_line(each), err=True)
            if done % _PROGRESS == 0:
                say(f"{done:,} of {len(work):,} done.", err=True)
    store.close()
    say(f"{passed} of {plural(of, 'hand-in')} passed.")
    if skipped:
        say(f"{plural(skipped, 'hand-in')} could not be judged: a library is missing here.")
    say(step("See what changed", f"undergrad class board {quoted(folder)}"))


@click.command("mark")
@_FOLDER
@click.argument("who", metavar="LEARNER")
@click.argument("unit", metavar="UNIT", shell_complete=complete_units)
@click.argument("mark", metavar="MARK")
@click.option("--because", required=True, metavar="TEXT", help="Why; it is kept beside the mark.")
def mark_command(folder: Path, who: str, unit: str, mark: str, because: str) -> None:
    """Set a mark by hand. It counts in place of every regrade; MARK is a number, or `none`."""
    classroom, found = classes.find(folder), load().unit(unit)
    number = marks.number_of(who, marks.read_roster(classroom))
    value = "" if mark == "none" else marks.valid_mark(mark)
    store = classroom.open_store()
    event = {"kind": MARK, "unit": found.id, "mark": value, "reason": because.strip()}
    store.add(number, [event], this_minute())
    store.close()
    said = f"has the mark {value}" if value else "has no mark by hand any more"
    say(f"Learner {number} {said} in {found.id}.")


@click.command("export")
@_FOLDER
@click.argument("file", metavar="FILE", type=GivenPath())
@click.option("--for", "layout", type=click.Choice(marks.FORMATS), default="plain",
              show_default=True, help="Whose columns to write.")  # fmt: skip
def export_command(folder: Path, file: Path, layout: str) -> None:
    """Write the marks as CSV: 1 for a verified pass, 0 for none, or the mark that you set."""
    classroom = classes.find(folder)
    say(marks.changes(classroom, marks.marks(classroom)), err=True)
    people = marks.export(classroom, file, layout, [unit.id for unit in load().units])
    say(f"Wrote {plural(people, 'learner')} to {short_path(file)}.", err=str(file) == "-")
    say("Only what `undergrad class regrade` verified is a mark; an empty cell was not regraded.",
        err=True)  # fmt: skip


@contextmanager
def _checking(cluster_file: Path | None, at_once: int | None) -> "Iterator[CheckPapers]":
    """Who checks what was handed in: the workers of a cluster, else this machine."""
    from undergrad.classroom import regrade

    if cluster_file is None:
        from undergrad.sandbox.process import scratch_folder

        regrade.refuse_open_machine()
        with scratch_folder("undergrad-class-") as scratch:
            yield partial(regrade.check_here, scratch=Path(scratch), at_once=at_once)
        return
    if at_once is not None:
        raise UsageError("A cluster runs one check for each worker: leave out --at-once.")
    with cluster.connected(cluster_file) as opened:
        from undergrad.classroom import on_cluster

        for host, missing in on_cluster.leave_out(opened).items():
            say(f"Left out: {host} cannot hold other people's code (missing: {listing(missing)}).",
                err=True)  # fmt: skip
        yield partial(on_cluster.check_papers, opened)


def _graded_line(each: "Graded") -> Iterator[str]:
    """What was found about code that did not pass."""
    word = VERDICTS.get(each.verdict, each.verdict)
    whom = listing([str(number) for number in each.learners], most=6)
    yield from wrap(f"{each.unit}, learner {whom}", " " * 12, f"  {word:<9} ")
