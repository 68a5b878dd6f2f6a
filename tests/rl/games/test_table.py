"""Exact values of whole games: known counts and results, and recursion from the definition."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.rl.games.boards import board_of, plain_line, random_positions

from undergrad.rl.games import GAMES
from undergrad.rl.games.connect_n import ConnectN
from undergrad.rl.games.table import solve_all

# rows, columns, n: positions, those where the game goes on, those where a move can be a mistake,
# and the values of the first moves.
KNOWN = {
    (5, 4, 3): (195_472, 104_399, 64_142, [1, 1, 1, 1]),
    (4, 5, 3): (613_459, 308_455, 215_539, [-1, 1, 1, 1, -1]),
    (4, 4, 4): (161_029, 134_289, 55_506, [0, 0, 0, 0]),
}


@pytest.mark.parametrize("board", KNOWN, ids=str)
def test_known_boards(board):
    positions, going, mistakes, first = KNOWN[board]
    game = ConnectN("board", *board)
    table = solve_all(game)
    legal = table.action_values > -np.inf
    worst = np.where(legal, table.action_values, np.inf).min(axis=1)
    assert len(table.keys) == positions
    assert legal.any(axis=1).sum() == going
    assert (worst < table.values)[legal.any(axis=1)].sum() == mistakes
    start = table.find(game.start(1))[0]
    got = table.action_values[start]
    assert got.tolist() == first


def test_a_game_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match="connect4 has more than 20,000 positions, too many for"):
        solve_all(GAMES["connect4"], most=20_000)


def test_tictactoe():
    game = GAMES["tictactoe"]
    table = solve_all(game)
    assert len(table.keys) == 5_478
    assert (~game.over(table.position)).sum() == 4_520
    assert table.values[table.find(game.start(1))] == 0
    fork = game.after([0, 8, 2])  # two corners and the top edge between them: block it, or lose
    assert_array_equal(table.action_values[table.find(fork)[0], [1, 4]], [-1, -1])
    corner = game.after([0])  # only the centre holds the draw
    assert np.flatnonzero(table.action_values[table.find(corner)[0]] == 0).tolist() == [4]


@pytest.mark.parametrize("name", ["tictactoe", "connect3"])
def test_values_by_the_definition(name, rng):
    """Recursion on plain boards, one by one, on positions that are not far from the end."""
    game = GAMES[name]
    table = solve_all(game)
    position = random_positions(game, 1_000, rng)
    position = position.at(position.stones >= (3 if name == "tictactoe" else 12))

    @functools.cache
    def value(cells):
        board = np.array(cells).reshape(game.rows, game.columns)
        if plain_line(board == -1, game.n):
            return -1
        moves = []
        for cell in np.flatnonzero(board == 0):
            row, column = divmod(int(cell), game.columns)
            if name == "connect3" and row + 1 < game.rows and board[row + 1, column] == 0:
                continue
            after = -board
            after[row, column] = -1
            moves.append(-value(tuple(after.ravel().tolist())))
        return max(moves, default=0)

    right = [value(tuple(board.ravel().tolist())) for board in board_of(game, position)]
    assert len(right) > 100
    assert_array_equal(table.values[table.find(position)], right)
    assert_array_equal(table.keys[table.find(position)], game.key(position))
