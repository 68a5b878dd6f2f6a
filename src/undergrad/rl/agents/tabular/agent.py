"""An agent that keeps a table of action values and updates it by one of the rules of `control`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.errors import UsageError
from undergrad.rl.agents.tabular.control import METHODS, Horizon, Step, Table
from undergrad.rl.agents.tabular.dyna import Model
from undergrad.rl.agents.tabular.policies import choose, epsilon_greedy
from undergrad.rl.settings import AgentSettings
from undergrad.runs.settings import setting
from undergrad.words import listing

Array: TypeAlias = npt.NDArray[Any]

# Methods whose target needs no action that was really taken in s'.
PLANS = ("q_learning", "expected_sarsa", "double_q_learning")


@dataclass(frozen=True)
class TabularSettings(AgentSettings):
    """What decides a run of a tabular agent, besides its seed."""

    method: str = setting("q_learning", choices=tuple(METHODS), doc="the update rule")
    learning_rate: float = setting(
        1.0, above=0, at_most=1, doc="how far the first update of an entry goes to its TD target"
    )
    learning_rate_power: float = setting(
        0.0, at_least=0, at_most=1, doc="p: the n-th update of an entry goes 1 / n^p as far"
    )
    epsilon_start: float = setting(
        0.1, at_least=0, at_most=1, doc="probability of a random action at the start"
    )
    epsilon_end: float = setting(0.1, at_least=0, at_most=1, doc="the same from epsilon_steps on")
    epsilon_steps: int = setting(1, at_least=1, doc="steps from epsilon_start to epsilon_end")
    n_step: int = setting(1, at_least=1, doc="rewards before the value of s', in n_step_sarsa")
    trace_decay: float = setting(
        0.0, at_least=0, at_most=1, doc="the lambda of sarsa_lambda: how slowly traces fade"
    )
    initial_value: float = setting(
        0.0, doc="of each entry; more than can be earned makes untried actions attractive"
    )
    planning_steps: int = setting(
        0, at_least=0, doc="Dyna-Q: steps from a learned model after each real one"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.planning_steps and self.method not in PLANS:
            raise UsageError(
                f"The setting planning_steps needs a method that learns from single steps, and "
                f"{self.method} does not: choose one of {listing(PLANS)}."
            )


class Tabular:
    """Learns a number for each state and action, from every step as it is taken.

    Arguments:
        initial: the table to start from, (S, A); -inf for actions that a state does not have.

    N is the number of environments.
    """

    def __init__(self, initial: Array, settings: TabularSettings | None = None) -> None:
        s = settings or TabularSettings()
        self.method = METHODS[s.method]
        self.horizon = Horizon(s.gamma, s.n_step, s.trace_decay)
        self.tables = [
            Table(
                np.array(initial, float),
                np.zeros(initial.shape, np.int64),
                s.learning_rate,
                s.learning_rate_power,
            )
            for _ in range(self.method.tables)
        ]
        self.trajectories: dict[int, list[Step]] = {}  # of each environment, its newest steps
        self.planning_steps, self.model = s.planning_steps, Model()

    @property
    def values(self) -> Array:
        """What it thinks each action is worth: (S, A)."""
        return np.asarray(np.mean([table.values for table in self.tables], axis=0))

    @property
    def updates(self) -> int:
        """How many entries were corrected."""
        return sum(int(table.visits.sum()) for table in self.tables)

    def act(self, observation: Array, epsilon: float, rng: np.random.Generator) -> Array:
        """Actions (N,) in states (N,): epsilon-greedy."""
        return choose(epsilon_greedy(self._rows(observation), epsilon), rng)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N,) in states (N,)."""
        return np.asarray(self._rows(observation).argmax(axis=1))

    def value(self, observation: Array) -> Array:
        """The discounted return that it expects from states (N,): (N,)."""
        return np.asarray(self._rows(observation).max(axis=1))

    def learn(self, env: int, step: Step, epsilon: float, rng: np.random.Generator) -> None:
        """Update the table after one step in one of the environments, and from imagined ones."""
        trajectory = self.trajectories.setdefault(env, [])
        trajectory.append(step)
        self.method.rule(self.tables, trajectory, self.horizon, epsilon, rng)
        needed = self.method.needs(self.horizon)
        if step.ended:
            trajectory.clear()
        elif needed is not None:
            del trajectory[:-needed]
        if self.planning_steps:
            self.model.learn(step)
            for imagined in self.model.sample(self.planning_steps, rng):
                self.method.rule(self.tables, [imagined], self.horizon, epsilon, rng)

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
        """The tables, how often each entry was updated, the running episodes, and the model."""
        return {
            "values": self.weights(),
            "visits": {str(i): table.visits.copy() for i, table in enumerate(self.tables)},
            "trajectories": {
                str(env): [list(step) for step in steps] for env, steps in self.trajectories.items()
            },
            "model": self.model.rows(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`."""
        self.load_weights(state["values"])
        for i, table in enumerate(self.tables):
            table.visits[...] = state["visits"][str(i)]
        self.trajectories = {
            int(env): [Step(*step) for step in steps]
            for env, steps in state["trajectories"].items()
        }
        self.model.load_rows(state.get("model", ()))  # older versions had none


# Differences from the book (Sutton and Barto, 2nd edition): a' is chosen before the table is
# updated, for every method, not only for SARSA; among equally good actions one is drawn uniformly;
# episodes that are cut off bootstrap from the last state instead of ending there; SARSA(lambda)
# uses accumulating traces; Monte Carlo control updates at every visit, and goes on exploring.
