"""Evaluators for tests of the search: exact, without an opinion, and as if random."""

import numpy as np
from tests.rl.search.boards import values_of_tictactoe


def uniform(game):
    """All actions look alike, and every position even."""

    def evaluate(position):
        count = len(position.own)
        return np.zeros((count, game.actions)), np.zeros(count)

    return evaluate


def perfect(game):
    """The exact values of tic-tac-toe; the actions look alike."""

    def evaluate(position):
        keys = game.key(position).tolist()
        values = np.array([values_of_tictactoe()[key] for key in keys], float)
        return np.zeros((len(keys), game.actions)), values

    return evaluate


def hashed(game):
    """Logits and values that look random, and are always the same for the same position."""

    def evaluate(position):
        rows = [np.random.default_rng(int(key)) for key in game.key(position)]
        logits = [rng.normal(size=game.actions) for rng in rows]
        return np.array(logits), np.array([rng.uniform(-1, 1) for rng in rows])

    return evaluate
