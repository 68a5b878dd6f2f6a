"""How good is a policy? Play it, with seeds that are known, and say how sure the answer is.

Every episode has a seed of its own and is played to its end exactly once. Playing several side by
side and taking the first hundred that finish would prefer the short ones.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.env import EnvChecker
from undergrad.rl.registry import OURS
from undergrad.rl.streams import JUDGING
from undergrad.rl.vector_env import EnvSpec, make_games, make_one

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
    endless: int = 0  # episodes that would have gone on beyond the limit of an endless environment
    more: Mapping[str, float] = field(default_factory=dict)  # what else was measured, by name

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
    gamma: float = 1.0,
    **options: Any,
) -> Evaluation:
    """Play `episodes` whole episodes of the Gymnasium environment `name`.

    Arguments:
        policy: chooses an action for each row; nothing is learned here.
        seed: one or several numbers that together decide how the episodes start. The same numbers
            give the same episodes, however many are played side by side.
        options: passed on to the environment.

    Raises ToolError when the environment breaks its word: a score of such episodes is worthless.
    """
    if episodes < 1:
        raise ValueError(f"evaluate: {episodes} episodes are too few, play 1 or more")
    seeds = episode_seeds(seed, episodes)
    rounds = [seeds[start : start + _SIDE_BY_SIDE] for start in range(0, episodes, _SIDE_BY_SIDE)]
    played, limit = [], None
    for some in rounds:
        with closing(make_episodes(name, len(some), options)) as playing:
            played.append(_play(policy, playing, some, gamma))
            limit = playing.imposed
    first = np.concatenate([observations for observations, _ in played])
    returns, discounted, lengths = np.concatenate([totals for _, totals in played], axis=1)
    endless = 0 if limit is None else int((lengths >= limit).sum())
    both = tuple(returns.tolist()), tuple(discounted.tolist())
    return Evaluation(*both, int(lengths.sum()), first, endless)


def episode_seeds(seed: int | Sequence[int], episodes: int) -> list[int]:
    """One seed for each episode, from one number or several."""
    words = np.random.SeedSequence(seed).generate_state(episodes)
    return [int(word) for word in words & 0x7FFFFFFF]


def _play(
    policy: Policy, episodes: "Episodes", seeds: Sequence[int], gamma: float
) -> tuple[Array, Array]:
    """One episode for each seed: first observations, and (3, episodes) returns, discounted
    returns and lengths."""
    observation = first = episodes.start(seeds)
    episodes.checker.check_observation(first)
    totals, running, step = np.zeros((3, len(seeds))), np.arange(len(seeds)), 0
    while len(running):
        actions = policy(observation)
        with episodes.checker.in_a_step():
            observation, reward, over = episodes.step(actions)
        episodes.checker.check(observation, reward)
        totals[:, running] += np.stack([reward, gamma**step * reward, np.ones_like(reward)])
        observation, running, step = observation[~over], running[~over], step + 1
    return first, totals


def fraction_of_points(policy: Policy, env: EnvSpec, gamma: float, games: int = 200) -> float:
    """The fraction of all points in `games` games that the policy won; 0 when there was none.

    Every reward above 0 is a point won, and every one below 0 a point lost. `gamma` does not
    matter.
    """
    won = lost = 0
    with closing(make_episodes(env.name, games, env.options)) as playing:
        observation = playing.start(episode_seeds(JUDGING, games))
        while len(observation):
            observation, reward, over = playing.step(policy(observation))
            won += int((reward > 0).sum())
            lost += int((reward < 0).sum())
            observation = observation[~over]
    return won / max(won + lost, 1)


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

    The percentile bootstrap: sample as many scores as there are, with replacement, many times over.
    """
    picks = rng.integers(len(scores), size=(draws, len(scores)))
    means = [interquartile_mean(row) for row in np.asarray(scores)[picks].tolist()]
    tail = 50 * (1 - level)
    low, high = np.percentile(means, [tail, 100 - tail])
    return float(low), float(high)


# Episodes side by side


class Episodes(Protocol):
    """N episodes, of which fewer and fewer still run. K is the number of those that do."""

    checker: EnvChecker
    imposed: int | None  # the limit on steps, where the environment has none of its own

    def start(self, seeds: Sequence[int]) -> Array:
        """Start an episode from each seed. Returns the observations: (N, *observation)."""

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        """Take `actions` (K, ...) in those that run.

        Returns the observations, the rewards and whether it is over, each with K rows. Episodes
        that are over do not run any longer.
        """

    def close(self) -> None:
        """Free what the environments hold."""


def make_episodes(name: str, count: int, options: Mapping[str, Any]) -> Episodes:
    """`count` episodes of the Gymnasium environment `name`, made with `options`.

    Our own environments step all their games at once; of any other there is one for each episode.
    """
    return (_Games if name.startswith(OURS) else _Singles)(name, count, options)


class _Games:
    imposed: int | None = None

    def __init__(self, name: str, count: int, options: Mapping[str, Any]) -> None:
        self._games: Any = make_games(name, count, options)
        self.checker = EnvChecker(name, self._games.single_observation_space)

    def start(self, seeds: Sequence[int]) -> Array:
        return np.asarray(self._games.reset(seed=list(seeds))[0])

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        observation, reward, terminated, truncated, _ = self._games.step(actions)
        over = terminated | truncated
        if over.any():
            self._games.keep(~over)
        return observation, reward, over

    def close(self) -> None:
        self._games.close()


class _Singles:
    def __init__(self, name: str, count: int, options: Mapping[str, Any]) -> None:
        self._all = [make_one(name, **options) for _ in range(count)]
        self._running = self._all
        self.imposed = self._all[0].imposed
        self.checker = EnvChecker(name, self._all[0].observation_space)

    def start(self, seeds: Sequence[int]) -> Array:
        first = self._empty(len(seeds))
        for i, (env, seed) in enumerate(zip(self._all, seeds, strict=True)):
            first[i], _ = env.reset(seed=seed)
        return first

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        observation, over = self._empty(len(actions)), np.zeros(len(actions), bool)
        reward = np.zeros(len(actions))
        for i, (env, action) in enumerate(zip(self._running, actions, strict=True)):
            observation[i], reward[i], terminated, truncated, _ = env.step(action)
            over[i] = terminated or truncated
        self._running = [env for env, ended in zip(self._running, over, strict=True) if not ended]
        return observation, reward, over

    def _empty(self, count: int) -> Array:
        """Room for `count` observations."""
        space = self.checker.space
        return np.empty((count, *(space.shape or ())), space.dtype)

    def close(self) -> None:
        for env in self._all:
            env.close()
