"""The metric: the notebook reports it, and the check computes it again from here.

Evaluation never learns and never explores, and its opponent is not met in training.

Make it yours: change `points` to your metric. `scores` must keep its promise, {seed: score} from
the saved networks alone.
"""

from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import nn
from undergrad.rl.games.players import Player, one_move_player
from undergrad.rl.games.strength import Match, accuracy, match

from data import GAME, exact
from model import network, player, value_of

CHECKPOINTS = Path(__file__).with_name("checkpoints")
DEPTH = 2  # moves that the search looks ahead
TEST, VALIDATION = 7, 5  # seeds of the openings and of every random number in a match


def games(one: Player, seed: int = TEST) -> Match:
    """400 games against a player that looks one move ahead.

    Each begins with four random moves, and each of these openings is played from both sides.
    """
    return match(GAME, one, one_move_player(GAME), games=400, seed=seed, opening=4)


def points(one: Player, seed: int = TEST) -> float:
    """The fraction of points in these games; a draw is half a point."""
    return games(one, seed).points


def right_moves(one: Player) -> float:
    """In which fraction of the positions with exact answers the player keeps their value."""
    return accuracy(one, exact(), np.random.default_rng(0))


def agent(seed: int, depth: int = DEPTH) -> Player:
    """The search with the saved network of a seed."""
    return player(value_of(restore(seed)), depth)


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: points in the test games} of every saved network."""
    return {seed: points(agent(seed)) for seed in saved()}
