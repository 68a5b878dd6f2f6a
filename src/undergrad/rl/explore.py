"""Exploration beyond epsilon-greedy: random actions that last, and actions drawn by their value.

An agent that always takes the action it thinks best never finds out that another one is better.
Epsilon-greedy (`agents.dqn`) takes a random action now and then. Two refinements stand here: repeat
such an action for a while, since a hundred pushes that cancel each other lead nowhere (ez-greedy);
and prefer better actions without excluding worse ones (Boltzmann). Noise in the weights themselves
is in `networks`.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.dqn import epsilon_greedy

Array: TypeAlias = npt.NDArray[Any]


def boltzmann(q: Array, temperature: float, rng: np.random.Generator) -> Array:
    """For each row of q (N, A) an action, with probabilities softmax(q / temperature): (N,).

    Adding Gumbel noise and taking the largest samples exactly from these probabilities.
    Source: Sutton and Barto, 2nd edition, section 2.8 (there a preference, here a value).
    """
    return np.asarray((q / temperature + rng.gumbel(size=q.shape)).argmax(axis=1))


class Exploration:
    """Chooses actions from values, with what it must remember to do so.

    Arguments:
        duration: for how many steps a random action is repeated, on average. The fraction of
            random actions stays epsilon.
        temperature: above 0, actions that are not random are sampled by `boltzmann`.

    Source of `duration`: Dabney, Ostrovski and Barreto 2021, "Temporally-Extended epsilon-Greedy
    Exploration"; here with geometric lengths, so that only the repeated action is remembered.
    """

    def __init__(self, duration: float = 1.0, temperature: float = 0.0) -> None:
        if duration < 1 or temperature < 0:
            raise ValueError(
                "Exploration: duration must be at least 1 and temperature at least 0, "
                f"not {duration} and {temperature}"
            )
        self.duration, self.temperature = duration, temperature
        self.repeated: Array = np.empty(0, np.int64)  # of each environment, or -1

    def choose(self, q: Array, epsilon: float, rng: np.random.Generator) -> Array:
        """An action for each row of q (N, A): (N,)."""
        if self.duration == 1 and self.temperature == 0:
            return epsilon_greedy(q, epsilon, rng)
        self._update_repeated(len(q), q.shape[1], epsilon, rng)
        best = boltzmann(q, self.temperature, rng) if self.temperature else q.argmax(axis=1)
        return np.where(self.repeated < 0, best, self.repeated)

    def _update_repeated(
        self, count: int, actions: int, epsilon: float, rng: np.random.Generator
    ) -> None:
        """Stop repeating some actions and start to repeat others, so that the fraction is epsilon.

        A repeated action is kept with probability k = 1 - 1 / duration; otherwise a new one starts
        with probability b. The fraction e is in balance when e = e k + (1 - e k) b.
        """
        if len(self.repeated) != count:
            self.repeated = np.full(count, -1, np.int64)
        keep = 1 - 1 / self.duration
        start = epsilon * (1 - keep) / (1 - epsilon * keep)
        kept = (self.repeated >= 0) & (rng.random(count) < keep)
        fresh = np.where(rng.random(count) < start, rng.integers(actions, size=count), -1)
        self.repeated = np.where(kept, self.repeated, fresh)

    def state_dict(self) -> dict[str, Any]:
        """Which actions are being repeated."""
        return {"repeated": self.repeated.copy()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Repeat what `state` repeated."""
        self.repeated = np.array(state["repeated"], np.int64)
