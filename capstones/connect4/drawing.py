"""Boards as pictures, and a game as a clip."""

from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from PIL import Image
from undergrad.rl.games.base import Position
from undergrad.rl.games.draw import board

from data import GAME

FIRST, SECOND = "#0072b2", "#e69f00"  # apart for every common colour blindness
BOARD, HOLE, INK, BARS = "#dbe3ec", "#ffffff", "#1f2933", "#6b7a8c"
ROWS, COLUMNS = GAME.rows, GAME.columns
TALL = 1.5  # cells: the height of the bar of a column that had all visits


def show(
    axis: Axes,
    position: Position,
    *,
    visits: np.ndarray | None = None,
    policy: np.ndarray | None = None,
    ring: int | None = None,
    right: np.ndarray | None = None,
) -> None:
    """Draw one position; a line of four gets a mark.

    visits: (7,), how often a search tried each column, as bars above them.   policy: (7,), what the
    network alone says, as outlines there.   ring: the column in which the player to move puts the
    next stone.   right: (7,) bool, ticks below these columns.
    """
    cells = board(GAME, position)
    frame = FancyBboxPatch((-0.5, -0.5), COLUMNS, ROWS, boxstyle="round,pad=0.06", linewidth=0)
    frame.set_facecolor(BOARD)
    axis.add_patch(frame)
    lines = four_in_line(cells)
    for (row, column), stone in np.ndenumerate(cells):
        place, colour = (column, row), (HOLE, FIRST, SECOND)[stone]
        axis.add_patch(Circle(place, 0.41, facecolor=colour, linewidth=0))
        if lines[row, column]:
            axis.add_patch(Circle(place, 0.2, fill=False, edgecolor="white", linewidth=2))
    if ring is not None:
        row = np.flatnonzero(cells[:, ring] == 0).max()
        mover = SECOND if position.stones[0] % 2 else FIRST
        axis.add_patch(Circle((ring, row), 0.33, fill=False, edgecolor=mover, linewidth=3))
    if visits is not None:
        bars(axis, visits / max(1, visits.sum()), facecolor=BARS, linewidth=0)
    if policy is not None:
        bars(axis, policy, fill=False, edgecolor=INK, linewidth=1)
    if right is not None:
        for column in np.flatnonzero(right):
            axis.text(column, ROWS, "✓", ha="center", va="center", color="#00785a", fontsize=11)
    top = -0.7 if visits is None else -0.8 - TALL
    bottom = ROWS - 0.3 if right is None else ROWS + 0.45
    axis.set(xlim=(-0.6, COLUMNS - 0.4), ylim=(bottom, top), aspect="equal")
    axis.axis("off")


def bars(axis: Axes, parts: np.ndarray, **look) -> None:
    """A bar above each column, as tall as its part of the whole."""
    for column, part in enumerate(parts):
        axis.add_patch(Rectangle((column - 0.32, -0.75 - TALL * part), 0.64, TALL * part, **look))


def four_in_line(cells: np.ndarray) -> np.ndarray:
    """(6, 7) bool: the stones that are part of a line of four."""
    found = np.zeros(cells.shape, bool)
    for row, column in np.ndindex(cells.shape):
        for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
            line = [(row + down * k, column + across * k) for k in range(4)]
            if all(r < ROWS and 0 <= c < COLUMNS for r, c in line):
                stones = {int(cells[place]) for place in line}
                if len(stones) == 1 and stones != {0}:
                    found[tuple(np.transpose(line))] = True
    return found


def clip(path: Path, moves: list[int], first: bool, visits: dict, expected: dict) -> None:
    """Write a game as an animation: the board, what the search tried, and what it expected.

    first: whether the agent began.   visits, expected: by the number of stones on the board, what
    the search of the agent found there: (7,), and a number between -1 and 1.
    """
    frames, sides = [], ("blue", "orange")
    for stones in range(len(moves) + 1):
        figure, (left, other) = plt.subplots(
            1, 2, figsize=(7.6, 3.9), width_ratios=(1.1, 1), layout="constrained"
        )
        ring = moves[stones] if stones in visits else None
        show(left, GAME.after(moves[:stones]), visits=visits.get(stones, np.zeros(7)), ring=ring)
        there = [number for number in expected if number <= stones]
        other.axhline(0, color="#9aa5b1", linewidth=0.8)
        colour = FIRST if first else SECOND
        other.plot(there, [expected[number] for number in there], color=colour, marker="o")
        other.set(xlim=(0, len(moves)), ylim=(-1.1, 1.1), xlabel="stones on the board")
        other.set_yticks((-1, 0, 1), ("a loss", "a draw", "a win"))
        other.set_title(f"what AlphaZero, {sides[not first]}, expects", fontsize=11)
        other.spines[["top", "right"]].set_visible(False)
        frames.append(as_image(figure))
    waits = [500] * len(moves) + [3000]
    path.parent.mkdir(exist_ok=True)
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=waits, loop=0, quality=80
    )


def as_image(figure) -> Image.Image:
    """A figure as an image, and the figure closed."""
    content = BytesIO()
    figure.savefig(content, format="png", dpi=100)
    plt.close(figure)
    return Image.open(content).convert("RGB")
