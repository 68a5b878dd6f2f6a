"""The rules of every game: counts of positions, lines against a plain loop, symmetries."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.rl.games.boards import board_of, plain_line, position_of, random_positions

from undergrad.rl.games import GAMES
from undergrad.rl.games.base import has_line
from undergrad.rl.games.connect_n import ConnectN

# Different positions after 0, 1, 2 ... moves. Connect Four: John Tromp's counts, also in OEIS
# A212693. Tic-tac-toe: 5,478 in all.
COUNTS = {
    "tictactoe": [1, 9, 72, 252, 756, 1260, 1520, 1140, 390, 78],
    "connect4": [1, 7, 49, 238, 1_120, 4_263, 16_422, 54_859],
}
EVERY = pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)


def next_positions(game, position):
    """Every different position one move later."""
    row, action = np.nonzero(game.legal(position))
    after = game.play(position.at(row), action)
    _, first = np.unique(game.key(after), return_index=True)
    return after.at(first)


@pytest.mark.parametrize("name", COUNTS)
def test_positions_by_depth(name):
    game = GAMES[name]
    position, counts = game.start(1), []
    while len(counts) < len(COUNTS[name]):
        counts.append(len(position.own))
        position = next_positions(game, position)
    assert counts == COUNTS[name]
    assert len(position.own) == 0 or name == "connect4"


def test_tictactoe_has_5478_reachable_positions():
    assert sum(COUNTS["tictactoe"]) == 5_478


@EVERY
def test_a_game_by_a_plain_board(game, rng):
    """Twenty random games side by side, against boards that are played cell by cell."""
    position, boards = game.start(20), np.zeros((20, game.rows, game.columns), int)
    for _ in range(game.rows * game.columns):
        legal = game.legal(position)
        for row, board in enumerate(boards):
            lost = plain_line(board == -1, game.n)
            full = bool((board != 0).all())
            assert game.won(position)[row] == lost
            assert game.over(position)[row] == (lost or full)
            free = (board == 0).ravel() if game.name == "tictactoe" else board[0] == 0
            assert_array_equal(legal[row], free & (not lost))
        assert_array_equal(board_of(game, position), boards)
        going = legal.any(axis=1)
        position, boards, legal = position.at(going), boards[going], legal[going]
        if not going.any():
            return
        action = np.array([rng.choice(np.flatnonzero(row)) for row in legal])
        position = game.play(position, action)
        for board, a in zip(boards, action, strict=True):
            row, column = divmod(a, 3)
            if game.name != "tictactoe":
                row, column = max(np.flatnonzero(board[:, a] == 0)), a
            board[row, column] = 1
        boards = -boards


@pytest.mark.parametrize(("rows", "columns", "n"), [(6, 7, 4), (5, 4, 3), (7, 8, 4), (4, 6, 5)])
def test_lines_on_any_board(rows, columns, n, rng):
    game = ConnectN("any", rows, columns, n)
    boards = rng.random((300, rows, columns)) < rng.uniform(0.3, 0.8, (300, 1, 1))
    position = position_of(game, -boards.astype(int))
    found = [plain_line(board, n) for board in boards]
    assert_array_equal(game.won(position), found)
    assert 20 < sum(found) < 280
    ints = [has_line(int(stones), n, game.steps) != 0 for stones in position.other]
    assert ints == found


@pytest.mark.parametrize("game", [GAMES["connect4"], GAMES["connect3"]], ids=lambda g: g.name)
def test_no_line_goes_around_the_edge(game):
    """Cells that follow each other in memory, across every edge of the board, are no line."""
    rows, columns, n = game.rows, game.columns, game.n
    for row, column, down, right in product(range(rows), range(columns), (-1, 0, 1), (0, 1)):
        if (down, right) == (0, 0):
            continue
        board = np.zeros((rows, columns), int)
        ends = [(row + k * down, column + k * right) for k in range(n)]
        for y, x in ends:  # around the edge on purpose
            board[y % rows, x % columns] = -1
        inside = all(0 <= y < rows and 0 <= x < columns for y, x in ends)
        assert bool(game.won(position_of(game, board))[0]) == inside, ends


def test_up_one_column_and_down_the_next():
    game = GAMES["connect4"]
    for top in range(1, 4):  # stones at the top of column 2, the rest at the foot of column 3
        board = np.zeros((6, 7), int)
        board[:top, 2] = -1
        board[2 + top :, 3] = -1
        assert not game.won(position_of(game, board))[0]


@EVERY
def test_keys_differ_where_positions_differ(game, rng):
    position = random_positions(game, 3_000, rng)
    pairs = np.unique(np.stack(position, axis=1), axis=0)
    assert len(np.unique(game.key(position))) == len(pairs)


@EVERY
def test_symmetries_keep_the_game(game, rng):
    """Playing and reflecting is reflecting and playing; what may be played moves along."""
    position = random_positions(game, 60, rng)
    position = position.at(~game.over(position))
    legal = game.legal(position)
    action = np.array([rng.choice(np.flatnonzero(row)) for row in legal])
    after = game.play(position, action)
    assert len(game.symmetries) == (8 if game.name == "tictactoe" else 2)
    assert_array_equal(game.symmetries[0].cells, np.arange(game.rows * game.columns))
    assert_array_equal(game.symmetries[0].actions, np.arange(game.actions))
    for cells, actions in game.symmetries:
        turned = position_of(game, turn(game, position, cells))
        assert_array_equal(game.legal(turned), legal[:, actions])
        there = np.argsort(actions)[action]  # the new name of the same action
        turned_after = game.play(turned, there)
        assert_array_equal(board_of(game, turned_after), turn(game, after, cells))
        assert_array_equal(game.won(turned_after), game.won(after))


def turn(game, position, cells):
    boards = board_of(game, position)
    return boards.reshape(len(boards), -1)[:, cells].reshape(boards.shape)


def test_the_eight_symmetries_of_tictactoe_are_different():
    corner_and_side = {tuple(cells[[0, 1]]) for cells, _ in GAMES["tictactoe"].symmetries}
    assert len(corner_and_side) == 8


def test_the_planes_show_the_board_from_the_mover(rng):
    game = GAMES["connect4"]
    planes = game.planes(game.after([3, 3, 2]))  # the second player is to move
    assert planes.shape == (1, 2, 6, 7)
    assert planes.dtype == np.float32
    assert_array_equal(np.argwhere(planes[0, 0]), [[4, 3]])
    assert_array_equal(np.argwhere(planes[0, 1]), [[5, 2], [5, 3]])


def test_a_board_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="8x8 needs 72 bits"):
        ConnectN("large", 8, 8, 4)
