"""`--engine mine`: the learner's parts in a run, and what is printed and kept about them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from undergrad.cli import presets
from undergrad.errors import UsageError
from undergrad.journey import Learner
from undergrad.runs import Preset, Run, session
from undergrad.runs.seeds import Context
from undergrad.words import part_name

if TYPE_CHECKING:
    from undergrad.mine.account import Account
    from undergrad.mine.parts import OwnPart

MINE, REFERENCE = "mine", "reference"


def own_parts(me: Learner) -> "tuple[OwnPart, ...]":
    """Every part of the course; those of passed units are judged, or known from before."""
    from undergrad.mine import parts

    return parts.own_parts(me)


def account_of(preset: Preset, parts: "Sequence[OwnPart]") -> "Account":
    """Who built what a run of this preset calls, found by watching its first steps."""
    from undergrad.mine.account import account
    from undergrad.mine.kit import kit_of
    from undergrad.mine.trace import trace

    kind = presets.kind_of(preset)

    def first_steps(stop: Callable[[], bool]) -> None:
        with tempfile.TemporaryDirectory(prefix="undergrad-") as runs:
            session.resume(session.start(preset, Path(runs), range(1)), kind, should_stop=stop)

    return account(trace(first_steps, kit_of(parts).functions()), parts)


def with_account(run: Run, account: "Account") -> Run:
    """A new run, with what it is made of written into it."""
    yours, borrowed = list(account.yours), [asdict(loan) for loan in account.on_loan]
    run = replace(
        run, engine=f"{MINE}: {account.sentence}", parts={"yours": yours, "borrowed": borrowed}
    )
    run.write()
    return run


def engine_of(run: Run, me: Learner | None, known: "Sequence[OwnPart]" = ()) -> Context:
    """The block in which a run is trained, and judged again: with the parts it was started with.

    `known` are the parts, when they were found already. Raises UsageError when one of the
    parts is missing now.
    """
    if not run.engine.startswith(MINE):
        return nullcontext
    if me is None:
        raise UsageError(f"{run.id} uses your parts: go to its journey, or name it.")
    from undergrad.mine.kit import kit_of
    from undergrad.mine.parts import current_name

    known = known or own_parts(me)
    fit = {each.name for each in known if each.state == "yours"}
    for name in map(current_name, run.parts["yours"]):
        if name not in fit:
            raise UsageError(
                f"{run.id} was started with your `{part_name(name)}`, which cannot be used now: "
                "see `undergrad parts`, or start a new run."
            )
    return kit_of(known)


def account_lines(account: "Account") -> Iterator[str]:
    """The account in one line, and one line per reason for what is on loan."""
    yield f"Engine: {account.sentence}."
    yield from (f"On loan: {line}" for line in on_loan(account))


def on_loan(account: "Account") -> list[str]:
    """What is on loan: the parts that have one reason in common, and the reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for loan in account.on_loan:
        reasons.setdefault((loan.unit, loan.why), []).append(part_name(loan.name))
    return [
        f"{', '.join(names)}{f' ({unit})' if unit else ''}: {why}"
        for (unit, why), names in reasons.items()
    ]


def check_choice(engine: str | None, run: Run) -> None:
    """A resumed run keeps the engine that it was started with."""
    started = MINE if run.engine.startswith(MINE) else REFERENCE
    if engine not in (None, started):
        raise UsageError(f"{run.id} was started with --engine {started}: leave out --engine.")
