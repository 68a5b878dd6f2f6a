"""The rules of a game as pure functions over arrays, for any number of games at once.

Rules remember nothing. The state of N games is a named tuple of arrays, each with N rows; `step`
takes it and returns a new one. So one game is N games with N = 1, many cost little more than one,
a state can be kept, copied or gone back to, and there is only one place where the rules stand.

Two kinds of chance are needed. How a game starts is drawn from a NumPy generator that belongs to
that game. What happens while it is played comes from numbers in the state (`draws.py`), so `step`
stays a function of its arguments and each game has a stream of its own.

N is the number of games.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from gymnasium import Space, spaces

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]
S = TypeVar("S", bound=tuple[Any, ...])  # a NamedTuple of arrays with N rows each


class Outcome(NamedTuple, Generic[S]):
    """What one step of N games led to. A state after the end is only there to be looked at."""

    state: S
    reward: Array  # (N,) float64
    terminated: Array  # (N,) bool


class Rules(ABC, Generic[S]):
    """The rules of one game. Time limits are not among them: those cut a game off from outside."""

    observation_space: Space[Any]  # of one game
    action_space: spaces.Discrete | spaces.Box
    frames_per_second: ClassVar[int] = 8  # a good pace to watch it at

    @abstractmethod
    def start(self, generators: Sequence[np.random.Generator]) -> S:
        """The first state of as many games as there are generators, each from its own."""

    @abstractmethod
    def step(self, state: S, action: Array) -> Outcome[S]:
        """Do `action` (N, *action) in `state`. Neither is changed."""

    @abstractmethod
    def observe(self, state: S) -> Array:
        """What the player sees: (N, *observation), a new array."""

    @abstractmethod
    def paint(self, state: S) -> "Image":
        """A picture of the first of the N games."""


def existing(space: spaces.Discrete | spaces.Box, actions: Array, games: int) -> Array:
    """The actions themselves, (N, *action). ValueError when there is one that does not exist."""
    if actions.shape != (games, *(space.shape or ())):
        raise ValueError(f"for {games} games, actions of shape {actions.shape}")
    if isinstance(space, spaces.Box):
        inside = (actions >= space.low) & (actions <= space.high)  # False for nan too
        if not inside.all():
            raise ValueError(f"{actions[~inside][0]} is outside of {space}")
        return actions
    for action in (actions.min(), actions.max()):
        if not 0 <= action < space.n:
            raise ValueError(f"{action} is no action: there are 0 to {space.n - 1}")
    return actions


def replace_rows(state: S, mask: Array, fresh: S) -> S:
    """`state` with the rows where `mask` (N,) is true taken from `fresh`, in order."""
    columns = []
    for old, new in zip(state, fresh, strict=True):
        column = old.copy()
        column[mask] = new
        columns.append(column)
    return type(state)(*columns)


def row(state: S, index: int) -> S:
    """The state of one of the N games, as N = 1."""
    return type(state)(*(column[index : index + 1] for column in state))
