"""An agent that keeps a table of action values and corrects it by one of the rules of `control`."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.control import METHODS, Plan, Step, Table
from undergrad.rl.agents.tabular.policies import choose, epsilon_greedy
from undergrad.rl.explore import Schedule

Array: TypeAlias = npt.NDArray[Any]


class Tabular:
    """Learns a number for each state and action, from every step as it is taken.

    Arguments:
        start: the table to start from, (S, A); -inf for actions that a state does not have.
        method: one of `control.METHODS`.
        plan: how far to look.
        epsilon: how often to do anything at all, as a function of `steps`.
        rate, power: how far a correction goes; see `control.Table`.

    N is the number of environments.
    """

    def __init__(
        self,
        start: Array,
        method: str,
        plan: Plan,
        *,
        epsilon: Schedule,
        rate: float,
        power: float = 0.0,
    ) -> None:
        self.method, self.plan, self.epsilon = METHODS[method], plan, epsilon
        self.tables = [
            Table(np.array(start, float), np.zeros(start.shape, np.int64), rate, power)
            for _ in range(self.method.tables)
        ]
        self.trails: dict[int, list[Step]] = {}  # for each environment, its newest steps
        self.steps = 0

    @property
    def values(self) -> Array:
        """What it thinks each action is worth: (S, A)."""
        return np.asarray(np.mean([table.values for table in self.tables], axis=0))

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """Actions (N,) in states (N,), with exploration."""
        return choose(epsilon_greedy(self._rows(observation), self.epsilon(self.steps)), rng)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N,) in states (N,)."""
        return np.asarray(self._rows(observation).argmax(axis=1))

    def value(self, observation: Array) -> Array:
        """What it expects to earn from states (N,), discounted: (N,)."""
        return np.asarray(self._rows(observation).max(axis=1))

    def learn(self, env: int, step: Step, rng: np.random.Generator) -> None:
        """Correct the table after one step in one of the environments."""
        trail = self.trails.setdefault(env, [])
        trail.append(step)
        self.method.rule(self.tables, trail, self.plan, self.epsilon(self.steps), rng)
        far = self.method.looks_back(self.plan)
        if step.ended:
            trail.clear()
        elif far is not None:
            del trail[:-far]

    def _rows(self, observation: Array) -> Array:
        rows = [table.values[observation] for table in self.tables]
        return rows[0] if len(rows) == 1 else np.asarray(np.mean(rows, axis=0))

    # Saving

    def weights(self) -> dict[str, Any]:
        """A copy of the tables."""
        return {str(i): table.values.copy() for i, table in enumerate(self.tables)}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play as the agent did whose `weights` these were. ValueError when they do not fit."""
        for i, table in enumerate(self.tables):
            if weights[str(i)].shape != table.values.shape:
                raise ValueError(
                    f"its table is {weights[str(i)].shape}, and this one is {table.values.shape}"
                )
            table.values[...] = weights[str(i)]

    def state_dict(self) -> dict[str, Any]:
        """The tables, how often each entry was corrected, and the running episodes."""
        return {
            "values": self.weights(),
            "visits": {str(i): table.visits.copy() for i, table in enumerate(self.tables)},
            "trails": {str(env): [list(step) for step in t] for env, t in self.trails.items()},
            "steps": self.steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""
        self.load_weights(state["values"])
        for i, table in enumerate(self.tables):
            table.visits[...] = state["visits"][str(i)]
        self.trails = {int(env): [Step(*s) for s in t] for env, t in state["trails"].items()}
        self.steps = int(state["steps"])


# Differences from the book (Sutton and Barto, 2nd edition): a' is drawn before the table is
# corrected, for every method, not only for SARSA; equally good actions are drawn evenly; episodes
# that are cut off bootstrap from the last state instead of ending there; SARSA(lambda) uses
# accumulating traces; Monte Carlo control corrects at every visit, and goes on exploring.
