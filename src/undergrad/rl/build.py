"""The training of a DQN from its settings: which parts are switched on, and their numbers."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from gymnasium.spaces import Box, Discrete

from undergrad.engine import nn, optim
from undergrad.errors import UsageError
from undergrad.rl import nets
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.readouts import Categorical, Expected, Quantiles, Readout
from undergrad.rl.env import World
from undergrad.rl.explore import Exploration, Linear
from undergrad.rl.frames import FramedReplayBuffer
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import Lookahead, ReplayBuffer
from undergrad.rl.streams import ACTING, ENTRANCE, LEARNING, WEIGHTS, WORLD, stream, whole_number
from undergrad.rl.trainings import settings as common
from undergrad.rl.trainings.off_policy import OffPolicy


@dataclass(frozen=True)
class Settings(common.Settings):
    """What decides the training of a DQN. What each means stands in the YAML."""

    fractions: ClassVar[tuple[str, ...]] = (
        *("epsilon_start", "epsilon_end", "tau", "average_rate"),
        *("priority", "priority_weights"),
    )
    below_one: ClassVar[tuple[str, ...]] = ("discount",)
    may_be_zero: ClassVar[tuple[str, ...]] = (
        *("epsilon_start", "epsilon_end", "learning_starts", "temperature"),
        *("priority", "priority_weights", "frames"),
    )
    may_be_negative: ClassVar[tuple[str, ...]] = ("lowest_value", "largest_value")
    choices: ClassVar[dict[str, tuple[str, ...]]] = {
        "values": ("expected", "c51", "quantile"),
        "entrance": ("plain", "nature"),
    }

    observation_scale: tuple[float, ...]
    hidden: tuple[int, ...]
    double: bool
    dueling: bool
    noisy: bool
    values: str
    atoms: int
    lookahead: int
    priority: float
    priority_weights: float
    reward_scale: float
    lowest_value: float
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
    hold: float
    temperature: float
    huber_delta: float
    clip_norm: float
    frames: int = 0  # above 0: an observation is that many pictures, and each is kept once
    entrance: str = "plain"  # or nature: convolutions before the layers of `hidden`

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lowest_value >= self.largest_value:
            raise UsageError(
                f"The setting lowest_value must be below largest_value, and is {self.lowest_value}."
            )
        if self.hold < 1:
            raise UsageError(f"The setting hold must be at least 1, and is {self.hold}.")
        if self.values == "c51" and self.atoms < 2:
            raise UsageError(f"The setting atoms must be at least 2, and is {self.atoms}.")


def build(world: World, settings: Settings, seed: int) -> OffPolicy:
    """The training at its beginning. UsageError when a DQN cannot learn in this world."""
    env = world.make(settings.envs, whole_number(seed, WORLD))
    spaces = env.envs.single_observation_space, env.envs.single_action_space
    return OffPolicy(
        make_agent(settings, seed, world.name, *spaces),
        env,
        Lookahead(settings.lookahead, settings.discount),
        _replay(settings, env.observation),
        stream(seed, ACTING),
        batch=settings.batch,
        updates=settings.updates,
        learning_starts=settings.learning_starts,
    )


def make_agent(s: Settings, seed: int, world: str, seen: Any, done: Any) -> DQN:
    """The untrained agent. The same seed gives the same weights."""
    before, inputs = _entrance(s, world, seen, seed)
    net = nets.value_net(
        before,
        inputs,
        s.hidden,
        _actions(world, done),
        stream(seed, WEIGHTS),
        atoms=0 if s.values == "expected" else s.atoms,
        dueling=s.dueling,
        noisy=s.noisy,
    )
    return DQN(
        net,
        optim.Adam(net.parameters(), lr=s.learning_rate),
        explore=Exploration(
            Linear(s.epsilon_start, s.epsilon_end, s.epsilon_steps), s.hold, s.temperature
        ),
        readout=_readout(s),
        rng=stream(seed, LEARNING),
        learning_rate=Linear(s.learning_rate, 0.0, s.steps),
        discount=s.discount,
        double=s.double,
        tau=s.tau,
        target_every=s.target_every,
        average_rate=s.average_rate,
        reward_scale=s.reward_scale,
        clip_norm=s.clip_norm,
    )


def _readout(s: Settings) -> Readout:
    """The three ways to say what an action is worth, in scaled rewards."""
    lowest, largest = s.lowest_value * s.reward_scale, s.largest_value * s.reward_scale
    if s.values == "c51":
        return Categorical(lowest, largest, s.atoms)
    if s.values == "quantile":
        return Quantiles(lowest, largest, s.huber_delta)
    return Expected(lowest, largest, s.huber_delta)


def _replay(s: Settings, observation: Any) -> ReplayBuffer:
    """An even memory, one that prefers surprises, or one that keeps each picture once."""
    shape, dtype = observation.shape[1:], observation.dtype
    dtype = np.dtype(np.float32) if dtype == np.float64 else dtype
    if s.frames:
        _check_frames(s, shape)
        return FramedReplayBuffer(s.buffer, shape, dtype)
    if s.priority == 0:
        return ReplayBuffer(s.buffer, shape, dtype)
    weights = Linear(s.priority_weights, 1.0, s.steps)
    return PrioritizedReplayBuffer(s.buffer, shape, dtype, alpha=s.priority, beta=weights)


def _check_frames(s: Settings, shape: tuple[int, ...]) -> None:
    if shape[:1] != (s.frames,) or len(shape) < 2:
        raise UsageError(
            f"The setting frames is {s.frames}, but an observation of shape {shape} is no stack "
            "of that many pictures."
        )
    if s.priority:
        raise UsageError("Pictures kept once (frames) are drawn evenly: set priority to 0.")
    least = s.envs * (s.lookahead + s.frames + 1)
    if s.buffer < least:
        raise UsageError(f"The setting buffer must be at least {least} with these frames.")


def _actions(world: str, space: Any) -> int:
    if isinstance(space, Discrete) and space.start == 0:
        return int(space.n)
    raise UsageError(
        f"DQN chooses among actions 0, 1, 2 ..., and an action of {world} is {space}: "
        "train it with ppo, or another task."
    )


def _entrance(s: Settings, world: str, space: Any, seed: int) -> tuple[nn.Module, int]:
    """What turns an observation into a row of numbers, and how many those are."""
    if s.entrance == "nature":
        return _convolutions(s, world, space, seed)
    if isinstance(space, Discrete) and not s.observation_scale:
        return nets.OneHot(int(space.n)), int(space.n)
    if isinstance(space, Box) and space.shape == (len(s.observation_scale),):
        return nets.Scale(s.observation_scale), len(s.observation_scale)
    if isinstance(space, Box) and not s.observation_scale:
        bytes_ = space.dtype == np.uint8
        as_row = nets.Pixels(float(space.high.max())) if bytes_ else nn.Flatten()
        return as_row, int(np.prod(space.shape))
    raise UsageError(
        f"The setting observation_scale has {len(s.observation_scale)} numbers, "
        f"and an observation of {world} is {space}."
    )


def _convolutions(s: Settings, world: str, space: Any, seed: int) -> tuple[nn.Module, int]:
    if not isinstance(space, Box) or space.shape[1:] != (84, 84) or space.dtype != np.uint8:
        raise UsageError(
            f"The entrance nature looks at 84 x 84 pictures of bytes, and an observation of "
            f"{world} is {space}."
        )
    return nets.Nature(space.shape[0], stream(seed, ENTRANCE)), nets.Nature.outputs
