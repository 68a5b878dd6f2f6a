"""The three training loops: with a replay buffer, with rollouts, and with a table.

Each is one call of `advance`: act, step the environments, learn. Between two calls nothing is half
done, so a run that is stopped there can be saved whole. What is around a loop, such as the budget,
evaluations and checkpoints, is the same for all of them and stands in `undergrad.rl.run`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

import numpy as np

from undergrad.rl.agents.dqn import DQN, linear_schedule
from undergrad.rl.agents.off_policy import OffPolicyActorCritic
from undergrad.rl.agents.policy_gradient import PolicyGradient, PolicyGradientSettings
from undergrad.rl.agents.tabular.agent import Tabular, TabularSettings
from undergrad.rl.agents.tabular.control import Step
from undergrad.rl.env import Array, Stepper
from undergrad.rl.replay import NStep, ReplayBatch, ReplayBuffer
from undergrad.rl.rollout import collect, collect_episodes
from undergrad.rl.settings import ReplaySettings
from undergrad.rl.streams import restore, saved


class Agent(Protocol):
    """What plays: it can be evaluated, and its weights can be saved."""

    @property
    def updates(self) -> int:
        """How often it has learned: gradient steps, or corrections of a table."""

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N, ...) it knows, always the same for the same observations."""

    def value(self, observation: Array) -> Array | None:
        """The discounted return it expects: (N,). None when it keeps no estimate."""

    def weights(self) -> dict[str, Any]:
        """A copy of what greedy play and `value` need, and no more."""

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily as the agent did whose `weights` these were."""


class Loop(Protocol):
    """An agent in its environments, with everything it remembers."""

    steps: int  # in all environments together, since the beginning

    @property
    def agent(self) -> Agent: ...

    def advance(self) -> list[float]:
        """Act (once, or a whole rollout), learn, and return the returns of episodes that ended."""

    def stats(self) -> dict[str, float]:
        """Numbers for the log, such as `epsilon`, `loss` and `grad_norm`; {} if there are none."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides how it continues, as arrays and plain values."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`, to the last bit. ValueError when it is of something else."""

    def close(self) -> None:
        """Free the environments."""


class OffPolicy:
    """DQN, TD3, SAC and their family: act, store, and learn from samples of all that is stored.

    Arguments:
        rng: for exploration, and for the samples from the buffer.
    """

    def __init__(
        self,
        agent: DQN | OffPolicyActorCritic,
        env: Stepper,
        replay: ReplayBuffer,
        settings: ReplaySettings,
        rng: np.random.Generator,
    ) -> None:
        self.agent, self.env, self.replay = agent, env, replay
        self.settings, self.rng = settings, rng
        self.n_step = NStep(settings.n_step, settings.gamma)
        self.steps = 0
        self.info: dict[str, float] = {}  # of the newest gradient step
        self.newest: ReplayBatch | None = None  # what that was made from

    def advance(self) -> list[float]:
        """Act once in every environment, store the transitions, and learn from sampled batches."""
        s = self.settings
        action = self.agent.act(self.env.observation, self.epsilon, self.rng)
        transitions, returns = self.env.step(action)
        self.replay.add(self.n_step.join(self.replay.compress(transitions)))
        self.steps += len(transitions)
        if self.steps < s.learning_starts or not len(self.replay):
            return returns

        learning_rate = linear_schedule(s.learning_rate, 0.0, s.steps, self.steps)
        for optimizer in self.agent.optimizers:
            optimizer.param_groups[0]["lr"] = learning_rate
        progress = self.steps / s.steps
        for batch in self.replay.sample(s.gradient_steps, s.batch_size, self.rng, progress):
            self.info, self.newest = self.agent.learn(batch), batch
            if self.agent.td_error is not None:
                self.replay.update_priorities(batch, self.agent.td_error)
        return returns

    @property
    def epsilon(self) -> float:
        """The probability of a random action now."""
        return self.settings.epsilon(self.steps)

    def stats(self) -> dict[str, float]:
        """Epsilon, what the newest gradient step found, and how the agent stands on its batch.

        `replay_age` is how many transitions ago those of the batch were added, on average, and
        `terminated` the fraction of them that ended an episode for good.
        """
        stats = {"epsilon": self.epsilon}
        if self.newest is None:
            return stats
        terminated = float(self.newest.terminated.mean())
        about = {"replay_age": self.replay.age(self.newest), "terminated": terminated}
        return stats | self.info | self.agent.stats(self.newest) | about

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "replay": self.replay.state_dict(),
            "n_step": self.n_step.state_dict(),
            "env": self.env.state_dict(),
            **saved(rng=self.rng),
            "steps": self.steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of another agent, buffer or environment."""
        self.agent.load_state_dict(state["agent"])
        self.replay.load_state_dict(state["replay"])
        self.n_step.load_state_dict(state["n_step"])
        self.env.load_state_dict(state["env"])
        restore(state, rng=self.rng)
        self.steps = int(state["steps"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()


class OnPolicy:
    """REINFORCE, A2C and PPO: act for a rollout, learn from it, and forget it.

    Arguments:
        n_steps: of each environment in a rollout; 0 for one whole episode of each.
        acting, learning: for the actions, and for the order in which the agent learns.
    """

    def __init__(
        self,
        agent: PolicyGradient,
        env: Stepper,
        settings: PolicyGradientSettings,
        n_steps: int,
        acting: np.random.Generator,
        learning: np.random.Generator,
    ) -> None:
        self.agent, self.env, self.settings, self.n_steps = agent, env, settings, n_steps
        self.acting, self.learning = acting, learning
        self.steps = 0
        self.info: dict[str, float] = {}  # of the newest rollout

    def advance(self) -> list[float]:
        """Act for a rollout, and learn from it."""
        s = self.settings
        act, env_action = partial(self.agent.act, rng=self.acting), self.agent.env_action
        if self.n_steps:
            rollout, returns = collect(self.env, act, self.n_steps, env_action)
        else:  # an episode that would need more than the rest of the budget is not waited for
            rest = s.steps - self.steps
            rollout, returns = collect_episodes(self.env, act, rest, env_action)
        self.steps += rollout.mask.size

        learning_rate = linear_schedule(s.learning_rate, 0.0, s.steps, self.steps)
        self.agent.optimizer.param_groups[0]["lr"] = learning_rate
        if rollout.mask.any():
            self.info = self.agent.learn(rollout, self.learning)
        return returns

    def stats(self) -> dict[str, float]:
        """What learning from the newest rollout found."""
        return self.info

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "env": self.env.state_dict(),
            **saved(acting=self.acting, learning=self.learning),
            "steps": self.steps,
            "info": self.info,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of another agent or environment."""
        self.agent.load_state_dict(state["agent"])
        self.env.load_state_dict(state["env"])
        restore(state, acting=self.acting, learning=self.learning)
        self.steps, self.info = int(state["steps"]), dict(state["info"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()


class Online:
    """A table: act, and correct it after every single step."""

    def __init__(
        self, agent: Tabular, env: Stepper, settings: TabularSettings, rng: np.random.Generator
    ) -> None:
        self.agent, self.env, self.settings, self.rng = agent, env, settings, rng
        self.steps = 0
        self.action = agent.act(env.observation, self.epsilon, rng)  # (N,), what comes next

    def advance(self) -> list[float]:
        """Act once in all environments, choose what comes next, and learn."""
        epsilon = self.epsilon
        t, returns = self.env.step(self.action)
        next_action = self.agent.act(t.next_observation, epsilon, self.rng)
        columns = (
            t.observation, t.action, t.reward, t.next_observation, next_action,
            t.terminated, t.ended,
        )  # fmt: skip
        for env, *row in zip(t.env.tolist(), *(c.tolist() for c in columns), strict=True):
            self.agent.learn(env, Step(*row), epsilon, self.rng)
        self.steps += len(t)
        self.action = self._first_where(t.ended, next_action)
        return returns

    @property
    def epsilon(self) -> float:
        """The probability of a random action now."""
        s = self.settings
        return linear_schedule(s.epsilon_start, s.epsilon_end, s.epsilon_steps, self.steps)

    def _first_where(self, ended: Array, action: Array) -> Array:
        """What was chosen, except where a new episode has started."""
        if not ended.any():
            return action
        first = self.agent.act(self.env.observation, self.epsilon, self.rng)
        return np.where(ended, first, action)

    def stats(self) -> dict[str, float]:
        """How much it explores."""
        return {"epsilon": self.epsilon}

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "env": self.env.state_dict(),
            **saved(rng=self.rng),
            "steps": self.steps,
            "action": self.action,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of another agent or environment."""
        self.agent.load_state_dict(state["agent"])
        self.env.load_state_dict(state["env"])
        restore(state, rng=self.rng)
        self.steps, self.action = int(state["steps"]), np.array(state["action"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()
