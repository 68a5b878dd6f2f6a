"""How strong a player is: the fraction of right moves, and matches with an interval.

    accuracy(player, labelled("connect4"), rng)            # against exact answers
    match(game, player, one_move_player(game), games=200)  # against another player

P is the number of positions, A of actions, G of games.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.games.players import Player, blocking, random_action, winning

_ILLEGAL = -128  # in the files
FOLDER = Path(__file__).parent / "positions"


class Labelled(NamedTuple):
    """Positions with the exact value of every move."""

    position: Position  # of P games that are not over
    action_values: Array  # (P, A): -1, 0 or 1 for the player to move; -inf where illegal

    @property
    def decisive(self) -> Array:
        """(P,) bool: where a mistake is possible, since the moves differ in value."""
        worst = np.where(np.isinf(self.action_values), np.inf, self.action_values).min(axis=1)
        return np.asarray(worst < self.action_values.max(axis=1))

    def at(self, index: Any) -> "Labelled":
        """The positions that NumPy's `index` selects."""
        return Labelled(self.position.at(index), self.action_values[index])


def right(action: Array, positions: Labelled) -> Array:
    """(P,) bool: whether each action keeps the value of its position."""
    values = positions.action_values
    return np.asarray(values[np.arange(len(action)), action] == values.max(axis=1))


def accuracy(player: Player, positions: Labelled, rng: np.random.Generator) -> float:
    """The fraction of positions where the player keeps the value."""
    return float(right(player(positions.position, rng), positions).mean())


def quiet(game: Game, positions: Labelled) -> Array:
    """(P,) bool: a mistake is possible, and neither player could win at once.

    In such positions a rule that looks one move ahead is of no help.
    """
    position = positions.position
    loud = winning(game, position) | blocking(game, position)
    return np.asarray(positions.decisive & ~loud.any(axis=1))


@cache
def labelled(name: str) -> Labelled:
    """The positions that are shipped: 1,000 of `connect4-small`, 500 of `connect4`."""
    with np.load(FOLDER / f"{name}.npz") as arrays:
        values = arrays["values"].astype(np.float32)
        values[arrays["values"] == _ILLEGAL] = -np.inf
        return Labelled(Position(arrays["own"], arrays["mask"]), values)


def save_labelled(path: Path, positions: Labelled) -> None:
    """Write positions as `labelled` reads them."""
    values = np.where(np.isinf(positions.action_values), _ILLEGAL, positions.action_values)
    own, mask = positions.position
    np.savez_compressed(path, own=own, mask=mask, values=values.astype(np.int8))


class Match(NamedTuple):
    """The games of a match; in every second one the second player made the first move."""

    results: Array  # (G,) ints: 1 won, 0 drawn, -1 lost by the first player
    moves: tuple[tuple[int, ...], ...]  # the actions of every game, the opening's first

    @property
    def points(self) -> float:
        """The fraction of points of the first player; a draw is half a point."""
        return float((1 + self.results.mean()) / 2)

    @property
    def interval(self) -> tuple[float, float]:
        """Where that fraction would lie after very many games, with 95% confidence."""
        return wilson(self.points, len(self.results))

    def __str__(self) -> str:
        low, high = self.interval
        won, drawn, lost = ((self.results == result).sum() for result in (1, 0, -1))
        return f"{won}-{drawn}-{lost}, {self.points:.1%} of points ({low:.1%} to {high:.1%})"


def match(
    game: Game, first: Player, second: Player, *, games: int = 200, seed: int = 0, opening: int = 2
) -> Match:
    """Play `games` games, all side by side.

    Each random opening of `opening` moves is played twice, so that each player has each side of it
    once. The seed decides the openings and every player's random numbers: the same seed gives the
    same games.
    """
    if games % 2:
        raise ValueError(f"match: {games} games are not two for each opening; play an even number")
    streams = [np.random.default_rng([seed, stream]) for stream in range(3)]
    position, moves = _openings(game, games // 2, opening, streams[2])
    position = position.at(np.repeat(np.arange(games // 2), 2))
    moves = [one for one in moves for _ in range(2)]
    results, running = np.zeros(games, int), np.arange(games)
    first_moves = running % 2 == 0  # whether the first player is to move
    while len(running):
        action = np.zeros(len(running), np.intp)
        for player, stream, mine in zip(
            (first, second), streams, (first_moves, ~first_moves), strict=False
        ):
            if mine.any():
                action[mine] = player(position.at(mine), stream)
        if not game.legal(position)[np.arange(len(running)), action].all():
            raise ValueError("match: a player chose an action that is not legal")
        position = game.play(position, action)
        for number, one in zip(running.tolist(), action.tolist(), strict=True):
            moves[number] = (*moves[number], one)
        won = game.won(position)
        results[running[won]] = np.where(first_moves[won], 1, -1)
        going = ~game.over(position)
        position, running, first_moves = position.at(going), running[going], ~first_moves[going]
    return Match(results, tuple(moves))


def _openings(
    game: Game, count: int, length: int, rng: np.random.Generator
) -> tuple[Position, list[tuple[int, ...]]]:
    """Positions after `length` random moves that did not end the game, and these moves."""
    position, moves = game.start(count), np.empty((count, 0), np.intp)
    for _ in range(length):
        legal = game.legal(position)
        row, action = np.nonzero(legal)
        legal[row, action] = ~game.over(game.play(position.at(row), action))
        if not legal.any(axis=1).all():
            raise ValueError(f"match: {game.name} may be over within {length} moves; open shorter")
        chosen = random_action(legal, rng)
        position, moves = game.play(position, chosen), np.column_stack([moves, chosen])
    return position, [tuple(row) for row in moves.tolist()]


def wilson(fraction: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a fraction that was seen in `count` tries; 95% for z = 1.96.

    Unlike fraction +- z * std / sqrt(count) it stays inside [0, 1], and 100 of 100 does not make
    it sure. With draws it is a little too wide. Source: Wilson 1927, "Probable inference, the law
    of succession, and statistical inference".
    """
    centre = fraction + z**2 / (2 * count)
    half = z * (fraction * (1 - fraction) / count + z**2 / (4 * count**2)) ** 0.5
    scale = 1 + z**2 / count
    # The ends for a fraction of 0 or 1 are exact; rounding would print the first one as -0.0%.
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
