"""Minimax and alpha-beta: equal to the whole table, and how much the second one leaves out."""

import numpy as np
import pytest
from tests.rl.games.boards import random_positions

from undergrad.rl.games import GAMES
from undergrad.rl.games.table import solve_all
from undergrad.rl.search.minimax import alpha_beta, minimax

GAME = GAMES["tictactoe"]


@pytest.mark.parametrize(("name", "stones"), [("tictactoe", 4), ("connect3", 12)])
def test_both_are_equal_to_the_table(name, stones):
    game = GAMES[name]
    table = solve_all(game)
    position = random_positions(game, 400, np.random.default_rng(1))
    position = position.at(position.stones >= stones)
    position = position.at(slice(40))
    values = table.values[table.find(position)].tolist()
    assert len(set(values)) > 1
    assert [minimax(game, position.at([row])).value for row in range(40)] == values
    assert [alpha_beta(game, position.at([row])).value for row in range(40)] == values


def test_nodes_are_counted():
    """After four moves: every order of the rest of the game, counted by itself."""

    def lines(position):
        legal = np.flatnonzero(game.legal(position)[0])
        return 1 + sum(lines(game.play(position, np.array([action]))) for action in legal)

    game, start = GAME, GAME.after([4, 0, 8, 2])
    whole, pruned = minimax(game, start), alpha_beta(game, start)
    assert whole.nodes == lines(start)
    assert pruned.value == whole.value
    assert pruned.nodes < whole.nodes / 2


@pytest.mark.parametrize("window", [(-1, 0), (0, 1)])
def test_a_narrow_window_says_on_which_side_the_value_lies(window):
    alpha, beta = window
    table = solve_all(GAME)
    position = random_positions(GAME, 200, np.random.default_rng(2))
    position = position.at(position.stones >= 4).at(slice(40))
    for row, value in enumerate(table.values[table.find(position)]):
        found = alpha_beta(GAME, position.at([row]), alpha, beta).value
        assert (found <= alpha) == (value <= alpha)
        assert (found >= beta) == (value >= beta)


@pytest.mark.slow
def test_tictactoe_from_the_empty_board():
    assert minimax(GAME, GAME.start(1)) == (0, 549_946)
    value, nodes = alpha_beta(GAME, GAME.start(1))
    assert value == 0
    assert nodes < 549_946 / 30
