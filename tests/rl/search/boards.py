"""Positions for tests of the search, and the best moves of tic-tac-toe by plain minimax."""

from functools import cache

import numpy as np

from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


def after_random_moves(game, count, most, seed=0):
    """`count` positions after up to `most` random moves, none of them over."""
    rng, position = np.random.default_rng(seed), game.start(count)
    for _ in range(most):
        legal = game.legal(position)
        after = game.play(position, (rng.random(legal.shape) * legal).argmax(1))
        on = ~game.over(after)
        position = Position(*(np.where(on, a, b) for a, b in zip(after, position, strict=True)))
    return position


@cache
def minimax(board):
    """The value of nine cells for the player to move, who has 1 where the other one has -1."""
    if any(all(board[cell] == -1 for cell in line) for line in LINES):
        return -1
    return max((-minimax(played(board, cell)) for cell in range(9) if not board[cell]), default=0)


def played(board, cell):
    """The board after a move there, seen by the next player."""
    return tuple(-1 if i == cell else -stone for i, stone in enumerate(board))


@cache
def boards():
    """Every board that can be reached, none of them over."""
    found, waiting = set(), [(0,) * 9]
    while waiting:
        board = waiting.pop()
        lost = any(all(board[cell] == -1 for cell in line) for line in LINES)
        if board in found or lost or all(board):
            continue
        found.add(board)
        waiting += [played(board, cell) for cell in range(9) if not board[cell]]
    return sorted(found)


@cache
def moves_of_tictactoe():
    """All 4,520 positions that are not over, and which moves are best there: (4520, 9)."""
    best = [
        [not board[a] and -minimax(played(board, a)) == minimax(board) for a in range(9)]
        for board in boards()
    ]
    cells, stones = GAMES["tictactoe"].cells, np.array(boards())
    own, other = ((stones == side) @ cells for side in (1, -1))
    return Position(own, own | other), np.array(best)


@cache
def values_of_tictactoe():
    """The exact value of each position that is not over, by its key."""
    position, _ = moves_of_tictactoe()
    keys = GAMES["tictactoe"].key(position).tolist()
    return dict(zip(keys, map(minimax, boards()), strict=True))
