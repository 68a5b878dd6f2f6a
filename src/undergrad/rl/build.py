"""From settings to an agent in its environments: which class, which network, which buffer.

`AGENTS` is the table of what can be trained: a name, as the presets have it, with the class of its
settings and the function that builds its loop.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import Space
from gymnasium.spaces import Box, Discrete

from undergrad.engine import nn, optim
from undergrad.errors import UsageError
from undergrad.rl import networks
from undergrad.rl.actor_critic import ACTIVATIONS, ActorCritic
from undergrad.rl.agents import alphazero
from undergrad.rl.agents.a2c import A2C, A2CSettings
from undergrad.rl.agents.alphazero import AlphaZeroSettings
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.policy_gradient import PolicyGradientSettings
from undergrad.rl.agents.ppo import PPO, PPOSettings
from undergrad.rl.agents.rainbow import Rainbow, RainbowSettings
from undergrad.rl.agents.reinforce import Reinforce, ReinforceSettings
from undergrad.rl.agents.sac import SAC, SACSettings
from undergrad.rl.agents.tabular.agent import Tabular, TabularSettings
from undergrad.rl.agents.td3 import TD3, TD3Settings
from undergrad.rl.continuous import ActionScale, Critics
from undergrad.rl.encoders import encoder_for, nature_cnn
from undergrad.rl.env import Array, Stepper
from undergrad.rl.frames import FramedReplayBuffer
from undergrad.rl.games import GAMES
from undergrad.rl.loops import Loop, OffPolicy, Online, OnPolicy
from undergrad.rl.normalize import NormalizeReward
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBuffer
from undergrad.rl.self_play import SelfPlay
from undergrad.rl.settings import AgentSettings
from undergrad.rl.streams import ACTING, ENV, LEARNING, WEIGHTS, seed_for, stream
from undergrad.rl.vector_env import EnvSpec

_MOST_ENTRIES = 10_000_000  # of a table: 80 MB, and as much to count the visits


def build(agent: str, env: EnvSpec, settings: AgentSettings, seed: int) -> Loop:
    """An agent in its environments, at the beginning. The same arguments give the same run.

    Raises UsageError when the agent cannot learn in this environment.
    """
    return _kind(agent).build(env, settings, seed)


def settings_class(agent: str) -> type[AgentSettings]:
    """The class of an agent's settings. UsageError when there is no such agent."""
    return _kind(agent).settings


# DQN and Rainbow


def _build_dqn(env: EnvSpec, settings: Any, seed: int) -> OffPolicy:
    envs = env.make(settings.n_envs, seed_for(seed, ENV))
    spaces = envs.envs.single_observation_space, envs.envs.single_action_space
    agent = make_dqn(settings, seed, env.name, *spaces)
    replay = _replay_buffer(settings, envs.observation)
    return OffPolicy(agent, envs, replay, settings, stream(seed, ACTING))


def make_dqn(
    s: RainbowSettings,
    seed: int,
    name: str,
    observation_space: Space[Any],
    action_space: Space[Any],
) -> DQN:
    """The untrained agent: a plain DQN, unless a block of Rainbow is switched on."""
    if s.encoder == "nature_cnn":
        encoder, inputs = nature_cnn(name, observation_space, seed)
    else:
        encoder, inputs = encoder_for(s, name, observation_space, measure=False)
    net = networks.q_network(
        encoder,
        inputs,
        s.hidden_sizes,
        _count_actions(name, action_space),
        stream(seed, WEIGHTS),
        atoms=0 if s.distributional == "none" else s.n_atoms,
        dueling=s.dueling,
        noisy=s.noisy,
    )
    optimizer = optim.Adam(net.parameters(), lr=s.learning_rate)
    if s.is_plain:
        return DQN(net, optimizer, s)
    return Rainbow(net, optimizer, s, stream(seed, LEARNING))


def _replay_buffer(s: RainbowSettings, observation: Array) -> ReplayBuffer:
    """Uniform, prioritized, or with each frame stored once."""
    shape, dtype = _stored(observation)
    if s.frame_stack:
        _check_frames(s, shape)
        return FramedReplayBuffer(s.buffer_size, shape, dtype)
    if s.per_alpha == 0:
        return ReplayBuffer(s.buffer_size, shape, dtype)
    return PrioritizedReplayBuffer(s.buffer_size, shape, dtype, alpha=s.per_alpha, beta=s.per_beta)


def _stored(observation: Array) -> tuple[tuple[int, ...], npt.DTypeLike]:
    """The shape and the type of one observation in a buffer, given (N, *observation)."""
    dtype = observation.dtype
    return observation.shape[1:], np.float32 if dtype == np.float64 else dtype


def _check_frames(s: RainbowSettings, shape: tuple[int, ...]) -> None:
    if shape[:1] != (s.frame_stack,) or len(shape) < 2:
        raise UsageError(
            f"The setting frame_stack is {s.frame_stack}, but an observation of shape {shape} is "
            "not a stack of that many images."
        )
    if s.per_alpha:
        raise UsageError("Frames stored once are sampled uniformly: set per_alpha to 0.")
    least = s.n_envs * (s.n_step + s.frame_stack + 1)
    if s.buffer_size < least:
        raise UsageError(f"The setting buffer_size must be at least {least} with these frames.")


def _count_actions(name: str, space: Space[Any]) -> int:
    if isinstance(space, Discrete):
        return int(space.n)
    raise UsageError(
        f"DQN chooses one of a few actions, and an action of {name} is {space}: train it with ppo, "
        "sac, td3, a2c or reinforce."
    )


# TD3 and SAC


def _build_td3(env: EnvSpec, settings: Any, seed: int) -> OffPolicy:
    return _build_continuous(TD3, 1, [nn.Tanh()], env, settings, seed)


def _build_sac(env: EnvSpec, settings: Any, seed: int) -> OffPolicy:
    return _build_continuous(SAC, 2, [], env, settings, seed)  # a mean and a log_std each


def _build_continuous(
    agent_class: type[TD3] | type[SAC],
    outputs: int,
    last: Sequence[nn.Module],
    env: EnvSpec,
    s: Any,
    seed: int,
) -> OffPolicy:
    """`outputs` of the actor for each number of an action, and its `last` layers."""
    envs = env.make(s.n_envs, seed_for(seed, ENV))
    scale = _action_scale(env.name, envs.envs.single_action_space)
    encoder, inputs = encoder_for(s, env.name, envs.envs.single_observation_space, measure=False)
    rng = stream(seed, WEIGHTS)
    layers = networks.relu_layers([inputs, *s.hidden_sizes, outputs * scale.size], rng)
    actor = nn.Sequential(encoder, *layers, *last)
    critics = Critics(encoder, inputs, scale.size, s.hidden_sizes, s.n_critics, rng)
    agent = agent_class(actor, critics, scale, s, stream(seed, LEARNING))
    shape, dtype = _stored(envs.observation)
    replay = ReplayBuffer(s.buffer_size, shape, dtype, (scale.size,), np.float32)
    return OffPolicy(agent, envs, replay, s, stream(seed, ACTING))


def _action_scale(name: str, space: Space[Any]) -> ActionScale:
    if isinstance(space, Box):
        return ActionScale(space.low, space.high)
    raise UsageError(
        f"SAC and TD3 choose a row of numbers, and an action of {name} is {space}: train it with "
        "dqn, ppo, a2c or reinforce."
    )


# Policy gradients


def _build_reinforce(env: EnvSpec, settings: Any, seed: int) -> OnPolicy:
    envs = env.make(settings.n_envs, seed_for(seed, ENV))
    net = _actor_critic(env, envs, settings, seed)
    optimizer = optim.Adam(net.parameters(), lr=settings.learning_rate)
    agent = Reinforce(net, optimizer, settings)
    return OnPolicy(agent, envs, settings, 0, stream(seed, ACTING), stream(seed, LEARNING))


def _build_a2c(env: EnvSpec, settings: Any, seed: int) -> OnPolicy:
    envs = env.make(settings.n_envs, seed_for(seed, ENV))
    net = _actor_critic(env, envs, settings, seed)
    optimizer = optim.Adam(net.parameters(), lr=settings.learning_rate, eps=1e-5)
    agent, n_steps = A2C(net, optimizer, settings), settings.n_steps
    return OnPolicy(agent, envs, settings, n_steps, stream(seed, ACTING), stream(seed, LEARNING))


def _build_ppo(env: EnvSpec, settings: Any, seed: int) -> OnPolicy:
    envs = env.make(settings.n_envs, seed_for(seed, ENV))
    net = _actor_critic(env, envs, settings, seed)
    optimizer = optim.Adam(net.parameters(), lr=settings.learning_rate, eps=1e-5)
    measure = settings.reward_scale == 0
    normalize_reward = NormalizeReward(settings.n_envs, settings.gamma) if measure else None
    agent, n_steps = PPO(net, optimizer, settings, normalize_reward), settings.n_steps
    return OnPolicy(agent, envs, settings, n_steps, stream(seed, ACTING), stream(seed, LEARNING))


def _actor_critic(
    env: EnvSpec, envs: Stepper, settings: PolicyGradientSettings, seed: int
) -> ActorCritic:
    """The untrained networks."""
    space = envs.envs.single_observation_space
    encoder, inputs = encoder_for(settings, env.name, space, measure=True)
    actions = envs.envs.single_action_space
    activation = ACTIVATIONS[settings.activation]
    return ActorCritic(
        actions, encoder, inputs, settings.hidden_sizes, stream(seed, WEIGHTS), activation
    )


# Tables


def _build_tabular(env: EnvSpec, settings: Any, seed: int) -> Online:
    envs = env.make(settings.n_envs, seed_for(seed, ENV))
    states, actions = envs.envs.single_observation_space, envs.envs.single_action_space
    if not isinstance(states, Discrete) or not isinstance(actions, Discrete):
        raise UsageError(
            f"A table needs discrete states and actions, and {env.name} has {states} and "
            f"{actions}: train it with dqn, ppo, a2c or reinforce."
        )
    if states.n * actions.n > _MOST_ENTRIES:
        raise UsageError(
            f"A table for {env.name} would have {states.n * actions.n:,} entries, and most would "
            "never be visited: describe a state by a few numbers (Box), and train it with dqn."
        )
    initial = np.full((int(states.n), int(actions.n)), settings.initial_value)
    return Online(Tabular(initial, settings), envs, settings, stream(seed, ACTING))


# Games


def _build_alphazero(env: EnvSpec, s: Any, seed: int) -> SelfPlay:
    if env.name not in GAMES:
        raise UsageError(f"AlphaZero plays {', '.join(GAMES)}, and {env.name} is none of these.")
    game = GAMES[env.name]
    return SelfPlay(alphazero.untrained(game, s, stream(seed, WEIGHTS)), s, seed)


class _Kind(NamedTuple):
    settings: type[AgentSettings]
    build: Callable[[EnvSpec, Any, int], Loop]


AGENTS = {
    "a2c": _Kind(A2CSettings, _build_a2c),
    "alphazero": _Kind(AlphaZeroSettings, _build_alphazero),
    "dqn": _Kind(RainbowSettings, _build_dqn),
    "ppo": _Kind(PPOSettings, _build_ppo),
    "reinforce": _Kind(ReinforceSettings, _build_reinforce),
    "sac": _Kind(SACSettings, _build_sac),
    "tabular": _Kind(TabularSettings, _build_tabular),
    "td3": _Kind(TD3Settings, _build_td3),
}


def _kind(agent: str) -> _Kind:
    if agent not in AGENTS:
        raise UsageError(f"There is no agent `{agent}`: there are {', '.join(AGENTS)}.")
    return AGENTS[agent]
