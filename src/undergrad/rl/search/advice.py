"""What a search says of one position, in the form that a game against a person needs."""

import numpy as np

from undergrad.rl.games.base import Game, Position
from undergrad.rl.games.play import Advice, Advisor
from undergrad.rl.search import puct, uct
from undergrad.rl.search.formulas import PUCT, Evaluator


def uct_advisor(game: Game, simulations: int, seed: int = 0) -> Advisor:
    """UCT without a network; its random numbers come from `seed`."""
    rng = np.random.default_rng(seed)

    def advise(position: Position) -> Advice:
        tree = uct.search(game, position, simulations, rng)
        return Advice(tree.root_visits[0], float(tree.value[0]), tree.line(0))

    return advise


def puct_advisor(game: Game, evaluate: Evaluator, simulations: int, options: PUCT) -> Advisor:
    """PUCT with a network, without noise."""

    def advise(position: Position) -> Advice:
        root = puct.search(game, position, evaluate, simulations, options)
        value = root.value_sum.sum() / root.visits.sum()
        return Advice(root.visits, float(value), root.line)

    return advise
