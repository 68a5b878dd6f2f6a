"""How well is a game played? The fraction of right moves, on positions whose answer is known.

A move is right when no other one leads to a better outcome against perfect play. Only positions
where a mistake is possible are counted: where every move is as good, a right one says nothing.

P is the number of positions, A that of actions.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.evaluate import Evaluation
from undergrad.rl.games import GAMES
from undergrad.rl.games.table import solve_all

Array: TypeAlias = npt.NDArray[Any]

_TOGETHER = 1_024  # positions that are searched side by side


class Labelled(NamedTuple):
    """Positions where a mistake is possible, and what is known of them."""

    boards: Array  # (P, 2), as an agent sees them
    right: Array  # (P, A) bool: whether no other move is better
    values: Array  # (P,) 1, 0 or -1, for the player to move


@cache
def labelled(game: str) -> Labelled:
    """The labelled positions of a game: every one that can be reached, on a small board."""
    table = solve_all(GAMES[game])
    legal = np.isfinite(table.action_values)
    right = legal & (table.action_values == table.values[:, None])
    possible = (legal & ~right).any(1)
    boards = np.stack(table.position, axis=1)
    return Labelled(boards[possible], right[possible], table.values[possible])


def evaluate_moves(agent: AlphaZero, positions: int, seed: int | Sequence[int]) -> Evaluation:
    """Let the agent move once in each of so many labelled positions, drawn at random.

    Of the `Evaluation`, a return is 1 for a right move and 0 for a mistake, `discounted` is what a
    position is worth, and `more` holds the fraction of right moves of the network without a search.
    """
    known = labelled(agent.game.name)
    order = np.random.default_rng(seed).permutation(len(known.boards))
    drawn = np.sort(order[:positions])
    boards, right = known.boards[drawn], known.right[drawn]
    parts = range(0, len(drawn), _TOGETHER)
    searched = [agent.act_greedily(boards[start : start + _TOGETHER]) for start in parts]
    alone = [agent.network_move(boards[start : start + _TOGETHER]) for start in parts]
    scores = _right(right, searched)
    return Evaluation(
        returns=tuple(scores.tolist()),
        discounted=tuple(known.values[drawn].tolist()),
        steps=len(drawn),
        first=boards,
        more={"network_alone": float(_right(right, alone).mean())},
    )


def _right(right: Array, actions: Sequence[Array]) -> Array:
    chosen = np.concatenate(actions)[:, None]
    return np.take_along_axis(right, chosen, 1)[:, 0].astype(float)
