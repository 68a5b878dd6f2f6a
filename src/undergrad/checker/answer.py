"""What one call of a check function gave: a value, or an error, and what was seen on the way."""

from dataclasses import dataclass
from typing import Any

from undergrad.checker.forms import Misfit


@dataclass(frozen=True)
class Opaque:
    """Stands for an object that is not plain data: a generator, a function, a subclass."""

    kind: str  # its type's name
    note: str = ""


@dataclass(frozen=True)
class Raised:
    """An exception, as text. Exceptions themselves never leave the process they happened in."""

    name: str
    bases: tuple[str, ...]  # names of the exception's class and of all its bases
    text: str
    line: int | None = None  # in the exercise file; None when it happened outside of it
    function: str = ""  # the exercise's function that line belongs to
    at_call: bool = False  # the call itself was refused: the arguments do not fit

    def is_a(self, name: str) -> bool:
        return name in self.bases


@dataclass(frozen=True)
class Call:
    """A call of one of the exercise's functions, small enough to be shown."""

    function: str
    arguments: dict[str, Any]  # as they were before the call
    value: Any


@dataclass(frozen=True)
class Answer:
    """One answer. `raised` is None for a value; a value may well be None."""

    value: Any = None
    raised: Raised | None = None
    used: tuple[str, ...] = ()  # names the check took from the exercise, in order
    returned: str = ""  # type name of what the exercise's function returned last
    changed: tuple[tuple[str, str], ...] = ()  # (function, argument) pairs edited in place
    misfit: Misfit | None = None  # the first call that returned another form than declared
    drew: bool = False  # a random generator was handed to one of the functions
    sums: tuple[float, ...] = ()  # of the numbers that each call returned: what a repeat must give
    calls: tuple[Call, ...] = ()  # the small ones
    labels: tuple[tuple[tuple[Any, ...], str], ...] = ()  # (way into the value, whose value it is)


def label(function: str, part: str = "") -> str:
    """How a message names what a function returned, or one of its values."""
    return f"`{part}` of `{function}`" if part else f"what `{function}` returned"
