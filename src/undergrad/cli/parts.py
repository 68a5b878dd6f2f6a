"""`parts`: what of the engine is your own, and what a run would have on loan."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from undergrad.cli import own_engine
from undergrad.cli import presets as all_presets
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, step, table
from undergrad.journey import learner
from undergrad.mine.account import FRAME, Account
from undergrad.mine.parts import OwnPart, own_parts
from undergrad.words import part_name, plural

_COLOURS = {"yours": "green", "refused": "red", "not built": None}


@click.command("parts")
@click.argument("presets", metavar="[PRESET]...", nargs=-1)
@journey_option
@json_option
def parts_command(presets: tuple[str, ...], journey: Path | None, as_json: bool) -> None:
    """Show which parts of the engine are yours.

    With the name of a preset, such as digits: which of its parts are yours and which are on loan.
    Its first two updates are traced to find out. `undergrad train PRESET --engine mine` uses yours.

    Example: undergrad parts digits-cnn
    """
    found = [all_presets.load(name) for name in presets]
    known = own_parts(learner(journey))
    accounts = {preset.name: own_engine.account_of(preset, known) for preset in found}
    if as_json:
        return print_json(_as_json(known, accounts))
    for name, account in accounts.items():
        say(account_lines(name, account))
    if accounts:
        say(frame_lines(sorted({area for each in accounts.values() for area in each.frame})))
    else:
        say(unit_lines(known))
    loans = {loan.name for each in accounts.values() for loan in each.on_loan}
    wanted = [each for each in known if each.name in loans] if accounts else known
    say(_next_lines(wanted, presets), err=True)


def unit_lines(known: Sequence[OwnPart]) -> Iterator[str]:
    """Each unit that builds parts, and how they stand."""
    yours = sum(each.state == "yours" for each in known)
    yield f"Your engine: {yours} of {plural(len(known), 'part')}."
    rows = []
    for unit in dict.fromkeys(each.unit for each in known):
        for state, colour in _COLOURS.items():
            names = [part_name(e.name) for e in known if (e.unit, e.state) == (unit, state)]
            if names:
                rows.append((unit, paint(state, colour, dim=colour is None), ", ".join(names)))
    yield from table(("", "", ""), rows)
    for each in known:
        if each.state == "refused":
            yield f"{part_name(each.name)} is refused: {each.reason}."


def account_lines(preset: str, account: Account) -> Iterator[str]:
    """What a run of this preset is made of."""
    yield paint(f"{preset}: {account.sentence}.", bold=True)
    if account.yours:
        yield f"Yours: {', '.join(part_name(name) for name in account.yours)}"
    yield from (f"On loan: {line}" for line in own_engine.on_loan(account))


def frame_lines(areas: Sequence[str]) -> Iterator[str]:
    """What of the engine no unit builds, and what it does."""
    yield paint("The frame, which no unit builds:", dim=True)
    yield from table(("", ""), [(area, FRAME[area]) for area in areas])


def _next_lines(known: Sequence[OwnPart], presets: tuple[str, ...]) -> Iterator[str]:
    """The first part that is missing, or what to do with a whole engine."""
    name = presets[0] if presets else "digits"
    missing = next((each for each in known if each.state != "yours"), None)
    if missing is None:
        return step("Next", f"undergrad train {name} --engine mine")
    part = part_name(missing.name)
    if missing.state == "refused":
        return step(f"Next: fix `{part}`, then", f"undergrad check {missing.unit}")
    return step(f"Next part: {part}. Build it", f"undergrad show {missing.unit}")


def _as_json(known: Sequence[OwnPart], accounts: dict[str, Account]) -> dict[str, Any]:
    keys = ("name", "unit", "uses", "state", "reason", "slower")
    return {
        "parts": [{key: getattr(each, key) for key in keys} for each in known],
        "presets": {
            name: {"summary": account.sentence, **asdict(account)}
            for name, account in accounts.items()
        },
    }
