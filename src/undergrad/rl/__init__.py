"""Reinforcement learning on the engine: environments, replay, agents, honest verdicts."""

from undergrad.rl.agents.a2c import A2C
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.ppo import PPO
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.env import make_env
from undergrad.rl.evaluate import evaluate
from undergrad.rl.prioritized import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBuffer
from undergrad.rl.run.session import train

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
