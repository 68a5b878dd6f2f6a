"""The metric: how well an agent plays on average while it learns, from the networks it left behind.

The notebook reports it, and the check computes it again from here. Evaluation never learns and
never explores, and its episodes are not those of the training.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import nn

from data import make
from model import network, q_values

CHECKPOINTS = Path(__file__).with_name("checkpoints")
EPISODES = range(10_000, 10_020)  # seeds of the test episodes, with which nothing is chosen

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


def episodes(policy: Policy, seeds: range = EPISODES, pole: float = 1.0) -> list[np.ndarray]:
    """Play one episode for each seed, all side by side: their observations, each (steps, 4).

    pole: its length; 1 is that of the training.
    """
    environments = [make(pole=pole) for _ in seeds]
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


def returns(policy: Policy, seeds: range = EPISODES, pole: float = 1.0) -> np.ndarray:
    """The return of each episode: here each step earns 1."""
    return np.array([len(path) for path in episodes(policy, seeds, pole)], dtype=float)


def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(snapshots: dict[int, nn.Module], seed: int) -> None:
    """Keep the networks of a training, each under the step at which it was copied."""
    CHECKPOINTS.mkdir(exist_ok=True)
    parts = {f"step_{step}": model for step, model in snapshots.items()}
    engine.save(checkpoint(seed), extra={"steps": list(snapshots)}, **parts)


def restore(seed: int) -> dict[int, nn.Module]:
    """The networks of a seed by their step, as `save` left them."""
    steps = engine.load(checkpoint(seed))["steps"]
    snapshots = {step: network(seed) for step in steps}
    engine.load(checkpoint(seed), **{f"step_{step}": model for step, model in snapshots.items()})
    return snapshots


def curve(snapshots: dict[int, nn.Module], pole: float = 1.0) -> dict[int, float]:
    """{step: mean greedy return over the test episodes} of the networks of a training."""
    return {
        step: float(returns(greedy(model), pole=pole).mean()) for step, model in snapshots.items()
    }


def height(snapshots: dict[int, nn.Module], pole: float = 1.0) -> float:
    """The mean of that curve: how well the agent played on average while it learned."""
    return float(np.mean(list(curve(snapshots, pole).values())))


def scores() -> dict[int, float]:
    """{seed: height of its learning curve} of every saved training."""
    seeds = sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))
    return {seed: height(restore(seed)) for seed in seeds}
