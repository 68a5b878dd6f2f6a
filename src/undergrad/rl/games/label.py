"""Makes the labelled positions that are shipped: `python -m undergrad.rl.games.label`.

Positions come from games of random moves, each stopped after a number of moves drawn at random.
Each is kept once, whether it or its reflection came up, if a mistake is possible in it. The solver
says what every move is worth; it takes some minutes. The same recipe makes the same files.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.games.connect_n import ConnectN
from undergrad.rl.games.players import blocking, random_action, winning
from undergrad.rl.games.solver import Solver
from undergrad.rl.games.strength import FOLDER, Labelled, save_labelled

_CANDIDATES = 8_000  # random games to take positions from


class Recipe(NamedTuple):
    """What to label of a game."""

    stones: tuple[int, int]  # from, to
    quiet: int  # positions without a win at once for either player
    other: int  # and of any kind
    seed: int


RECIPES = {
    "connect4-small": Recipe(stones=(8, 24), quiet=0, other=1_000, seed=5),
    "connect4": Recipe(stones=(18, 24), quiet=300, other=200, seed=7),
}


def make(game: ConnectN, recipe: Recipe) -> Labelled:
    """The labelled positions of one game, the quiet ones first."""
    position = candidates(game, recipe)
    loud = winning(game, position) | blocking(game, position)
    rows = iter(np.argsort(loud.any(axis=1), kind="stable").tolist())
    solver = Solver(game)
    chosen = [*islice(decisive(solver, position, rows), recipe.quiet)]
    left = iter(sorted(rows))  # in the order they came, quiet and loud
    chosen += islice(decisive(solver, position, left), recipe.other)
    sides = [np.concatenate(side) for side in zip(*(one.position for one in chosen), strict=True)]
    return Labelled(Position(*sides), np.concatenate([one.action_values for one in chosen]))


def decisive(solver: Solver, position: Position, rows: Iterable[int]) -> Iterator[Labelled]:
    """Those of the positions `rows` in which a mistake is possible, one by one."""
    for row in rows:
        one = position.at([row])
        labelled = Labelled(one, solver.action_values(one)[None])
        if labelled.decisive[0]:
            yield labelled


def candidates(game: ConnectN, recipe: Recipe) -> Position:
    """Different positions of random games that are not over, in random order."""
    rng = np.random.default_rng(recipe.seed)
    low, high = recipe.stones
    left = rng.integers(low, high + 1, _CANDIDATES)
    position = game.start(_CANDIDATES)
    while left.any():
        legal = game.legal(position)
        going = legal.any(axis=1)
        position, legal, left = position.at(going), legal[going], left[going]
        after = game.play(position, random_action(legal, rng))
        more = left > 0
        position = Position(
            *(np.where(more, *sides) for sides in zip(after, position, strict=True))
        )
        left = left - more
    position = position.at(~game.over(position))
    key = np.minimum(game.key(position), game.key(reflected(game, position)))
    _, first = np.unique(key, return_index=True)
    return position.at(np.sort(first))


def reflected(game: ConnectN, position: Position) -> Position:
    """The positions with left and right exchanged."""
    bits = game.cells[game.symmetries[1].cells]
    own, mask = (
        (((side[:, None] & game.cells) != 0) * bits).sum(axis=1, dtype=np.uint64)
        for side in position
    )
    return Position(own, mask)


def main() -> None:
    """Write the files of every recipe."""
    for name, recipe in RECIPES.items():
        game = GAMES[name]
        assert isinstance(game, ConnectN)
        save_labelled(FOLDER / f"{name}.npz", make(game, recipe))


if __name__ == "__main__":
    main()
