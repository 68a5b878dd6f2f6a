"""The metric: the notebook reports it, and the check computes it again from here.

Evaluation never learns and never explores, and its episodes are not those of the training.
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
VALIDATION = range(5_000, 5_005)  # of the episodes that select a network during training

Policy = Callable[[np.ndarray], np.ndarray]  # (n, 4) observations -> (n,) actions


def greedy(model: nn.Module) -> Policy:
    """The policy that takes the action of highest value."""
    return lambda observations: q_values(model, observations).argmax(axis=1)


def lean(observations: np.ndarray) -> np.ndarray:
    """The easy rule: push towards the side to which the pole leans."""
    return (observations[:, 2] > 0).astype(int)


def going(observations: np.ndarray) -> np.ndarray:
    """The hard rule: push towards the side that angle plus angular velocity points to."""
    return (observations[:, 2] + observations[:, 3] > 0).astype(int)


def episodes(policy: Policy, seeds: range = EPISODES) -> list[np.ndarray]:
    """Play one episode for each seed, all side by side: their observations, each (steps, 4)."""
    environments = [make() for _ in seeds]
    starts = zip(environments, seeds, strict=True)
    now = {n: env.reset(seed=seed)[0] for n, (env, seed) in enumerate(starts)}
    paths: list[list[np.ndarray]] = [[] for _ in seeds]
    while now:  # one forward pass for all episodes that still run
        actions = policy(np.stack(list(now.values())))
        for n, action in zip(list(now), actions, strict=True):
            paths[n].append(now[n])
            now[n], _, terminated, truncated, _ = environments[n].step(int(action))
            if terminated or truncated:
                del now[n]
    return [np.array(path) for path in paths]


def returns(policy: Policy, seeds: range = EPISODES) -> np.ndarray:
    """The return of each episode: here each step earns 1."""
    return np.array([len(path) for path in episodes(policy, seeds)], dtype=float)


def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(model: nn.Module, seed: int) -> None:
    """Keep the weights of a network."""
    CHECKPOINTS.mkdir(exist_ok=True)
    engine.save(checkpoint(seed), model=model)


def restore(seed: int) -> nn.Module:
    """The network of a seed, as `save` left it."""
    model = network(seed)
    engine.load(checkpoint(seed), model=model)
    return model


def scores() -> dict[int, float]:
    """{seed: mean greedy return over the evaluation episodes} of every saved network."""
    seeds = sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))
    return {seed: float(returns(greedy(restore(seed))).mean()) for seed in seeds}
