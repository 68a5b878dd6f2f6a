"""Data that needs no download: formulas, drawings, made-up languages and tastes, real digits.

What takes more than a few lines to make has a file of its own and is named here too.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.data.films import film_ratings
from undergrad.engine.data.points import moons, spirals, xor
from undergrad.engine.data.shapes import shape_scenes
from undergrad.engine.data.strokes import stroke_digits
from undergrad.engine.data.text import read_text, tiny_language

__all__ = [
    "celsius",
    "digits",
    "film_ratings",
    "moons",
    "read_text",
    "shape_scenes",
    "spirals",
    "stroke_digits",
    "tiny_language",
    "xor",
]

_DIGITS = Path(__file__).with_name("digits.npz")
_DIGITS_SHA256 = "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e"


def celsius(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """`n` temperatures from -20 to 40 degrees Celsius, and the same in Fahrenheit: 1.8 c + 32.

    Returns two float32 arrays of shape (n, 1).
    """
    degrees = rng.uniform(-20, 40, (n, 1)).astype(np.float32)
    return degrees, 1.8 * degrees + 32


def digits() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """1,797 handwritten digits of 8 x 8 pixels; where they come from says `digits.txt` beside them.

    Returns the images, shape (1797, 8, 8), float32 from 0 (paper) to 1 (ink), and the labels,
    shape (1797,), integers from 0 to 9. Raises ValueError when the file is not the one we ship.
    """
    content = _DIGITS.read_bytes()
    if hashlib.sha256(content).hexdigest() != _DIGITS_SHA256:
        raise ValueError(f"{_DIGITS} is damaged, its checksum is wrong; install undergrad again")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return arrays["images"].astype(np.float32) / 16, arrays["labels"].astype(np.int64)
