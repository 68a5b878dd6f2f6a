"""One trial: a calculation that must give the same numbers with the learner's part."""

from collections.abc import Callable
from dataclasses import dataclass

from undergrad.cases.record import Values

SEED = 20  # of all numbers that are drawn for trials


@dataclass(frozen=True)
class Trial:
    """A calculation in which a part is used, and how close its numbers must be.

    `run` looks the function up by name, so it runs with the reference and again with the part.
    """

    label: str
    run: Callable[[], Values]
    rtol: float = 1e-4
    atol: float = 1e-5
