"""Data to learn from: points, drawings, synthetic text and tastes, real digits, known downloads.

Only the last four functions of `download` ever use the network; everything else is made here, from
a seed, or comes with undergrad.
"""

from undergrad.datasets.bundled import digits
from undergrad.datasets.download import (
    DownloadError,
    cifar10,
    fashion_mnist,
    mnist,
    movielens_100k,
)
from undergrad.datasets.films import Ratings, film_ratings
from undergrad.datasets.points import celsius, moons, spirals, xor
from undergrad.datasets.shapes import Scenes, shape_scenes
from undergrad.datasets.strokes import stroke_digits
from undergrad.datasets.text import Vocabulary, Windows, read_text, tiny_language

__all__ = [
    "DownloadError",
    "Ratings",
    "Scenes",
    "Vocabulary",
    "Windows",
    "celsius",
    "cifar10",
    "digits",
    "fashion_mnist",
    "film_ratings",
    "mnist",
    "moons",
    "movielens_100k",
    "read_text",
    "shape_scenes",
    "spirals",
    "stroke_digits",
    "tiny_language",
    "xor",
]
