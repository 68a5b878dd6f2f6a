"""How well is a game played? Right moves on positions whose answer is known, and points in matches.

A move is right when no other one leads to a better outcome against perfect play. On a small board
every position that can be reached is known, and those count where a mistake is possible: where all
moves are as good, a right one says nothing. Of the larger boards some positions are shipped; those
of Connect Four count where neither player could win at once, because that much is seen by a rule.

P is the number of positions, A that of actions.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.evaluate import Evaluation, Policy
from undergrad.rl.games import GAMES, strength
from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.games.players import Player, one_move_player
from undergrad.rl.games.strength import Labelled
from undergrad.rl.games.table import solve_all
from undergrad.rl.search.uct import uct_player
from undergrad.rl.vector_env import EnvSpec

_SMALL = ("tictactoe", "connect3")
_TOGETHER = 1_024  # positions that are searched side by side
_GAMES = 200  # of a match, each opening played from both sides


@cache
def positions_of(game: str) -> Labelled:
    """The positions of a game that count."""
    if game in _SMALL:
        table = solve_all(GAMES[game])
        every = Labelled(table.position, table.action_values)
        return every.at(every.decisive)
    shipped = strength.labelled(game)
    return shipped.at(strength.quiet(GAMES[game], shipped)) if game == "connect4" else shipped


def evaluate_moves(agent: AlphaZero, count: int, seed: int | Sequence[int]) -> Evaluation:
    """Let the agent move once in each of `count` positions, drawn at random without replacement.

    Of the `Evaluation`, a return is 1 for a right move and 0 for a mistake, `discounted` is what a
    position is worth, and `more` holds the fraction of right moves of the network without a search.
    """
    known = positions_of(agent.game.name)
    order = np.random.default_rng(seed).permutation(len(known.action_values))
    drawn = known.at(np.sort(order[:count]))
    boards = np.stack(drawn.position, axis=1)
    right = strength.right(_in_parts(agent.act_greedily, boards), drawn)
    alone = strength.right(_in_parts(agent.network_move, boards), drawn)
    return Evaluation(
        returns=tuple(right.astype(float).tolist()),
        discounted=tuple(drawn.action_values.max(axis=1).tolist()),
        steps=len(boards),
        first=boards,
        more={"network_alone": float(alone.mean())},
    )


def _in_parts(policy: Policy, boards: Array) -> Array:
    parts = range(0, len(boards), _TOGETHER)
    return np.concatenate([policy(boards[start : start + _TOGETHER]) for start in parts])


def points(opponent: Callable[[Game], Player], policy: Policy, env: EnvSpec, gamma: float) -> float:
    """The fraction of points in a match against an opponent: a measure for pass lines."""
    game = GAMES[env.name]
    return strength.match(game, _player(policy), opponent(game), games=_GAMES).points


points_against_one_move = partial(points, one_move_player)
points_against_uct_1000 = partial(points, partial(uct_player, simulations=1_000))


def _player(policy: Policy) -> Player:
    """An agent, which sees boards, as a player, who sees positions."""

    def player(position: Position, rng: np.random.Generator) -> Array:
        return policy(np.stack(position, axis=1))

    return player
