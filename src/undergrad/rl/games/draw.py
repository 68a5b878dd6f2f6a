"""Drawings of a board: as text for a terminal, and as SVG for a page.

The first player's stones are X, the second one's O. Where actions are columns their numbers stand
below the board; where they are cells, in the empty ones. Numbers count from 1.
"""

import re
from collections.abc import Iterator

import numpy as np

from undergrad.plots import COLOURS
from undergrad.rl.games.base import Array, Game, Position

SYMBOLS = ("X", "O")
DRAWING = re.compile(rb"<svg[^>]*>\n<title>[a-z0-9-]+, row by row")  # how our drawings begin
_SIZE = 40  # pixels of a cell in the SVG


def board(game: Game, position: Position) -> Array:
    """(rows, columns) ints of one position: 1 the first player's stones, 2 the second one's."""
    own, other = game.planes(position)[0].astype(int)
    return np.asarray(own + 2 * other if position.stones[0] % 2 == 0 else other + 2 * own)


def text(
    game: Game, position: Position, symbols: tuple[str, str] = SYMBOLS, visits: Array | None = None
) -> Iterator[str]:
    """The lines of one board. symbols: of the two players, one column wide, perhaps coloured.

    visits: (A,), how often a search tried each action; then a line of percentages follows.
    """
    cells = board(game, position)
    by_column = game.actions == game.columns
    for row, stones in enumerate(cells):
        yield "".join(
            "   " + symbols[stone - 1] if stone
            else f"{'.' if by_column else row * game.columns + column + 1:>4}"
            for column, stone in enumerate(stones)
        )  # fmt: skip
    if by_column:
        yield "".join(f"{column:>4}" for column in range(1, game.columns + 1))
    if visits is not None:
        shares = 100 * visits / visits.sum()
        for start in range(0, game.actions, game.columns):
            yield "".join(f"{share:>3.0f}%" for share in shares[start : start + game.columns])


def svg(game: Game, position: Position, visits: Array | None = None) -> str:
    """A drawing of one board, with lines and letters in the colour of the page around it.

    visits: (A,), how often a search tried each action: a bar below each column, or the percentage
    in each empty cell.
    """
    cells = board(game, position)
    by_column = game.actions == game.columns
    width, height = _SIZE * game.columns, _SIZE * (game.rows + (2 if by_column else 0))
    shares = None if visits is None else visits / visits.sum()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {width + 2} {height + 2}" '
        f'width="{width}" role="img" font-family="sans-serif" font-size="14" '
        f'text-anchor="middle" fill="currentColor" stroke="none">',
        f"<title>{_title(game, cells)}</title>",
    ]
    for (row, column), stone in np.ndenumerate(cells):
        x, y = _SIZE * column, _SIZE * row
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_SIZE}" height="{_SIZE}" fill="none" '
            'stroke="currentColor" stroke-opacity="0.4"/>'
        )
        if stone:
            parts.append(
                f'<circle cx="{x + _SIZE / 2:g}" cy="{y + _SIZE / 2:g}" r="{0.4 * _SIZE:g}" '
                f'fill="{COLOURS[stone - 1]}"/>'
            )
            parts.append(_letter(x, y, SYMBOLS[stone - 1], "#fff"))
        elif not by_column and shares is not None:
            parts.append(_letter(x, y, f"{shares[row * game.columns + column]:.0%}"))
    if by_column:
        for column in range(game.columns):
            x, y = _SIZE * column, _SIZE * game.rows
            parts.append(_letter(x, y, str(column + 1)))
            if shares is not None:
                tall = _SIZE * float(shares[column])
                parts.append(
                    f'<rect x="{x + 8}" y="{height - tall:.1f}" width="{_SIZE - 16}" '
                    f'height="{tall:.1f}" fill="{COLOURS[2]}"/>'
                )
    return "\n".join([*parts, "</svg>", ""])


def _letter(x: float, y: float, letter: str, fill: str = "currentColor") -> str:
    """A short text in the middle of a cell."""
    middle = _SIZE / 2
    return f'<text x="{x + middle:g}" y="{y + middle + 5:g}" fill="{fill}">{letter}</text>'


def _title(game: Game, cells: Array) -> str:
    """The board in words, for those who cannot see it."""
    rows = ("".join((".", *SYMBOLS)[stone] for stone in row) for row in cells)
    return f"{game.name}, row by row from the top: {', '.join(rows)}"
