"""Elo ratings of several players from the games between them, with intervals.

The Bradley-Terry model gives every player a strength g, and i scores against j with probability
g_i / (g_i + g_j). The strengths that make the observed games most likely are found by repetition:
g_i = points of i / sum over j of (games of i and j) / (g_i + g_j). Elo's scale is 400 log10(g): 400
more means ten times the odds. Sources: Bradley and Terry 1952; Hunter 2004, "MM algorithms for
generalized Bradley-Terry models"; Elo 1978.

K is the number of players.
"""

from collections.abc import Mapping

import numpy as np

from undergrad.rl.games.base import Array

# (i, j): the results of their games as i saw them, 1, 0 or -1
Results = Mapping[tuple[int, int], Array]


def ratings(points: Array, rounds: int = 10_000, tolerance: float = 1e-9) -> Array:
    """(K,) ratings; the first player's is 0.

    points: (K, K), what i scored against j: 1 for a win, a half for a draw. Between players who
    met, one drawn game more is counted, so that somebody who won everything has a finite rating.
    """
    met = (points + points.T) > 0
    scored = points + met / 2
    games = scored + scored.T
    strength = np.ones(len(points))
    for _ in range(rounds):
        pairs = strength[:, None] + strength
        better = scored.sum(axis=1) / (games / pairs).sum(axis=1)
        better /= np.exp(np.log(better).mean())
        if np.abs(np.log(better / strength)).max() < tolerance:
            break
        strength = better
    elo = 400 * np.log10(better)
    return np.asarray(elo - elo[0])


def rate(results: Results, players: int) -> Array:
    """(K,) ratings from the results of matches; the first player's is 0."""
    points = np.zeros((players, players))
    for (one, other), games in results.items():
        points[one, other] += (1 + games).sum() / 2
        points[other, one] += (1 - games).sum() / 2
    return ratings(points)


def intervals(
    results: Results, players: int, rng: np.random.Generator, *, draws: int = 200
) -> Array:
    """(K, 2) between which ratings each player is, with 95% confidence.

    The percentile bootstrap: the games of every match are drawn again, with replacement.
    """
    rated = [
        rate({pair: rng.choice(games, len(games)) for pair, games in results.items()}, players)
        for _ in range(draws)
    ]
    return np.asarray(np.percentile(rated, [2.5, 97.5], axis=0).T)
