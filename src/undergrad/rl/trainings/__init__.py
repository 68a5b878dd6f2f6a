"""Trainings: what an agent, its experience and its settings must offer to be run.

`undergrad.rl.run` knows nothing of replay, rollouts or tables. It drives a `Training`, asks its
`Agent` to play, and writes down what both report. One module a name stands in `MODULES`; it offers

- `Settings`, a frozen dataclass that extends `trainings.settings.Settings`, and
- `build(world, settings, seed) -> Training`, where the same arguments give the same training.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from undergrad.errors import UsageError
from undergrad.rl.env import Array, World
from undergrad.rl.trainings.settings import Settings

MODULES = {
    "a2c": "undergrad.rl.trainings.a2c",
    "dqn": "undergrad.rl.trainings.dqn",
    "ppo": "undergrad.rl.trainings.ppo",
    "reinforce": "undergrad.rl.trainings.reinforce",
    "tabular": "undergrad.rl.trainings.tabular",
}


class Agent(Protocol):
    """What plays: it acts, learns, and can be saved."""

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """Actions (N, ...) for observations (N, *observation), with exploration."""

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N, ...) it knows, always the same for the same observations."""

    def value(self, observation: Array) -> Array | None:
        """What it expects to earn, discounted: (N,). None when it keeps no estimate."""

    def weights(self) -> dict[str, Any]:
        """A copy of what greedy play and `value` need, and no more."""

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily as the agent did whose `weights` these were."""


class Training(Protocol):
    """An agent in its environments, with everything it remembers. See `trainings.off_policy`."""

    steps: int  # in all environments together, since the beginning

    @property
    def agent(self) -> Agent: ...

    def advance(self) -> list[float]:
        """Act (once, or a whole rollout), learn, and return the returns of episodes that ended."""

    def report(self) -> dict[str, float]:
        """Numbers for the log, such as `epsilon`, `loss` and `gradient`; {} when there are none."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides how it goes on, as arrays and plain values."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`, to the last bit."""

    def close(self) -> None:
        """Free the environments."""


def module_of(agent: str) -> Any:
    """The module that trains this kind of agent. UsageError when there is none."""
    if agent not in MODULES:
        raise UsageError(f"There is no agent `{agent}`: there are {', '.join(MODULES)}.")
    return import_module(MODULES[agent])


def build(agent: str, world: World, settings: Settings, seed: int) -> Training:
    """A training at its beginning."""
    training: Training = module_of(agent).build(world, settings, seed)
    return training
