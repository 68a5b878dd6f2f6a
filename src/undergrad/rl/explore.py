"""How often to try something other than what looks best.

An agent that always takes the action it thinks best never finds out that another one is better.
Four ways to look around: take any action with probability epsilon; keep such an action for a while,
since a hundred pushes that cancel each other lead nowhere; prefer better actions without excluding
worse ones (Boltzmann); or shake the weights of the network itself (noisy layers, in `noisy`).

The schedules are functions of the number of steps taken and of nothing else, so a training that is
resumed goes on with the epsilon at which it stopped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Schedule: TypeAlias = Callable[[int], float]  # the number of steps taken -> a number


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


def boltzmann(q: Array, temperature: float, rng: np.random.Generator) -> Array:
    """For each row of q (N, A) an action, with probabilities softmax(q / temperature): (N,).

    Adding Gumbel noise and taking the largest draws exactly from these probabilities.
    Source: Sutton and Barto, 2nd edition, section 2.8 (there a preference, here a value).
    """
    return np.asarray((q / temperature + rng.gumbel(size=q.shape)).argmax(axis=1))


class Exploration:
    """Chooses actions from values, with what it must remember to do so.

    Arguments:
        epsilon: the share of steps with a random action, as a function of the steps taken.
        hold: for how many steps on average a random action is kept. The share stays epsilon.
        temperature: above 0, actions that are not random are drawn by `boltzmann`.

    Source of `hold`: Dabney, Ostrovski and Barreto 2021, "Temporally-Extended epsilon-Greedy
    Exploration"; here with geometric lengths, so that nothing but the held action is remembered.
    """

    def __init__(self, epsilon: Schedule, hold: float = 1.0, temperature: float = 0.0) -> None:
        if hold < 1 or temperature < 0:
            raise ValueError(
                "Exploration: hold must be at least 1 and temperature at least 0, "
                f"not {hold} and {temperature}"
            )
        self.epsilon, self.hold, self.temperature = epsilon, hold, temperature
        self.held: Array = np.empty(0, np.int64)  # the random action of each environment, or -1

    def choose(self, q: Array, step: int, rng: np.random.Generator) -> Array:
        """An action for each row of q (N, A): (N,)."""
        epsilon = self.epsilon(step)
        if self.hold == 1 and self.temperature == 0:
            return epsilon_greedy(q, epsilon, rng)
        self._draw_held(len(q), q.shape[1], epsilon, rng)
        best = boltzmann(q, self.temperature, rng) if self.temperature else q.argmax(axis=1)
        return np.where(self.held < 0, best, self.held)

    def _draw_held(
        self, count: int, actions: int, epsilon: float, rng: np.random.Generator
    ) -> None:
        """Let go of some held actions and begin to hold others, so that the share is epsilon.

        A held action is kept with probability k = 1 - 1 / hold, and otherwise a new one begins
        with probability b. The share e is in balance when e = e k + (1 - e k) b.
        """
        if len(self.held) != count:
            self.held = np.full(count, -1, np.int64)
        keep = 1 - 1 / self.hold
        begin = epsilon * (1 - keep) / (1 - epsilon * keep)
        kept = (self.held >= 0) & (rng.random(count) < keep)
        fresh = np.where(rng.random(count) < begin, rng.integers(actions, size=count), -1)
        self.held = np.where(kept, self.held, fresh)

    def state_dict(self) -> dict[str, Any]:
        """What is being held."""
        return {"held": self.held.copy()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on holding what `state` held."""
        self.held = np.array(state["held"], np.int64)
