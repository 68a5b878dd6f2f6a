"""Reinforcement learning on the engine: worlds, agents that learn in them, honest verdicts.

Read an agent first, such as `agents/dqn.py`. What it stands on, from the ground up:

env, one_by_one, honesty, envs/, atari   worlds to act in, side by side, held to their word
replay, prioritized, sumtree, frames  what happened, kept to be learnt from again
rollout                               what happened just now, learnt from once and forgotten
targets, advantages                   what should have been expected, as pure functions
nets, noisy, actor_critic, policies, normalise   networks, and what their outputs mean
explore, streams                      chance: what to try, and which numbers are whose
evaluate, side_by_side                how good a policy is, and how sure that is
diagnose                              what went wrong, from the numbers of a training
agents/                               what each agent does with what happened
trainings/                            an agent, its world and its settings, put together
run/, presets/                        a task with a budget and a pass line; log, verdict
"""

from functools import partial

from undergrad.rl.agents.a2c import A2C
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.ppo import PPO
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.env import make_env
from undergrad.rl.evaluate import evaluate
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBuffer
from undergrad.rl.run.seeds import KIND
from undergrad.runs import session

train = partial(session.train, KIND)

__all__ = [
    "A2C",
    "DQN",
    "PPO",
    "PrioritizedReplayBuffer",
    "Reinforce",
    "ReplayBuffer",
    "evaluate",
    "make_env",
    "train",
]
