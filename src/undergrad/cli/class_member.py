"""`undergrad class join`, `push` and `leave`: take part in a class."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from undergrad.classroom import client
from undergrad.classroom.client import Member, Pending
from undergrad.classroom.invitation import Invitation, decode
from undergrad.classroom.view import IN_WORDS, NEVER
from undergrad.cli.completion import complete_units
from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.terminal import confirm, is_interactive, paint, say, short_path, step, wrap
from undergrad.errors import UsageError
from undergrad.files import output
from undergrad.journey import Learner, learner
from undergrad.words import day, listing, plural

_CODE_THERE = "Your code is there already."
_NO_CODE = "No code was handed in: these exercises are blank, or not started."


@click.command("join")
@click.argument("code", metavar="CODE")
@click.option("--auto", is_flag=True, help="Push after each check by itself.")
@click.option("--yes", is_flag=True, help="You have read what is sent, and agree.")
@journey_option
def join_command(code: str, auto: bool, yes: bool, journey: Path | None) -> None:
    """Join a class with the CODE from your teacher."""
    me, invited = learner(journey), decode(code)
    client.refuse_ended(invited)
    if auto and not invited.address:
        raise UsageError(f"{invited.name} has no server that could be pushed to: leave out --auto.")
    say(_consent_lines(invited, auto), err=True)
    if not (yes or (is_interactive() and confirm("Join?"))):
        raise UsageError("You did not join, and nothing was written: say yes, or use --yes.")
    client.join(me, code, auto=auto)
    say(f"You are learner {invited.learner} of {invited.name}. Nothing has been sent yet.")
    say(step("See what would be sent", "undergrad class push --preview"))
    say(step("Send it", "undergrad class push"))


@click.command("push")
@click.argument("names", metavar="[UNIT ...]", nargs=-1, shell_complete=complete_units)
@click.option("--code", is_flag=True, help="Hand in your exercises as well.")
@click.option("--preview", is_flag=True, help="Print the very bytes, and send nothing.")
@click.option("--file", type=GivenPath(), metavar="F", help="Write a file to hand in instead.")
@journey_option
@json_option
def push_command(
    names: tuple[str, ...],
    code: bool,
    preview: bool,
    file: Path | None,
    journey: Path | None,
    as_json: bool,
) -> None:
    """Send your progress to the class; of some units when you name them."""
    me = learner(journey)
    to = client.demand_member(me.journey)
    units = tuple(me.course.unit(name) for name in names)
    what = client.pending(me, to, units=units, code=code)
    if preview:
        for body in client.bodies(to, what, whole=file is not None):
            sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    if file is not None:
        return _write_file(me, to, what, file, code)
    pushed = client.push(me, to, what)
    if as_json:
        return print_json(pushed)
    if pushed.forgot:
        say("The class had lost what you sent earlier, so everything was sent once more.")
    say(_pushed_line(pushed, to))
    if pushed.hand_ins:
        say(f"Code handed in: {listing(pushed.hand_ins)}.")
    elif code:
        say(_CODE_THERE if what.hand_ins else _NO_CODE)
    else:
        say(step("To hand in your code", "undergrad class push --code"))


@click.command("leave")
@click.option("--erase", is_flag=True, help="Have the class erase what you sent.")
@journey_option
def leave_command(erase: bool, journey: Path | None) -> None:
    """Leave your class. Your own history keeps everything."""
    me = learner(journey)
    left = client.demand_member(me.journey)
    us = left.invitation
    if erase and us.address:
        client.ask_erasure(left)
        say(f"The class {us.name} has erased what you sent; only your number stays taken.")
    client.leave(me, left)
    say(f"You have left {us.name}. Nothing is sent any more.")
    if not (erase and us.address):
        say(f"What you sent stays there until {day(us.keep_until)}, or until your teacher erases"
            f" learner {us.learner}.")  # fmt: skip


def _consent_lines(us: Invitation, auto: bool) -> Iterator[str]:
    yield paint(us.name, bold=True)
    yield from wrap(f"Purpose: {us.purpose}.")
    yield f"Kept until: {day(us.keep_until)}."
    yield f"Sent to: {us.address}." if us.address else "Sent by you, as a file that you hand in."
    yield ""
    yield "What is sent, of all your units, also from before you joined:"
    for each in IN_WORDS:
        yield from wrap(each, "    ", "  - ")
    yield "Your code itself is sent only with `push --code`."
    yield from wrap(NEVER)
    yield "It is sent after each check by itself." if auto else "It is sent only when you push."
    yield "You may leave at any time, and have all of it erased: `undergrad class leave --erase`."
    yield ""


def _write_file(me: Learner, to: Member, what: Pending, file: Path, code: bool) -> None:
    from undergrad.classroom.collect import PUSH_FILE

    client.refuse_ended(to.invitation)
    with output(file, PUSH_FILE) as target:
        target.writelines(client.bodies(to, what, whole=True))
    client.record_file(me, to, what)
    taken = str(file) == "-"
    said = f" and the code of {listing(what.hand_ins)}" if what.hand_ins else ""
    events = plural(len(what.every) - len(what.hand_ins), "event")
    say(f"Wrote {events}{said} to {short_path(file)}: hand that file in.", err=taken)
    if code and not what.hand_ins:
        say(_NO_CODE, err=taken)


def _pushed_line(pushed: client.Pushed, to: Member) -> str:
    if not pushed.added and not pushed.known:
        return f"{to.invitation.name} has everything already."
    return (
        f"{to.invitation.name} has {plural(pushed.added, 'event')} more,"
        f" {pushed.position:,} of yours in all."
    )
