"""Reinforcement learning on the engine: environments, replay, agents, honest verdicts."""

from undergrad.rl.agents.dqn import DQN
from undergrad.rl.env import make_env
from undergrad.rl.evaluate import evaluate
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBuffer
from undergrad.rl.run.session import train

__all__ = [
    "DQN",
    "PrioritizedReplayBuffer",
    "ReplayBuffer",
    "evaluate",
    "make_env",
    "train",
]
