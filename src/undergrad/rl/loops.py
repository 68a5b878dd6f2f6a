"""Learning from the past: act, remember, and learn from batches of what is remembered.

All that the training is made of can be saved and put back: the agent, the replay memory, the
environments, the random generator and the counter.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from undergrad.rl.env import Array, Stepper
from undergrad.rl.explore import Exploration
from undergrad.rl.replay import Batch, Lookahead, ReplayBuffer
from undergrad.rl.trainings import Agent


class Learner(Agent, Protocol):
    """What an agent that learns from a memory must offer besides playing."""

    steps: int
    explore: Exploration
    surprise: Array  # (B,), of the batch that was learnt from last, where it had weights

    def learn(self, batch: Batch) -> dict[str, float]:
        """One update from one batch. Returns numbers for the log."""

    def diagnose(self, batch: Batch) -> dict[str, float]:
        """More numbers for the log, measured on a batch without learning from it."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides how it goes on."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`."""


class OffPolicy:
    """An agent, its environments and its memory.

    Arguments:
        rng: for the agent's exploration and for the draws from the memory.
        batch: how many transitions an update learns from.
        updates: how many updates follow each step of all environments.
        learning_starts: how many steps to remember before the first update.
    """

    def __init__(
        self,
        agent: Learner,
        env: Stepper,
        lookahead: Lookahead,
        replay: ReplayBuffer,
        rng: np.random.Generator,
        *,
        batch: int,
        updates: int,
        learning_starts: int,
    ) -> None:
        self.agent, self.env = agent, env
        self.lookahead, self.replay, self.rng = lookahead, replay, rng
        self.batch, self.updates, self.learning_starts = batch, updates, learning_starts
        self.steps = 0
        self.last: dict[str, float] = {}  # what the newest update reported
        self.newest: Batch | None = None  # what it was made from

    def advance(self) -> list[float]:
        """Act once in all environments, remember, and learn."""
        action = self.agent.act(self.env.observation, self.rng)
        transitions, returns = self.env.step(action)
        self.replay.add(self.lookahead.join(self.replay.remember(transitions)))
        self.steps += len(transitions)
        self.agent.steps = self.steps
        if self.steps >= self.learning_starts and len(self.replay):
            self._learn()
        return returns

    def _learn(self) -> None:
        for batch in self.replay.batches(self.updates, self.batch, self.rng, self.steps):
            self.last = self.agent.learn(batch)
            if batch.weight is not None:
                self.replay.learnt(batch, self.agent.surprise)
            self.newest = batch

    def report(self) -> dict[str, float]:
        """How it explores, what the newest update found, and how the agent stands on its batch.

        `age` is how many transitions ago those of the batch were added, on average, and `ends`
        the share of them that ended an episode for good.
        """
        exploring = {"epsilon": self.agent.explore.epsilon(self.steps)}
        if self.newest is None:
            return exploring
        ends = float(self.newest.terminated.mean())
        about = {"age": self.replay.age(self.newest), "ends": ends}
        return exploring | self.last | self.agent.diagnose(self.newest) | about

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "replay": self.replay.state_dict(),
            "lookahead": self.lookahead.state_dict(),
            "env": self.env.state_dict(),
            "rng": self.rng.bit_generator.state,
            "steps": self.steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. ValueError when it is of another agent, memory or environment."""
        self.agent.load_state_dict(state["agent"])
        self.replay.load_state_dict(state["replay"])
        self.lookahead.load_state_dict(state["lookahead"])
        self.env.load_state_dict(state["env"])
        self.rng.bit_generator.state = state["rng"]
        self.steps = int(state["steps"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()
