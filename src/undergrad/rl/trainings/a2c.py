"""The training of A2C from its settings."""

from dataclasses import dataclass
from typing import ClassVar

from undergrad.engine import optim
from undergrad.rl.agents.a2c import A2C
from undergrad.rl.env import World
from undergrad.rl.explore import Linear
from undergrad.rl.streams import WORLD, whole_number
from undergrad.rl.trainings import on_policy
from undergrad.rl.trainings.on_policy import OnPolicy, make_net


@dataclass(frozen=True)
class Settings(on_policy.Settings):
    """What decides the training of A2C. What each means stands in the YAML."""

    fractions: ClassVar[tuple[str, ...]] = ("discount", "decay")
    may_be_zero: ClassVar[tuple[str, ...]] = ("decay", "entropy_bonus")

    rollout: int
    decay: float
    normalise: bool


def build(world: World, settings: Settings, seed: int) -> OnPolicy:
    """The training at its beginning."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    net = make_net(world, env, settings, seed)
    agent = A2C(
        net,
        optim.Adam(net.parameters(), lr=settings.learning_rate, eps=1e-5),
        learning_rate=Linear(settings.learning_rate, 0.0, settings.steps),
        reward_scale=settings.reward_scale,
        clip_norm=settings.clip_norm,
        discount=settings.discount,
        decay=settings.decay,
        normalise=settings.normalise,
        value_weight=settings.value_weight,
        entropy_bonus=settings.entropy_bonus,
    )
    return OnPolicy(agent, env, seed, rollout=settings.rollout, budget=settings.steps)
