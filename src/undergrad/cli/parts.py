"""`parts`: what of the engine is your own, and what a training would borrow."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from undergrad.cli.context import (
    journey_option,
    json_option,
    open_journey,
    print_json,
    stderr,
    stdout,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from undergrad.mine.account import Account
    from undergrad.mine.parts import OwnPart

_STYLES = {"yours": "green", "refused": "red", "not built": "dim"}


@click.command("parts")
@click.argument("presets", metavar="[PRESET]...", nargs=-1)
@journey_option
@json_option
def parts_command(presets: tuple[str, ...], journey: Path | None, as_json: bool) -> None:
    """Show which parts of the engine are yours.

    With the name of a training, such as digits: which of its parts are yours and which are on loan.
    It is watched for two steps to find out. `undergrad train PRESET --engine mine` uses yours.

    Example: undergrad parts digits-cnn
    """
    from undergrad.cli import families, own_engine

    tasks = [families.load(name) for name in presets]
    known = own_engine.own_parts(open_journey(journey))
    accounts = {task.name: own_engine.account_of(task, known) for task in tasks}
    if as_json:
        print_json(_as_json(known, accounts))
        return
    for name, account in accounts.items():
        _print_account(stdout(), name, account)
    if accounts:
        _print_frame(stdout(), sorted({area for each in accounts.values() for area in each.frame}))
    else:
        _print_units(stdout(), known)
    loans = {loan.name for each in accounts.values() for loan in each.on_loan}
    asked = [each for each in known if each.name in loans] if accounts else known
    stderr().print(_next(asked, presets), markup=False)


def _print_units(console: "Console", known: "Sequence[OwnPart]") -> None:
    """Each unit that builds parts, and how they stand."""
    from undergrad.mine.account import short

    yours = sum(each.state == "yours" for each in known)
    console.print(f"Your engine: {yours} of {len(known)} parts.")
    grid = _grid(3)
    for unit in dict.fromkeys(each.unit for each in known):
        for state, style in _STYLES.items():
            names = [short(e.name) for e in known if (e.unit, e.state) == (unit, state)]
            if names:
                grid.add_row(unit, f"[{style}]{state}[/]", ", ".join(names))
    console.print(grid)
    for each in known:
        if each.state == "refused":
            console.print(f"{short(each.name)} is refused: {each.reason}.", markup=False)


def _print_account(console: "Console", preset: str, account: "Account") -> None:
    from undergrad.cli import own_engine
    from undergrad.mine.account import short

    console.print(f"{preset}: {account.sentence}.", style="bold")
    if account.yours:
        console.print(f"Yours: {', '.join(short(name) for name in account.yours)}")
    for line in own_engine.on_loan(account):
        console.print(f"On loan: {line}", markup=False)


def _print_frame(console: "Console", areas: "Sequence[str]") -> None:
    """What of the engine no unit builds, and what it does."""
    from undergrad.mine.account import FRAME

    console.print("The frame, which no unit builds:", style="dim")
    grid = _grid(2)
    for area in areas:
        grid.add_row(area, FRAME[area], style="dim")
    console.print(grid)


def _grid(columns: int) -> "Table":
    from rich.table import Table

    grid = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(columns):
        grid.add_column(overflow="fold")
    return grid


def _next(known: "Sequence[OwnPart]", presets: tuple[str, ...]) -> str:
    """The first part that is missing, or what to do with a whole engine."""
    from undergrad.mine.account import short

    name = presets[0] if presets else "digits"
    missing = next((each for each in known if each.state != "yours"), None)
    if missing is None:
        return f"Next: undergrad train {name} --engine mine"
    if missing.state == "refused":
        return f"Next: fix `{short(missing.name)}`, then undergrad check {missing.unit}"
    return f"Next part: {short(missing.name)}. Build it: undergrad show {missing.unit}"


def _as_json(known: "Sequence[OwnPart]", accounts: "dict[str, Account]") -> dict[str, Any]:
    keys = ("name", "unit", "uses", "state", "reason", "slower")
    return {
        "parts": [{key: getattr(each, key) for key in keys} for each in known],
        "presets": {
            name: {"summary": account.sentence, **asdict(account)}
            for name, account in accounts.items()
        },
    }
