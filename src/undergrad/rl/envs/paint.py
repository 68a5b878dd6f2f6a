"""Pictures of little worlds: a board of coloured squares, made large with Pillow."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]
Colour: TypeAlias = tuple[int, int, int]

# The colours of the project's plots, on the paper of its pages.
PAPER: Colour = (247, 248, 250)
INK: Colour = (31, 41, 51)
GREY: Colour = (203, 210, 217)
BLUE: Colour = (0, 114, 178)
RED: Colour = (213, 94, 0)
GREEN: Colour = (0, 158, 115)
PINK: Colour = (204, 121, 167)
SKY: Colour = (86, 180, 233)
GOLD: Colour = (230, 159, 0)


def board(height: int, width: int, layers: Iterable[tuple[Colour, Array]]) -> Array:
    """Squares (height, width, 3): paper, and each mask (height, width) in its colour on top."""
    squares = np.full((height, width, 3), PAPER, np.uint8)
    for colour, mask in layers:
        squares[np.asarray(mask, bool)] = colour
    return squares


def enlarge(squares: Array, side: int) -> "Image":
    """The board with squares of `side` pixels and hair lines between them."""
    from PIL import Image, ImageDraw

    height, width, _ = squares.shape
    picture = Image.fromarray(squares).resize((width * side, height * side), Image.Resampling.BOX)
    pen = ImageDraw.Draw(picture)
    for x in range(side, width * side, side):
        pen.line((x, 0, x, height * side), fill=(228, 231, 235))
    for y in range(side, height * side, side):
        pen.line((0, y, width * side, y), fill=(228, 231, 235))
    return picture


def disc(picture: "Image", place: Sequence[int] | Array, side: int, colour: Colour) -> None:
    """Draw a disc into the square (row, column) of an enlarged board."""
    from PIL import ImageDraw

    row, column = (int(number) for number in place)
    left, top, rim = column * side, row * side, side * 0.2
    box = (left + rim, top + rim, left + side - rim, top + side - rim)
    ImageDraw.Draw(picture).ellipse(box, fill=colour)
