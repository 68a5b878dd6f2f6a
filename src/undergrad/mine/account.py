"""The account of a training: which of its parts are yours, which are on loan, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from undergrad.mine.frame import areas
from undergrad.mine.standing import Standing
from undergrad.mine.trace import Trace


@dataclass(frozen=True)
class Loan:
    """A piece that the reference stands in for."""

    name: str
    unit: str  # that builds it; "" when no unit does
    why: str


@dataclass(frozen=True)
class Account:
    """What a training runs on."""

    yours: tuple[str, ...]
    loans: tuple[Loan, ...]
    frame: tuple[str, ...]  # areas of the engine; `frame.FRAME` says what each does

    @property
    def sentence(self) -> str:
        """Such as “14 parts yours, 9 on loan”."""
        count = len(self.yours)
        return f"{count} {'part' if count == 1 else 'parts'} yours, {len(self.loans)} on loan"


def account(traced: Trace, standings: Sequence[Standing]) -> Account:
    """Who built what the training called."""
    return Account(
        yours=tuple(sorted(traced.own - traced.lent)),
        loans=tuple(_loan(name, standings) for name in sorted(traced.lent)),
        frame=areas(traced.frame),
    )


def short(name: str) -> str:
    """A piece as people call it: `relu`, `AdamW`, not the module before it or the method after."""
    words = name.split(".")
    return words[-2] if words[-1] in ("update", "rate") else words[-1]


def _loan(name: str, standings: Iterable[Standing]) -> Loan:
    builders = [each for each in standings if each.name == name]
    if not builders:
        return Loan(name, "", "no unit builds it yet")
    last = builders[-1]
    refused = [each for each in builders if each.state == "refused"]
    if any(each.state == "yours" for each in builders):
        return Loan(name, last.unit, "yours does not cover the way it is called here")
    if refused:
        return Loan(name, refused[-1].unit, f"yours is refused: {refused[-1].reason}")
    return Loan(name, last.unit, "not built yet")
