"""How good is a policy? Play it, with seeds that are known, and say how sure the answer is.

Every episode has a seed of its own and is played to its end exactly once. Playing several side by
side and taking the first hundred that finish would prefer the short ones.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl import side_by_side
from undergrad.rl.side_by_side import Episodes

Array: TypeAlias = npt.NDArray[Any]
Policy: TypeAlias = Callable[[Array], Array]  # observations (N, *observation) -> actions (N,)

_SIDE_BY_SIDE = 50  # episodes that share a forward pass


@dataclass(frozen=True)
class Evaluation:
    """The outcome of some episodes, in the order of their seeds."""

    returns: tuple[float, ...]
    discounted: tuple[float, ...]  # the same, with later rewards discounted
    steps: int  # in the environment, all episodes together
    first: Array = field(compare=False, repr=False)  # first observations, (episodes, *observation)

    @property
    def mean(self) -> float:
        return float(np.mean(self.returns))

    @property
    def std(self) -> float:
        """Over the episodes, dividing by their number."""
        return float(np.std(self.returns))


def evaluate(
    policy: Policy,
    name: str,
    *,
    episodes: int = 100,
    seed: int | Sequence[int] = 0,
    discount: float = 1.0,
    **settings: Any,
) -> Evaluation:
    """Play `episodes` whole episodes of the Gymnasium environment `name`.

    Arguments:
        policy: chooses an action for each row; nothing is learnt here.
        seed: one or several numbers that together decide how the episodes start. The same numbers
            give the same episodes, however many are played side by side.
        settings: passed on to the environment.

    Raises ToolError when the environment breaks its word: a score of such episodes means nothing.
    """
    if episodes < 1:
        raise ValueError(f"evaluate: {episodes} episodes are too few, play 1 or more")
    seeds = episode_seeds(seed, episodes)
    rounds = [seeds[start : start + _SIDE_BY_SIDE] for start in range(0, episodes, _SIDE_BY_SIDE)]
    played = []
    for some in rounds:
        with closing(side_by_side.episodes(name, len(some), settings)) as playing:
            played.append(_play(policy, playing, some, discount))
    first = np.concatenate([observations for observations, _ in played])
    returns, discounted, lengths = np.concatenate([totals for _, totals in played], axis=1)
    return Evaluation(
        tuple(returns.tolist()), tuple(discounted.tolist()), int(lengths.sum()), first
    )


def episode_seeds(seed: int | Sequence[int], episodes: int) -> list[int]:
    """One seed for each episode, from one number or several."""
    words = np.random.SeedSequence(seed).generate_state(episodes)
    return [int(word) for word in words & 0x7FFFFFFF]


def _play(
    policy: Policy, episodes: Episodes, seeds: Sequence[int], discount: float
) -> tuple[Array, Array]:
    """One episode for each seed: first observations, and (3, episodes) returns, discounted
    returns and lengths."""
    seen = first = episodes.begin(seeds)
    totals, running, step = np.zeros((3, len(seeds))), np.arange(len(seeds)), 0
    while len(running):
        actions = policy(seen)
        with episodes.honesty.in_a_step():
            seen, reward, over = episodes.step(actions)
        episodes.honesty.check(seen, reward)
        totals[:, running] += np.stack([reward, discount**step * reward, np.ones_like(reward)])
        seen, running, step = seen[~over], running[~over], step + 1
    return first, totals


def interquartile_mean(scores: Sequence[float]) -> float:
    """The mean of the middle half: what is left without the best and the worst quarter.

    Of n scores floor(n / 4) are left out at each end.
    Source: Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical
    Precipice".
    """
    if not scores:
        raise ValueError("interquartile_mean: there are no scores")
    cut = len(scores) // 4
    return float(np.mean(sorted(scores)[cut : len(scores) - cut]))


def bootstrap_interval(
    scores: Sequence[float], rng: np.random.Generator, *, level: float = 0.95, draws: int = 2000
) -> tuple[float, float]:
    """Where the interquartile mean of such scores lies, with probability `level`.

    The percentile bootstrap: draw as many scores as there are, with replacement, many times over.
    """
    picks = rng.integers(len(scores), size=(draws, len(scores)))
    means = [interquartile_mean(row) for row in np.asarray(scores)[picks].tolist()]
    tail = 50 * (1 - level)
    low, high = np.percentile(means, [tail, 100 - tail])
    return float(low), float(high)
