"""What authors write in `checks.py` and `mistakes.py`: `@task` and `@mistake`.

A decorator only attaches a description to the function and returns the function itself, so a
check stays an ordinary function that can be called and read. `find` collects the descriptions of
a module in the order of its file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from undergrad.checker.forms import Forms
from undergrad.checker.judges import Judge

if TYPE_CHECKING:
    from undergrad.course.edits import Mistake as Edit

Thing = TypeVar("Thing", bound=Callable[..., Any])

_MARK = "__undergrad__"


@dataclass(frozen=True)
class Check:
    """One check function and what its task says about it."""

    name: str
    task: int
    sentence: str
    needs: tuple[int, ...]
    judge: Judge | None  # None: equal to the worked solution
    seeds: int | None  # None: as many as the run asks for
    keeps_arguments: bool  # what the exercise's functions are given must stay as it was
    function: Callable[..., Any]
    forms: Forms = field(default_factory=dict, hash=False)  # declared for the exercise's functions


@dataclass(frozen=True)
class Mistake:
    """A typical wrong solution, seen when `function` is called, and the sentence it deserves.

    `made` says how it comes about: an edit of the solution's text, or a function in its place.
    """

    name: str
    function: str
    sentence: str
    made: "Edit | Callable[..., Any]"


def task(
    number: int,
    sentence: str,
    *,
    needs: Iterable[int] = (),
    judge: Judge | None = None,
    seeds: int | None = None,
    keeps_arguments: bool = False,
) -> Callable[[Thing], Thing]:
    """Mark `f(code, rng)` as a check of task `number`.

    sentence: what right code does, as in "takes the step against the gradient".
    needs: tasks that must pass before this one is judged.
    judge: replaces "equal to the solution", see `undergrad.checker.judges`.
    seeds: how many random cases, when this check needs another number than the others.
    keeps_arguments: also fail code that edits in place an array, list or dictionary it is given.
    """

    def mark(function: Thing) -> Thing:
        described = Check(
            function.__name__, number, sentence, tuple(needs), judge, seeds, keeps_arguments,
            function,
        )  # fmt: skip
        function.__dict__[_MARK] = described
        return function

    return mark


def mistake(function: str, sentence: str) -> Callable[[Thing], Thing]:
    """Mark a typical wrong version of the exercise's `function`, where no edit can say it."""

    def mark(wrong: Thing) -> Thing:
        setattr(wrong, _MARK, Mistake(wrong.__name__, function, sentence, wrong))
        return wrong

    return mark


def checks_in(module: ModuleType, forms: Forms) -> tuple[Check, ...]:
    """The check functions of a loaded `checks.py`, in file order.

    forms: what the worked solution's functions are declared to return.
    """
    return tuple(replace(each, forms=forms) for each in _marks(module) if isinstance(each, Check))


def mistakes_in(module: ModuleType) -> tuple[Mistake, ...]:
    """The wrong solutions of a loaded `mistakes.py`, in file order."""
    return tuple(each for each in _marks(module) if isinstance(each, Mistake))


def _marks(module: ModuleType) -> list[object]:
    return [vars(thing)[_MARK] for thing in vars(module).values() if _has_mark(thing)]


def _has_mark(thing: object) -> bool:
    return _MARK in getattr(thing, "__dict__", {})
