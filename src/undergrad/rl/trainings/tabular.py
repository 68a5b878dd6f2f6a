"""The training of a table: act, and correct it after every single step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces

from undergrad.errors import UsageError
from undergrad.rl.agents.tabular.agent import Tabular
from undergrad.rl.agents.tabular.control import METHODS, Plan, Step
from undergrad.rl.env import Array, Stepper, World
from undergrad.rl.explore import Linear
from undergrad.rl.streams import ACTING, WORLD, stream, whole_number
from undergrad.rl.trainings import settings as common


@dataclass(frozen=True)
class Settings(common.Settings):
    """What decides the training of a table. What each means stands in the YAML."""

    fractions: ClassVar[tuple[str, ...]] = (
        "discount", "epsilon_start", "epsilon_end", "decay", "learning_rate", "rate_power",
    )  # fmt: skip
    may_be_zero: ClassVar[tuple[str, ...]] = (
        "epsilon_start", "epsilon_end", "decay", "rate_power", "first_value",
    )  # fmt: skip
    may_be_negative: ClassVar[tuple[str, ...]] = ("first_value",)
    choices: ClassVar[dict[str, tuple[str, ...]]] = {"method": tuple(METHODS)}

    method: str
    learning_rate: float
    rate_power: float
    epsilon_start: float
    epsilon_end: float
    epsilon_steps: int
    lookahead: int
    decay: float
    first_value: float


class Online:
    """An agent and its environments; it learns from each step before the next one."""

    def __init__(self, agent: Tabular, env: Stepper, rng: np.random.Generator) -> None:
        self.agent, self.env, self.rng = agent, env, rng
        self.steps = 0
        self.action = agent.act(env.observation, rng)  # (N,), what will be done next

    def advance(self) -> list[float]:
        """Act once in all environments, choose what to do next, and learn."""
        seen, returns = self.env.step(self.action)
        after = self.agent.act(seen.next_observation, self.rng)
        rows = (
            seen.observation, seen.action, seen.reward, seen.next_observation, after,
            seen.terminated, seen.ended,
        )  # fmt: skip
        for env, *row in zip(seen.env.tolist(), *(c.tolist() for c in rows), strict=True):
            self.agent.learn(env, Step(*row), self.rng)
        self.steps += len(seen)
        self.agent.steps = self.steps
        self.action = self._next(after, seen.ended)
        return returns

    def _next(self, after: Array, ended: Array) -> Array:
        """What was chosen, except where a new episode has begun."""
        if not ended.any():
            return after
        return np.where(ended, self.agent.act(self.env.observation, self.rng), after)

    def report(self) -> dict[str, float]:
        """How much it explores."""
        return {"epsilon": self.agent.epsilon(self.steps)}

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "env": self.env.state_dict(),
            "rng": self.rng.bit_generator.state,
            "steps": self.steps,
            "action": self.action,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. ValueError when it is of another agent or environment."""
        self.agent.load_state_dict(state["agent"])
        self.env.load_state_dict(state["env"])
        self.rng.bit_generator.state = state["rng"]
        self.steps, self.action = int(state["steps"]), np.array(state["action"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()


def build(world: World, settings: Settings, seed: int) -> Online:
    """The training at its beginning."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    states, actions = env.envs.single_observation_space, env.envs.single_action_space
    if not isinstance(states, spaces.Discrete) or not isinstance(actions, spaces.Discrete):
        raise UsageError(
            f"A table needs states and actions that can be counted, and {world.name} has {states} "
            f"and {actions}; train a network on it."
        )
    return Online(make_agent(settings, int(states.n), int(actions.n)), env, stream(seed, ACTING))


def make_agent(s: Settings, states: int, actions: int) -> Tabular:
    """The agent with an empty table."""
    return Tabular(
        np.full((states, actions), s.first_value),
        s.method,
        Plan(s.discount, s.lookahead, s.decay),
        epsilon=Linear(s.epsilon_start, s.epsilon_end, s.epsilon_steps),
        rate=s.learning_rate,
        power=s.rate_power,
    )
