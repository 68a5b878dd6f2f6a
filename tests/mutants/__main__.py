"""Would the checks notice? Break each unit's solution in small ways, one at a time, and see.

    python -m tests.mutants --units all
    python -m tests.mutants --units conv optim --every 5

A mutant is killed when a check fails on it. `equivalent.txt` lists those that may live, with the
reason; any other survivor is printed, and a check is missing. About ten minutes for all units.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.course import gate
from tests.mutants.equivalent import reasons_for
from tests.mutants.mutate import Mutant
from tests.mutants.units import of_unit, survives

from undergrad.course.models import Unit


@dataclass(frozen=True)
class Tally:
    """What became of the mutants of a unit."""

    unit: str
    killed: int
    equivalent: tuple[Mutant, ...]
    surviving: tuple[Mutant, ...]

    def __str__(self) -> str:
        return (
            f"{self.unit:<12}{self.killed:>5} killed{len(self.equivalent):>5} equivalent"
            f"{len(self.surviving):>5} surviving"
        )


def tally(unit: Unit, chosen: Sequence[Mutant]) -> Tally:
    """Try the chosen mutants of a unit."""
    reasons = reasons_for(unit.id)
    alive = [mutant for mutant in chosen if survives(unit, mutant)]
    excused = [any(reason.covers(mutant) for reason in reasons) for mutant in alive]
    pairs = list(zip(alive, excused, strict=True))
    equivalent = tuple(mutant for mutant, excuse in pairs if excuse)
    surviving = tuple(mutant for mutant, excuse in pairs if not excuse)
    return Tally(unit.id, len(chosen) - len(alive), equivalent, surviving)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each unit and each survivor; 1 when anything survived."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--units", nargs="+", default=["all"], metavar="UNIT")
    parser.add_argument("--every", type=int, default=1, help="take every n-th mutant")
    options = parser.parse_args(arguments)
    units = [u for u in gate.runnable() if options.units == ["all"] or u.id in options.units]
    tallies = []
    for unit in units:
        tallies.append(tally(unit, list(of_unit(unit))[:: options.every]))
        print(tallies[-1], flush=True)
        for mutant in tallies[-1].surviving:
            print(f"    {mutant}", flush=True)
    killed = sum(each.killed for each in tallies)
    equivalent = sum(len(each.equivalent) for each in tallies)
    surviving = sum(len(each.surviving) for each in tallies)
    print(f"{killed} killed, {equivalent} equivalent, {surviving} surviving")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main())
