"""The spaces of an environment, read once: what agents can count on, whatever was declared.

An agent sees one of two kinds of observation: the number of a state, counted from 0, or one array
of numbers. It chooses one of two kinds of action: a number counted from 0, or a row of numbers
within bounds. The functions here turn the spaces that an environment declares into these plain
ones, with the function that converts between the two. `vector_env.PlainEnv` applies them, so that
training, evaluation, films, tables and networks all see the same.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import Space
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple
from gymnasium.spaces.utils import flatdim, flatten, flatten_space

from undergrad.errors import UsageError

Array: TypeAlias = npt.NDArray[Any]

MOST_ACTIONS = 10_000  # that can be chosen from, combinations of several choices among them
MOST_INPUTS = 100_000  # where a state, or each choice of several parts, is an input of its own


@dataclass(frozen=True)
class PlainSpace:
    """A space as agents see it.

    Arguments:
        space: a Box, or a Discrete that starts at 0. Actions in a Box are one row with bounds.
        convert: of observations, makes a plain one of what the environment returned, and raises
            ValueError when that is not in its space; of actions, makes what the environment
            receives of a plain one.
    """

    space: Box | Discrete
    convert: Callable[[Any], Any]


def plain_observations(name: str, space: Space[Any]) -> PlainSpace:
    """How agents see the observations of the environment `name`.

    States are counted from 0. Several parts (MultiDiscrete, MultiBinary, Dict, Tuple) become one
    row of numbers, with choices as ones among zeros. UsageError when there is no such row.
    """
    if not _is_numbers(space):
        raise UsageError(
            f"An observation of {name} is {space}, which has no numbers, or not a fixed number of "
            "them: let the environment return an array, and declare it as a Box."
        )
    if isinstance(space, Discrete):
        return PlainSpace(Discrete(int(space.n)), partial(_state, space))
    if isinstance(space, Box):
        return PlainSpace(space, partial(read, space))
    check_inputs(name, space)
    flat = flatten_space(space)
    assert isinstance(flat, Box)
    return PlainSpace(flat, partial(_flattened, space))


def plain_actions(name: str, space: Space[Any]) -> PlainSpace:
    """How agents choose the actions of the environment `name`.

    Several choices at once (MultiDiscrete, MultiBinary) are counted through as one choice.
    UsageError when there are more than `MOST_ACTIONS`, or no agent can choose such an action.
    """
    if isinstance(space, Discrete) and space.n <= MOST_ACTIONS:
        start = int(space.start)
        return PlainSpace(Discrete(int(space.n)), partial(_from, start) if start else int)
    if isinstance(space, MultiDiscrete | MultiBinary):
        sizes = space.nvec if isinstance(space, MultiDiscrete) else np.full(space.shape, 2)
        if math.prod(sizes.ravel().tolist()) <= MOST_ACTIONS:
            return PlainSpace(Discrete(int(sizes.prod())), partial(_choices, space, sizes))
    if isinstance(space, Box):
        low, high = (bound.ravel().astype(np.float32) for bound in (space.low, space.high))
        with np.errstate(over="ignore"):
            bounded = np.isfinite(high - low).all()
        if bounded and low.size:
            return PlainSpace(Box(low, high), partial(_within, space))
    raise UsageError(
        f"An action of {name} is {space}, which no agent can choose: it must be one of up to "
        f"{MOST_ACTIONS:,} actions (Discrete), or a row of numbers with bounds (Box)."
    )


def check_inputs(name: str, space: Space[Any]) -> None:
    """UsageError when there are too many states, or choices, to give each an input."""
    if flatdim(space) > MOST_INPUTS:
        raise UsageError(
            f"An observation of {name} is {space}, which would be {flatdim(space):,} inputs of a "
            "network, one for each value: declare it as a Box, which has one for each number."
        )


def read(space: Space[Any], value: Any) -> Any:
    """`value` in the type of its space; of an array not yet the bounds, which are checked for all
    environments at once. ValueError, with what is wrong, when it has another form."""
    if isinstance(space, Dict):
        if not isinstance(value, Mapping) or set(value) != set(space.spaces):
            raise ValueError(f"{value!r:.60} does not have the entries {', '.join(space.spaces)}")
        return {name: read(part, value[name]) for name, part in space.spaces.items()}
    if isinstance(space, Tuple):
        if not isinstance(value, tuple | list) or len(value) != len(space.spaces):
            raise ValueError(f"{value!r:.60} does not have {len(space.spaces)} parts")
        return tuple(map(read, space.spaces, value))
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{value!r:.60} is not made of numbers")
    if array.shape != space.shape:
        raise ValueError(f"its shape is {array.shape} and not {space.shape}")
    assert space.dtype is not None
    with np.errstate(invalid="ignore", over="ignore"):
        cast = array.astype(space.dtype)
    if cast.dtype.kind != "f" and (cast != array).any():
        raise ValueError(f"{array[cast != array].flat[0]} does not fit the type {space.dtype}")
    return cast


def _is_numbers(space: Space[Any]) -> bool:
    """Whether an observation is always the same number of numbers, in however many parts."""
    if isinstance(space, Dict | Tuple):
        parts = space.spaces.values() if isinstance(space, Dict) else space.spaces
        return all(map(_is_numbers, parts))
    return isinstance(space, Box | Discrete | MultiBinary | MultiDiscrete) and 0 not in (
        space.shape or ()
    )


def _state(space: Discrete, value: Any) -> int:
    number = int(value) if type(value) in (int, np.int64) else int(read(space, value))
    state = number - int(space.start)
    if not 0 <= state < space.n:
        raise ValueError(f"{number} is outside of it")
    return state


def _flattened(space: Space[Any], value: Any) -> Array:
    cast = read(space, value)
    if not space.contains(cast):
        raise ValueError(f"{value!r:.120} is outside of it")
    return np.asarray(flatten(space, cast))


def _from(start: int, action: Any) -> int:
    return int(action) + start


def _choices(space: MultiDiscrete | MultiBinary, sizes: Array, action: Any) -> Array:
    """The choices whose combination has the number `action`, as digits of a number."""
    digits = np.reshape(np.unravel_index(int(action), sizes.ravel()), sizes.shape)
    start = space.start if isinstance(space, MultiDiscrete) else 0
    return np.asarray(digits + start, space.dtype)


def _within(space: Box, action: Any) -> Array:
    whole = np.issubdtype(space.dtype, np.integer)
    numbers = np.asarray(action, None if whole else space.dtype).reshape(space.shape)
    if whole:
        numbers = np.clip(np.rint(numbers), space.low, space.high).astype(space.dtype)
    return numbers
