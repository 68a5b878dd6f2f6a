"""The hand-written parts against independent routes: a numerical gradient, and exact values."""

import numpy as np
from undergrad.engine import Tensor, gradcheck
from undergrad.rl.games import GAMES
from undergrad.rl.games.players import blocking, winning
from undergrad.rl.games.table import solve_all

from data import GAME, exact
from evaluate import restore, save
from model import network, no_opinion, player, search, value_of, win_loss

RNG = np.random.default_rng(1)


def test_the_gradient_of_the_loss_is_the_numerical_one():
    logits = Tensor(RNG.normal(scale=3, size=12), requires_grad=True)
    points = RNG.random(12)
    report = gradcheck(lambda x: win_loss(x, points), logits, rtol=1e-5)
    assert report, report


def test_the_loss_is_cross_entropy_and_never_overflows():
    logits, points = np.array([0.0, 2.0, -1.0]), np.array([0.5, 1.0, 0.25])
    p = 1 / (1 + np.exp(-logits))
    expected = -(points * np.log(p) + (1 - points) * np.log(1 - p)).mean()
    np.testing.assert_allclose(win_loss(Tensor(logits), points).item(), expected)
    assert win_loss(Tensor(np.array([1000.0, -1000.0])), np.array([1.0, 0.0])).item() == 0


def test_a_search_to_the_end_finds_the_exact_values():
    table = solve_all(GAMES["tictactoe"])
    late = np.flatnonzero((table.position.stones >= 5) & (table.game.legal(table.position).any(1)))
    found = search(table.game, no_opinion, table.position.at(late), depth=4)
    np.testing.assert_array_equal(found, table.action_values[late])


def test_the_sign_changes_with_every_move():
    def stones(position):  # a value that no game has, to see where it arrives
        return 0.01 * position.stones

    start = GAME.start(1)
    np.testing.assert_allclose(search(GAME, stones, start, depth=1), -0.01)
    np.testing.assert_allclose(search(GAME, stones, start, depth=2), 0.02)


def test_two_moves_are_enough_to_win_at_once_and_to_stop_a_win():
    position = GAME.after([0, 4, 1, 4, 2, 4])  # either player has three in a line
    assert winning(GAME, position)[0].nonzero()[0].tolist() == [3]
    assert player(no_opinion, 1)(position, RNG).tolist() == [3]
    threat = GAME.after([0, 1, 0, 1, 0])  # the second player has to block the first column
    assert blocking(GAME, threat)[0].nonzero()[0].tolist() == [0]
    assert player(no_opinion, 2)(threat, RNG).tolist() == [0]


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, position = network(seed=3), exact().position
    save(model, seed=3)
    np.testing.assert_array_equal(value_of(restore(seed=3))(position), value_of(model)(position))
