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
    Openings,
    Positions,
    Sounds,
    Speech,
    Trees,
    Watch,
    Weather,
    book,
    connect4,
    digits,
    drums,
    fashion,
    libraries,
    names,
    nuclei,
    openings,
    photos,
    sounds_of_words,
    speech,
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
    "Openings",
    "Positions",
    "Ratings",
    "Scenes",
    "Sounds",
    "Speech",
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
    "drums",
    "fashion",
    "fashion_mnist",
    "film_ratings",
    "libraries",
    "mnist",
    "moons",
    "movielens_100k",
    "names",
    "nuclei",
    "openings",
    "photos",
    "read_text",
    "shape_scenes",
    "sounds_of_words",
    "speech",
    "spirals",
    "stroke_digits",
    "tiny_language",
    "trees",
    "trunk",
    "watch",
    "weather",
    "xor",
]
