"""The training of PPO from its settings."""

from dataclasses import dataclass
from typing import ClassVar

from undergrad.engine import optim
from undergrad.rl.agents.ppo import PPO
from undergrad.rl.env import World
from undergrad.rl.explore import Linear
from undergrad.rl.normalise import RewardScale
from undergrad.rl.streams import WORLD, whole_number
from undergrad.rl.trainings import on_policy
from undergrad.rl.trainings.on_policy import OnPolicy, make_net


@dataclass(frozen=True)
class Settings(on_policy.Settings):
    """What decides the training of PPO. What each means stands in the YAML."""

    fractions: ClassVar[tuple[str, ...]] = ("discount", "decay")
    may_be_zero: ClassVar[tuple[str, ...]] = (
        "decay",
        "entropy_bonus",
        "reward_scale",  # 0: measured on the way
        "stop_kl",
        "value_clip",
    )

    rollout: int
    decay: float
    clip: float
    epochs: int
    batch: int
    normalise: bool
    value_clip: float
    stop_kl: float


def build(world: World, settings: Settings, seed: int) -> OnPolicy:
    """The training at its beginning."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    net = make_net(world, env, settings, seed)
    measured = None if settings.reward_scale else RewardScale(settings.envs, settings.discount)
    agent = PPO(
        net,
        optim.Adam(net.parameters(), lr=settings.learning_rate, eps=1e-5),
        learning_rate=Linear(settings.learning_rate, 0.0, settings.steps),
        reward_scale=settings.reward_scale or 1.0,
        clip_norm=settings.clip_norm,
        discount=settings.discount,
        decay=settings.decay,
        clip=settings.clip,
        epochs=settings.epochs,
        batch=settings.batch,
        normalise=settings.normalise,
        value_weight=settings.value_weight,
        value_clip=settings.value_clip,
        entropy_bonus=settings.entropy_bonus,
        stop_kl=settings.stop_kl,
        rewards=measured,
    )
    return OnPolicy(agent, env, seed, rollout=settings.rollout, budget=settings.steps)
