"""Does an environment keep its word? It says what can be seen and done in it; this is compared.

An environment that lies trains an agent too, only to do something else. So a reward that is not a
number, or an observation outside its own space, ends the training with a sentence that says where.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import Space
from gymnasium.spaces import Box, Discrete

from undergrad.errors import ToolError

Array: TypeAlias = npt.NDArray[Any]


class Honesty:
    """Compares what environments return with what they said.

    Arguments:
        name: of the environment, for the sentence.
        space: of one observation.
    """

    def __init__(self, name: str, space: Space[Any]) -> None:
        self.name, self.space = name, space
        self.low: Any = -np.inf
        self.high: Any = np.inf
        if isinstance(space, Discrete):
            self.low, self.high = space.start, space.start + space.n - 1
        elif isinstance(space, Box):
            self.low, self.high = space.low, space.high
        # Bytes cannot leave 0 to 255, and there are many of them in a picture.
        self.everywhere = (
            space.dtype == np.uint8 and np.all(self.low == 0) and np.all(self.high == 255)
        )

    def check_first(self, observation: Any) -> None:
        """One observation of one environment: its shape, its type and its range."""
        if not self.space.contains(observation):
            seen = np.asarray(observation)
            raise ToolError(
                f"The environment {self.name} says that observations lie in {self.space}, and "
                f"begins with one of shape {seen.shape} and type {seen.dtype} that does not: "
                "repair its observation_space."
            )

    @contextmanager
    def in_a_step(self) -> Iterator[None]:
        """Turns what an environment raises in a step, or what does not fit, into one sentence."""
        try:
            yield
        except (TypeError, ValueError) as error:
            raise ToolError(
                f"The environment {self.name} failed in a step: {error}. Does it keep to the "
                "spaces that it declares?"
            ) from error

    def check(self, observation: Array, reward: Array) -> None:
        """What a step returned: observations (N, *observation), rewards (N,)."""
        if not np.isfinite(reward).all():
            raise ToolError(
                f"The environment {self.name} gave the reward {reward[~np.isfinite(reward)][0]}: "
                "repair it, nothing can be learnt from that. What was saved is kept."
            )
        if self.everywhere:
            return
        # `not (within)`, so that nan, which compares as False, counts as outside.
        if not ((observation >= self.low) & (observation <= self.high)).all():
            raise ToolError(
                f"The environment {self.name} showed an observation outside of {self.space}: "
                f"{self._first_outside(observation)}. Repair it; what was saved is kept."
            )

    def _first_outside(self, observation: Array) -> list[Any]:
        inside = (observation >= self.low) & (observation <= self.high)
        rows = ~inside.reshape(len(observation), -1).all(axis=1)
        return [round(float(x), 4) for x in np.ravel(observation[rows][0])[:8]]
