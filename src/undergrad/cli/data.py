"""`undergrad data`: which datasets there are, under which terms, and a copy to work with."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from undergrad.cli.context import GivenPath, json_option, print_json
from undergrad.cli.terminal import paint, say, short_path, step, table, wrap
from undergrad.datasets.cards import CARDS, Card, card
from undergrad.errors import UsageError
from undergrad.files import refuse_foreign_folder

CHECKSUMS = "SHA256SUMS"  # lies in every folder of a set, and so in every copy


@click.group("data")
def data_command() -> None:
    """List the datasets, or get one of them.

    Example: undergrad data get book
    """


@data_command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List all sets: what they hold, how large they are, whose terms hold."""
    if as_json:
        print_json([_data(each) for each in CARDS])
        return
    for title, sets in (
        ("Included", [each for each in CARDS if each.folder]),
        ("To download", [each for each in CARDS if not each.folder]),
    ):
        say([paint(title, bold=True)])
        rows = [
            (each.name, f"{each.megabytes:.2f}", f"{each.what} ({each.terms})") for each in sets
        ]
        say(table(("name", "MB", "what (terms)"), rows))
        say([""])
    say(step("In Python", "from undergrad.datasets import book"))


@data_command.command("get")
@click.argument("name", metavar="NAME")
@click.option(
    "folder", "--to", type=GivenPath(), metavar="DIR",
    help="Where to put it; data/NAME when left out.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Accept the terms of a download without being asked.")
@json_option
def get_command(name: str, folder: Path | None, yes: bool, as_json: bool) -> None:
    """Copy a set with its licence and source into a folder, or download it."""
    chosen = card(name)
    place = (
        _copied(chosen, folder or Path("data") / name)
        if chosen.folder
        else _fetched(chosen, folder, yes)
    )
    if as_json:
        print_json({**_data(chosen), "folder": str(place)})
    else:
        say(_got(chosen, place))


def _data(chosen: Card) -> dict[str, object]:
    return {**asdict(chosen), "megabytes": round(chosen.megabytes, 2)}


def _copied(chosen: Card, folder: Path) -> Path:
    """A copy of the set's folder, with its arrays in NumPy's own format too.

    An earlier copy is replaced file by file.
    """
    import shutil

    from undergrad.datasets import packed

    assert chosen.folder is not None
    refuse_foreign_folder(folder, CHECKSUMS)
    shutil.copytree(chosen.folder, folder, dirs_exist_ok=True)
    for path in folder.glob("*" + packed.ENDING):
        packed.write_npz(path)
    return folder


def _fetched(chosen: Card, folder: Path | None, yes: bool) -> Path:
    """The folder of a downloaded set, once the person has seen its terms."""
    from undergrad.datasets.download import SOURCES, fetch_all

    say(wrap(f"{chosen.credit}. Terms: {chosen.terms}. {chosen.megabytes:.0f} MB."), err=True)
    if not (yes or click.confirm("Download it?", err=True)):
        raise UsageError(f"Nothing was downloaded; offline there is `{chosen.stand_in}`.")
    return fetch_all(SOURCES[chosen.name], folder)


def _got(chosen: Card, place: Path) -> Iterator[str]:
    yield from wrap(f"{chosen.what}: {chosen.count}")
    yield f"  {short_path(place)}"
    yield from wrap(f"Credit: {chosen.credit}")
    if chosen.baseline:
        yield from wrap(f"To be beaten: {chosen.baseline}")
    function = chosen.name.replace("-", "_")
    yield from step("In Python", f"from undergrad.datasets import {function}")
