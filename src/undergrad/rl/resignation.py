"""Resignation: hopeless games of self-play are given up, and some are not, to see what that costs.

A player resigns when its search expects less than a threshold. A threshold that is too high gives
up games that were not lost, and the network would learn from false outcomes. Therefore a fraction
of the games is always played to the end, and the threshold is set by what happened there: it is the
highest one at which few enough of those who would have resigned did not lose.

Source: Silver et al. 2017, "Mastering the game of Go without human knowledge", Methods,
"Self-play".

K is a number of players of games that were played to the end.
"""

import numpy as np

from undergrad.rl.games.base import Array

NEVER = -1.0  # no value lies below it


def threshold(lowest: Array, lost: Array, most: float) -> float:
    """The highest threshold at which at most a fraction `most` of those who resign had not lost.

    Arguments:
        lowest: (K,) the least that each player expected in its game, K >= 1.
        lost: (K,) bool: whether it lost.
    """
    order = np.argsort(lowest)
    values, wrong = lowest[order], np.concatenate([[0], (~lost[order]).cumsum()])
    resigned = np.searchsorted(values, values)  # how many would resign if this were the threshold
    return float(values[wrong[resigned] <= most * resigned].max())


def false_positives(lowest: Array, lost: Array, below: float) -> float:
    """Of those who would resign below a threshold, the fraction that did not lose; 0 of none."""
    resigned = lowest < below
    return float((~lost[resigned]).mean()) if resigned.any() else 0.0


def by_player(player: Array, expected: Array, outcome: Array) -> tuple[Array, Array]:
    """For each of K players the least that it expected, and whether it lost.

    Arguments:
        player: the number of the player at each position; there are K different ones.
        expected, outcome: at each position, for that player.
    """
    _, index = np.unique(player, return_inverse=True)
    lowest = np.full(index.max(initial=-1) + 1, np.inf)
    lost = np.zeros(len(lowest), bool)
    np.minimum.at(lowest, index, expected)
    lost[index] = outcome == -1
    return lowest, lost
