"""The training of a DQN from its settings."""

from dataclasses import dataclass
from typing import ClassVar

from undergrad.engine import optim
from undergrad.errors import UsageError
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.env import Stepper, World
from undergrad.rl.explore import Linear
from undergrad.rl.nets import mlp
from undergrad.rl.replay import Lookahead, ReplayBuffer
from undergrad.rl.streams import ACTING, WEIGHTS, WORLD, stream, whole_number
from undergrad.rl.trainings import settings as common
from undergrad.rl.trainings.off_policy import OffPolicy


@dataclass(frozen=True)
class Settings(common.Settings):
    """What decides the training of a DQN. What each means stands in the YAML."""

    fractions: ClassVar[tuple[str, ...]] = ("epsilon_start", "epsilon_end", "tau", "average_rate")
    below_one: ClassVar[tuple[str, ...]] = ("discount",)
    may_be_zero: ClassVar[tuple[str, ...]] = ("epsilon_start", "epsilon_end", "learning_starts")

    observation_scale: tuple[float, ...]
    hidden: tuple[int, ...]
    double: bool
    lookahead: int
    reward_scale: float
    largest_value: float
    learning_rate: float
    batch: int
    updates: int
    tau: float
    target_every: int
    average_rate: float
    buffer: int
    learning_starts: int
    epsilon_start: float
    epsilon_end: float
    epsilon_steps: int
    huber_delta: float
    clip_norm: float


def build(world: World, settings: Settings, seed: int) -> OffPolicy:
    """The training at its beginning."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    _check(world, env, settings)
    return OffPolicy(
        make_agent(settings, seed, int(env.envs.single_action_space.n)),
        env,
        Lookahead(settings.lookahead, settings.discount),
        ReplayBuffer(settings.buffer, env.observation.shape[1:]),
        stream(seed, ACTING),
        batch=settings.batch,
        updates=settings.updates,
        learning_starts=settings.learning_starts,
    )


def make_agent(s: Settings, seed: int, actions: int) -> DQN:
    """The untrained agent. The same seed gives the same weights."""
    net = mlp(s.observation_scale, s.hidden, actions, stream(seed, WEIGHTS))
    return DQN(
        net,
        optim.Adam(net.parameters(), lr=s.learning_rate),
        epsilon=Linear(s.epsilon_start, s.epsilon_end, s.epsilon_steps),
        learning_rate=Linear(s.learning_rate, 0.0, s.steps),
        discount=s.discount,
        double=s.double,
        tau=s.tau,
        target_every=s.target_every,
        average_rate=s.average_rate,
        reward_scale=s.reward_scale,
        largest_value=s.largest_value,
        huber_delta=s.huber_delta,
        clip_norm=s.clip_norm,
    )


def _check(world: World, env: Stepper, settings: Settings) -> None:
    shape = env.observation.shape[1:]
    if shape != (len(settings.observation_scale),):
        raise UsageError(
            f"The setting observation_scale has {len(settings.observation_scale)} numbers, "
            f"and an observation of {world.name} has shape {shape}."
        )
