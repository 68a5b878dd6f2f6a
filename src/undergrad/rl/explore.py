"""How often to try something other than what looks best.

An agent that always takes the action it thinks best never finds out that another one is better. So
with probability epsilon it takes any action at all: nearly always at first, rarely later. The
schedule is a function of the number of steps taken and of nothing else, so a training that is
resumed goes on with the epsilon at which it stopped.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Linear:
    """From `start` to `end` in a straight line over the first `steps` steps, then `end`."""

    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        if step >= self.steps:
            return self.end
        return self.start + (self.end - self.start) * step / self.steps


def epsilon_greedy(q: Array, epsilon: float, rng: np.random.Generator) -> Array:
    """For each row of q (N, A) the best action, or with probability `epsilon` any: (N,).

    Every row has a draw of its own; one draw for all would make all environments explore at once.
    """
    count, actions = q.shape
    best = q.argmax(axis=1)
    anything = rng.integers(actions, size=count)
    return np.where(rng.random(count) < epsilon, anything, best)
