"""The search against one that was written apart from it, and against exact values."""

import numpy as np
import pytest
from undergrad.rl.games import GAMES
from undergrad.rl.games.players import blocking, winning
from undergrad.rl.games.table import solve_all
from undergrad.rl.search import puct

from data import GAME, exact, features
from model import Opinion, network
from search import Trees, player, searched, softmax

WEIGHTS = np.random.default_rng(5).normal(size=(84, 8))


def opinion(position):
    """An evaluator that treats each position on its own, so that batches make no difference."""
    said = np.stack([each @ WEIGHTS for each in features(position).astype(float)])
    return said[:, :7], np.tanh(said[:, 7])


def nothing(position):
    """Every move is as likely, and every position is worth 0."""
    return np.zeros((len(position.mask), 9)), np.zeros(len(position.mask))


def test_the_visits_are_those_of_a_search_in_a_tree_of_nodes():
    position = exact()["validation"].position.at(slice(0, 900, 150))
    trees = searched(GAME, position, opinion, 60)
    for row in range(len(position.mask)):
        root = puct.search(GAME, position.at([row]), opinion, 60)
        np.testing.assert_array_equal(trees.root_visits[row], root.visits)
        assert trees.best[row] == root.best
        assert trees.expected[row] == pytest.approx(root.value_sum.sum() / root.visits.sum())


def test_enough_simulations_without_any_opinion_are_right_in_tictactoe():
    table = solve_all(GAMES["tictactoe"])
    stones = table.position.stones
    rows = np.flatnonzero((stones >= 4) & table.game.legal(table.position).any(axis=1))
    one = player(table.game, nothing, 300)
    action = one(table.position.at(rows), np.random.default_rng(0))
    values = table.action_values[rows]
    assert (values[np.arange(len(rows)), action] == values.max(axis=1)).all()


def test_it_wins_at_once_and_stops_a_win_whatever_the_network_says():
    one = player(GAME, Opinion(network(seed=1)), 100)
    wins, threat = GAME.after([0, 6, 1, 6, 2, 5]), GAME.after([0, 1, 0, 1, 0])
    assert winning(GAME, wins)[0].nonzero()[0].tolist() == one(wins, None).tolist() == [3]
    assert blocking(GAME, threat)[0].nonzero()[0].tolist() == one(threat, None).tolist() == [0]


def test_without_simulations_the_policy_plays_and_never_into_a_full_column():
    position = GAME.after([3, 3, 3, 3, 3, 3])
    logits = np.array([[0, 0, 1, 9, 0, 0, 0]])
    assert player(GAME, lambda at: (logits, np.zeros(1)), 0)(position, None).tolist() == [2]
    assert softmax(logits, GAME.legal(position))[0, 3] == 0


def sure(position):
    """An evaluator that would always play the first column."""
    count = len(position.mask)
    return np.tile([50.0, 0, 0, 0, 0, 0, 0], (count, 1)), np.zeros(count)


def test_noise_reaches_every_legal_move_and_no_other():
    position = GAME.after([3, 3, 3, 3, 3, 3])
    trees = Trees(GAME, position, sure, 1)
    trees.add_noise(np.random.default_rng(0))
    prior = trees.prior[trees.roots][0]
    assert prior[3] == 0 and (np.delete(prior, 3) > 0.001).all()
    assert prior.sum() == pytest.approx(1)
