"""The counts to beat: n-grams of characters with modified Kneser-Ney smoothing, on arrays.

A gram of n characters is one whole number, with the last character as its lowest digit, so that
counting is sorting: a book of a million characters takes a tenth of a second for each order.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data import SYMBOLS, encode

BASE = len(SYMBOLS)
LONGEST = 9  # of a gram: 81^9 still fits into 64 bits


def grams(text: np.ndarray, length: int) -> np.ndarray:
    """Each character with the `length` - 1 before it; ends of lines stand before the first one."""
    padded = np.concatenate([np.zeros(length - 1, np.int64), text])
    found = np.zeros(len(text), np.int64)
    for start in range(length):
        found = BASE * found + padded[start : start + len(text)]
    return found


@dataclass(frozen=True)
class Level:
    """The grams of one length: sorted, with their counts after the discount.

    A context is a gram without its last character: `total` is the sum of its counts, and `saved`
    that of the discounts, which the next shorter grams distribute.
    """

    grams: np.ndarray
    kept: np.ndarray
    contexts: np.ndarray
    total: np.ndarray
    saved: np.ndarray

    def mixed(self, wanted: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """The probability of the last character of each gram; `lower` are those by shorter ones."""
        gram, known = _places(self.grams, wanted)
        context, seen = _places(self.contexts, wanted // BASE)
        kept = np.where(known, self.kept[gram], 0)
        found = (kept + self.saved[context] * lower) / self.total[context]
        return np.where(seen, found, lower)


class KneserNey:
    """Counts of what follows the last `order` - 1 characters, mixed with those after fewer.

    Below the highest order, a gram counts once for each different character before it, because
    what follows one context only is unlikely after another. Source: Chen and Goodman 1999, "An
    empirical study of smoothing techniques for language modeling", section 3. `scale` multiplies
    the discounts, which their formula estimates.
    """

    def __init__(self, chapters: list[str], order: int, scale: float = 1.0) -> None:
        texts = [encode(chapter) for chapter in chapters]
        every = np.concatenate([grams(text, order) for text in texts])
        levels = [_level(*np.unique(every, return_counts=True), scale)]
        for length in range(order - 1, 0, -1):
            shorter = levels[-1].grams % BASE**length
            levels.append(_level(*np.unique(shorter, return_counts=True), scale))
        self.levels = levels[::-1]

    def probabilities(self, text: np.ndarray) -> np.ndarray:
        """Of each character of a chapter, after those before it: (characters,) -> the same."""
        found = np.full(len(text), 1 / BASE)
        for length, level in enumerate(self.levels, 1):
            found = level.mixed(grams(text, length), found)
        return found

    def bits(self, chapters: list[str]) -> list[np.ndarray]:
        """-log2 of the probability of each character, chapter by chapter."""
        return [-np.log2(self.probabilities(encode(chapter))) for chapter in chapters]

    @cached_property
    def logs(self) -> np.ndarray:
        """The logarithms of the probabilities of all characters after each context: (contexts, 81).

        The contexts of the shortest grams come first. It takes 50 MB for order 6.
        """
        tables = [np.full((1, BASE), 1 / BASE, np.float32)]
        for length, level in enumerate(self.levels, 1):
            shorter = level.contexts % BASE ** max(length - 2, 0)
            known = self.levels[max(length - 2, 0)].contexts
            lower = tables[-1][np.searchsorted(known, shorter)]
            table = (level.saved / level.total).astype(np.float32)[:, None] * lower
            place = np.searchsorted(level.contexts, level.grams // BASE)
            table[place, level.grams % BASE] += level.kept / level.total[place]
            tables.append(table)
        return np.log(np.concatenate(tables[1:]))

    def rows(self, text: np.ndarray) -> np.ndarray:
        """Which row of `logs` holds for each character of a chapter: its longest known context."""
        found, first = np.zeros(len(text), np.int64), 0
        for length, level in enumerate(self.levels, 1):
            place, seen = _places(level.contexts, grams(text, length) // BASE)
            found = np.where(seen, first + place, found)
            first += len(level.contexts)
        return found


def _level(found: np.ndarray, counts: np.ndarray, scale: float) -> Level:
    """A level from sorted grams and their counts."""
    once, twice, thrice, four = ((counts == n).sum() for n in (1, 2, 3, 4))
    y = once / max(once + 2 * twice, 1)
    ratios = np.array([twice / max(once, 1), thrice / max(twice, 1), four / max(thrice, 1)])
    n = np.array([1, 2, 3])
    discounts = np.clip(scale * (n - (n + 1) * y * ratios), 0.01, 0.99 * n)
    discount = discounts[np.minimum(counts, 3) - 1]
    contexts, first = np.unique(found // BASE, return_index=True)
    total, saved = (np.add.reduceat(each, first) for each in (counts, discount))
    return Level(found, counts - discount, contexts, total, saved)


def _places(known: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each wanted number stands among the sorted known ones, and whether it is there."""
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return place, known[place] == wanted
