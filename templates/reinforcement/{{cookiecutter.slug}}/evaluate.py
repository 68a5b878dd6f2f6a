"""The metric: the notebook reports it, and the check computes it again from here.

Evaluation never learns and never explores, and its episodes are not those of the training.

Make it yours: change `returns` to your metric. `scores` must keep its promise, {seed: score} from
the saved networks alone.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import nn

from data import make
from model import network, q_values

CHECKPOINTS = Path(__file__).with_name("checkpoints")
EPISODES = range(10_000, 10_020)  # seeds of the test episodes
VALIDATION = range(5_000, 5_005)  # seeds of the episodes that select a network during training

Policy = Callable[[np.ndarray], int]


def greedy(model: nn.Module) -> Policy:
    """The policy that takes the action of highest value."""
    return lambda observation: int(q_values(model, observation[None]).argmax())


def lean(observation: np.ndarray) -> int:
    """The baseline: push towards the side to which the pole leans."""
    return int(observation[2] > 0)


def episode(policy: Policy, seed: int) -> np.ndarray:
    """The observations of one episode, shape (steps, 4); here each step earns a reward of 1."""
    environment = make()
    observation, _ = environment.reset(seed=seed)
    path, done = [], False
    while not done:
        path.append(observation)
        observation, _, terminated, truncated, _ = environment.step(policy(observation))
        done = terminated or truncated
    return np.array(path)


def returns(policy: Policy, seeds: range = EPISODES) -> np.ndarray:
    """The return of each of those episodes."""
    return np.array([len(episode(policy, seed)) for seed in seeds], dtype=float)


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: mean greedy return over the evaluation episodes} of every saved network."""
    return {seed: float(returns(greedy(restore(seed))).mean()) for seed in saved()}
