"""The mutants that may live, as `equivalent.txt` lists them: by unit, each with its reason.

    [solve]
    The last bits alone change.
        lu: U[j + 1 :, j] = 0.0  ->  pass
        ...: y[i] = (b[i] - ...

The section `[every unit]` is about all of them. An entry stands for all mutants that are written
as it is, where `...` stands for anything.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.mutants.mutate import Mutant

EVERY_UNIT = "every unit"
FILE = Path(__file__).with_name("equivalent.txt")


@dataclass(frozen=True)
class Equivalent:
    """Mutants that no check can tell from the solution, or need not."""

    pattern: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether the mutant is one of them."""
        pattern = re.escape(self.pattern).replace(r"\.\.\.", ".*")
        return re.fullmatch(pattern, str(mutant)) is not None


@cache
def read() -> dict[str, tuple[Equivalent, ...]]:
    """The entries of the file, by section. Raises ValueError for one without a unit or a reason."""
    found: dict[str, list[Equivalent]] = {}
    unit = reason = ""
    for number, line in enumerate(FILE.read_text("utf-8").splitlines(), 1):
        if line.startswith("["):
            unit, reason = line.strip("[]"), ""
        elif line.startswith("    "):
            if not unit or not reason:
                raise ValueError(f"{FILE.name}:{number}: an entry has a unit and a reason above it")
            found.setdefault(unit, []).append(Equivalent(line.strip(), reason))
        elif line:
            reason = line
    return {unit: tuple(entries) for unit, entries in found.items()}


def reasons_for(unit: str) -> tuple[Equivalent, ...]:
    """The entries about a unit, and those about every unit."""
    return (*read().get(unit, ()), *read()[EVERY_UNIT])
