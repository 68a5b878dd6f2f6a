"""Boards as plain arrays, the slow way: 1 the player to move, -1 the other, row 0 on top."""

import numpy as np

from undergrad.rl.games.base import Position


def board_of(game, position):
    """(B, rows, columns) ints."""
    planes = game.planes(position).astype(int)
    return planes[:, 0] - planes[:, 1]


def position_of(game, boards):
    """The positions of one board or several."""
    flat = np.asarray(boards).reshape(-1, game.rows * game.columns)
    own = ((flat == 1) * game.cells).sum(axis=1, dtype=np.uint64)
    mask = ((flat != 0) * game.cells).sum(axis=1, dtype=np.uint64)
    return Position(own, mask)


def plain_line(board, n):
    """Whether a (rows, columns) board of booleans has `n` in a line, cell by cell."""
    rows, columns = board.shape
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                cells = [(row + k * down, column + k * right) for k in range(n)]
                inside = all(0 <= y < rows and 0 <= x < columns for y, x in cells)
                if inside and all(board[cell] for cell in cells):
                    return True
    return False


def random_positions(game, count, rng):
    """Positions of random games, each after a random number of moves, finished ones among them."""
    position = game.start(count)
    left = rng.integers(game.rows * game.columns + 1, size=count)
    while True:
        legal = game.legal(position)
        playing = np.flatnonzero(legal.any(axis=1) & (left > 0))
        if not len(playing):
            return position
        action = (legal[playing] * rng.random((len(playing), game.actions))).argmax(axis=1)
        after = game.play(position.at(playing), action)
        position.own[playing], position.mask[playing] = after
        left -= 1
