"""The training of REINFORCE from its settings."""

from dataclasses import dataclass
from typing import ClassVar

from undergrad.engine import optim
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.env import World
from undergrad.rl.explore import Linear
from undergrad.rl.streams import WORLD, whole_number
from undergrad.rl.trainings import on_policy
from undergrad.rl.trainings.on_policy import OnPolicy, make_net


@dataclass(frozen=True)
class Settings(on_policy.Settings):
    """What decides the training of REINFORCE. What each means stands in the YAML."""

    may_be_zero: ClassVar[tuple[str, ...]] = ("entropy_bonus",)

    baseline: bool
    normalise: bool


def build(world: World, settings: Settings, seed: int) -> OnPolicy:
    """The training at its beginning."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    net = make_net(world, env, settings, seed)
    agent = Reinforce(
        net,
        optim.Adam(net.parameters(), lr=settings.learning_rate),
        learning_rate=Linear(settings.learning_rate, 0.0, settings.steps),
        reward_scale=settings.reward_scale,
        clip_norm=settings.clip_norm,
        discount=settings.discount,
        baseline=settings.baseline,
        normalise=settings.normalise,
        value_weight=settings.value_weight,
        entropy_bonus=settings.entropy_bonus,
    )
    return OnPolicy(agent, env, seed, rollout=0, budget=settings.steps)
