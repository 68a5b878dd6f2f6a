"""Minimax with alpha-beta: the exact value of a position, by trying everything that matters.

A position is worth the best of its moves, and a move is worth what the position after it is, with
the sign changed, because there the other player is to move. That is minimax, and it needs no more
than the rules. It also visits every game there is: from the empty board of tic-tac-toe 549,946
positions, most of them many times.

Alpha-beta finds the same value with fewer. `alpha` is what the player to move is sure of already,
and `beta` what the other one is sure of elsewhere. A move that is worth `beta` or more ends the
search of its position: the other player will not let it come to that, so how good the best move is
no longer matters. The better the moves that are tried first, the more is left out.

This is the form to read; `games.solver` is the fast one. Source: Knuth and Moore 1975, "An analysis
of alpha-beta pruning".
"""

from typing import NamedTuple

import numpy as np

from undergrad.rl.games.base import Game, Position


class Found(NamedTuple):
    """What a search of one position found."""

    value: int  # -1, 0 or 1 for the player to move
    nodes: int  # positions visited, this one included


def minimax(game: Game, position: Position) -> Found:
    """The value of one position, by visiting every position after it."""
    best, nodes = -1, 1
    if (outcome := _outcome(game, position)) is not None:
        return Found(outcome, nodes)
    for after in _children(game, position):
        value, more = minimax(game, after)
        best, nodes = max(best, -value), nodes + more
    return Found(best, nodes)


def alpha_beta(game: Game, position: Position, alpha: int = -1, beta: int = 1) -> Found:
    """The same value, without what cannot change it.

    With a narrower window than from -1 to 1 the value is exact where it lies inside (alpha, beta);
    else it is only known that the true one lies beyond it too.
    """
    best, nodes = -1, 1
    if (outcome := _outcome(game, position)) is not None:
        return Found(outcome, nodes)
    for after in _children(game, position):
        value, more = alpha_beta(game, after, -beta, -alpha)
        best, nodes = max(best, -value), nodes + more
        alpha = max(alpha, best)
        if alpha >= beta:
            break
    return Found(best, nodes)


def _outcome(game: Game, position: Position) -> int | None:
    """How a finished game ended, for the player who would be to move; None while it goes on."""
    if game.won(position)[0]:
        return -1
    return 0 if game.over(position)[0] else None


def _children(game: Game, position: Position) -> list[Position]:
    """The positions after each legal move, in the order of the actions."""
    actions = np.flatnonzero(game.legal(position)[0])
    after = game.play(position.at(np.zeros_like(actions)), actions)
    return [after.at([row]) for row in range(len(actions))]
