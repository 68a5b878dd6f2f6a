"""Reinforcement learning on the engine: environments, agents that learn in them, honest verdicts.

Read an agent first, such as `agents/dqn.py`. What it stands on, from the ground up:

registry, spaces                      what a name means, and what agents can count on
env, vector_env, envs/, atari         environments, side by side, checked at every step
replay, prioritized, sumtree, frames  what happened, stored to be learned from again
rollout                               what happened just now, learned from once and forgotten
targets, advantages                   what should have been expected, as pure functions
networks, actor_critic, continuous, distributions, normalize   networks, and their outputs
explore, streams                      what to try, and which random numbers are for what
games/, search/, policy_value         board games, searching their trees, a network for both
evaluate, evaluate_game               how good a policy is, and how sure that is
diagnose, env_check                   what went wrong in a run; whether a world is honest
agents/, settings                     what each agent does, and its settings
loops, self_play, build               act, step, store, learn; and from settings to such a loop
run/, presets/                        a preset with a budget and a pass line; log, verdict
compatibility                         what older versions called things in their files
"""

from functools import partial

from undergrad.rl.agents.a2c import A2C
from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.ppo import PPO
from undergrad.rl.agents.rainbow import Rainbow
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.agents.sac import SAC
from undergrad.rl.agents.td3 import TD3
from undergrad.rl.evaluate import evaluate
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBuffer
from undergrad.rl.run.seeds import KIND
from undergrad.rl.vector_env import make_env
from undergrad.runs import session

train = partial(session.train, KIND)

__all__ = [
    "A2C",
    "DQN",
    "PPO",
    "SAC",
    "TD3",
    "AlphaZero",
    "PrioritizedReplayBuffer",
    "Rainbow",
    "Reinforce",
    "ReplayBuffer",
    "evaluate",
    "make_env",
    "train",
]
