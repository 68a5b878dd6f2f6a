"""Data to learn from: points, drawings, synthetic text and tastes, small real sets, downloads.

Only the last four functions of `download` ever use the network; everything else is made here, from
a seed, or comes with undergrad (`shelf`).
"""

from undergrad.datasets.cards import CARDS, Card, card
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
from undergrad.datasets.shelf import (
    CLOTHES,
    Names,
    Positions,
    Trees,
    Watch,
    Weather,
    book,
    connect4,
    digits,
    fashion,
    libraries,
    names,
    nuclei,
    photos,
    trees,
    trunk,
    watch,
    weather,
)
from undergrad.datasets.strokes import stroke_digits
from undergrad.datasets.text import Vocabulary, Windows, read_text, tiny_language

__all__ = [
    "CARDS",
    "CLOTHES",
    "Card",
    "DownloadError",
    "Names",
    "Positions",
    "Ratings",
    "Scenes",
    "Trees",
    "Vocabulary",
    "Watch",
    "Weather",
    "Windows",
    "book",
    "card",
    "celsius",
    "cifar10",
    "connect4",
    "digits",
    "fashion",
    "fashion_mnist",
    "film_ratings",
    "libraries",
    "mnist",
    "moons",
    "movielens_100k",
    "names",
    "nuclei",
    "photos",
    "read_text",
    "shape_scenes",
    "spirals",
    "stroke_digits",
    "tiny_language",
    "trees",
    "trunk",
    "watch",
    "weather",
    "xor",
]
