"""Learning from the present: act for a while, learn from it, and forget it.

One call of `advance` is one rollout and everything that is learnt from it. Between two calls
nothing is half done, so a training that is stopped there can be saved whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from undergrad.engine import nn
from undergrad.errors import UsageError
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_agent import PolicyAgent
from undergrad.rl.env import Stepper, World
from undergrad.rl.nets import Scale
from undergrad.rl.normalise import Standardise
from undergrad.rl.rollout import collect, collect_episodes
from undergrad.rl.streams import ACTING, LEARNING, WEIGHTS, stream
from undergrad.rl.trainings import settings as common


@dataclass(frozen=True)
class Settings(common.Settings):
    """What all agents with a policy share. What each means stands in the YAML."""

    observation_scale: tuple[float, ...]
    hidden: tuple[int, ...]
    reward_scale: float
    learning_rate: float
    value_weight: float
    entropy_bonus: float
    clip_norm: float


class OnPolicy:
    """An agent and its environments.

    Arguments:
        seed: of the draws for acting and for the order in which the agent learns.
        rollout: how many steps of each environment to learn from at a time; 0 for one whole episode
            of each.
        budget: how many steps there will be; an episode that would need more is not awaited.
    """

    def __init__(
        self, agent: PolicyAgent, env: Stepper, seed: int, *, rollout: int, budget: int
    ) -> None:
        self.agent, self.env = agent, env
        self.acting, self.learning = stream(seed, ACTING), stream(seed, LEARNING)
        self.rollout, self.budget = rollout, budget
        self.steps = 0
        self.last: dict[str, float] = {}  # what the newest update reported

    def advance(self) -> list[float]:
        """Act for a rollout, and learn from it."""
        act, told = partial(self.agent.act, rng=self.acting), self.agent.in_world
        if self.rollout:
            seen, returns = collect(self.env, act, self.rollout, told)
        else:
            seen, returns = collect_episodes(self.env, act, self.budget - self.steps, told)
        self.steps += seen.counts.size
        self.agent.steps = self.steps
        if seen.counts.any():
            self.last = self.agent.learn(seen, self.learning)
        return returns

    def report(self) -> dict[str, float]:
        """What the newest update found."""
        return self.last

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "agent": self.agent.state_dict(),
            "env": self.env.state_dict(),
            "acting": self.acting.bit_generator.state,
            "learning": self.learning.bit_generator.state,
            "steps": self.steps,
            "last": self.last,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. ValueError when it is of another agent or environment."""
        self.agent.load_state_dict(state["agent"])
        self.env.load_state_dict(state["env"])
        self.acting.bit_generator.state = state["acting"]
        self.learning.bit_generator.state = state["learning"]
        self.steps, self.last = int(state["steps"]), dict(state["last"])

    def close(self) -> None:
        """Free the environments."""
        self.env.close()


def make_net(world: World, env: Stepper, settings: Settings, seed: int) -> ActorCritic:
    """The untrained networks. The same seed gives the same weights."""
    shape, scale = env.observation.shape[1:], settings.observation_scale
    if len(shape) != 1 or len(scale) not in (0, shape[0]):
        raise UsageError(
            f"The setting observation_scale has {len(scale)} numbers, "
            f"and an observation of {world.name} has shape {shape}."
        )
    first: nn.Module = Scale(scale) if scale else Standardise(shape[0])
    space = env.envs.single_action_space
    return ActorCritic(space, first, shape[0], settings.hidden, stream(seed, WEIGHTS))
