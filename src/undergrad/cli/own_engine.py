"""`--engine mine`: the learner's parts around a run, and what is printed and kept about them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad import run_folder
from undergrad.cli import families
from undergrad.errors import UsageError
from undergrad.journey import Learner
from undergrad.mine.account import Account, account, short
from undergrad.mine.kit import kit_of
from undergrad.mine.parts import OwnPart, own_parts
from undergrad.mine.trace import trace

if TYPE_CHECKING:
    from undergrad.cli.families import AnyTask
    from undergrad.run_seeds import Around

MINE, REFERENCE = "mine", "reference"


def account_of(preset: "AnyTask", parts: Sequence[OwnPart]) -> Account:
    """Who built what this training calls, found by watching its first steps in a scratch folder."""
    session = families.session(families.kind_of(preset))

    def first_steps(stop: Callable[[], bool]) -> None:
        with tempfile.TemporaryDirectory(prefix="undergrad-") as runs:
            session.go_on(session.begin(preset, Path(runs), range(1)), stop=stop)

    return account(trace(first_steps, kit_of(parts).functions()), parts)


def begin(folder: Path, account: Account) -> None:
    """Write into a new run what it is made of."""
    yours, borrowed = list(account.yours), [asdict(loan) for loan in account.on_loan]
    record = run_folder.read_record(folder)
    record |= {
        "engine": f"{MINE}: {account.sentence}",
        "parts": {"yours": yours, "borrowed": borrowed},
    }
    run_folder.write_record(folder, record)


def around(folder: Path, me: Learner | None, known: Sequence[OwnPart] = ()) -> "Around":
    """The block in which a run is trained, and judged again: with the parts it was started with.

    `known` are the parts, when they were found already. Raises UsageError when one of the
    parts is missing now.
    """
    record = run_folder.read_record(folder)
    if not str(record.get("engine", REFERENCE)).startswith(MINE):
        return nullcontext
    if me is None:
        raise UsageError(f"{folder.name} runs on your parts: go to its journey, or name it.")
    known = known or own_parts(me)
    fit = {each.name for each in known if each.state == "yours"}
    for name in record["parts"]["yours"]:
        if name not in fit:
            raise UsageError(
                f"{folder.name} was started with your `{short(name)}`, which cannot be used now: "
                "see `undergrad parts`, or start a new run."
            )
    return kit_of(known)


def account_lines(account: Account) -> Iterator[str]:
    """The account in one line, and one line per reason for what is on loan."""
    yield f"Engine: {account.sentence}."
    yield from (f"On loan: {line}" for line in on_loan(account))


def on_loan(account: Account) -> list[str]:
    """What is on loan: the pieces that have one reason together, and the reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for loan in account.on_loan:
        reasons.setdefault((loan.unit, loan.why), []).append(short(loan.name))
    return [
        f"{', '.join(names)}{f' ({unit})' if unit else ''}: {why}"
        for (unit, why), names in reasons.items()
    ]


def check_choice(engine: str | None, record: dict[str, Any], folder: Path) -> None:
    """A resumed run keeps the engine it was started with."""
    started = MINE if str(record.get("engine", REFERENCE)).startswith(MINE) else REFERENCE
    if engine not in (None, started):
        raise UsageError(f"{folder.name} was started with --engine {started}: leave out --engine.")
