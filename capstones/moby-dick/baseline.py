"""The counts to beat: n-grams of characters with modified Kneser-Ney smoothing, on arrays.

A gram of n characters is one whole number, with the last character as its lowest digit, so that
counting is sorting: a book of a million characters takes a tenth of a second for each order.
"""

from dataclasses import dataclass

import numpy as np

from data import SYMBOLS, encode

BASE = len(SYMBOLS)
LONGEST = 9  # of a gram: 81^9 still fits into 64 bits
REACH = range(4, 9)  # characters of context in the chapter so far


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

    A context is a gram without its last character: `total` is the sum of its counts, `saved` that
    of the discounts, which the next shorter grams distribute, and `different` its number of grams.
    """

    grams: np.ndarray
    kept: np.ndarray
    contexts: np.ndarray
    total: np.ndarray
    saved: np.ndarray
    different: np.ndarray

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

    def by_order(self, text: np.ndarray) -> np.ndarray:
        """The probability of each character of a chapter, by each order: (characters, orders)."""
        lower, found = np.full(len(text), 1 / BASE), []
        for length, level in enumerate(self.levels, 1):
            lower = level.mixed(grams(text, length), lower)
            found.append(lower)
        return np.stack(found, axis=1)

    def seen(self, text: np.ndarray) -> np.ndarray:
        """How often each context was seen, and what followed it: (characters, 2 (orders - 1)).

        The logarithms of 1 + the sum of its counts, and of 1 + the number of its grams.
        """
        found = []
        for length, level in enumerate(self.levels[1:], 2):
            place, known = _places(level.contexts, grams(text, length) // BASE)
            found += [np.where(known, each[place], 0) for each in (level.total, level.different)]
        return np.log1p(np.stack(found, axis=1))

    def probabilities(self, text: np.ndarray) -> np.ndarray:
        """Of each character of a chapter, after those before it: (characters,) -> the same."""
        return self.by_order(text)[:, -1]

    def bits(self, chapters: list[str]) -> list[np.ndarray]:
        """-log2 of the probability of each character, chapter by chapter."""
        return [-np.log2(self.probabilities(encode(chapter))) for chapter in chapters]

    def after(self, text: np.ndarray) -> np.ndarray:
        """Of every character after a text, by each order: (orders, symbols)."""
        last = int(grams(text, len(self.levels) - 1)[-1]) if len(self.levels) > 1 else 0
        lower, found = np.full(BASE, 1 / BASE), []
        for length, level in enumerate(self.levels, 1):
            lower = level.mixed(last % BASE ** (length - 1) * BASE + np.arange(BASE), lower)
            found.append(lower)
        return np.stack(found)


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
    different = np.diff(np.append(first, len(found)))
    return Level(found, counts - discount, contexts, total, saved, different)


def _places(known: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each wanted number stands among the sorted known ones, and whether it is there."""
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return place, known[place] == wanted


def earlier(keys: np.ndarray) -> np.ndarray:
    """For each number of a sequence how many equal ones stand before it: (n,) -> (n,)."""
    order, places = np.argsort(keys, kind="stable"), np.arange(len(keys))
    ordered = keys[order]
    is_first = np.append(True, ordered[1:] != ordered[:-1])[: len(keys)]
    found = np.empty(len(keys), np.int64)
    found[order] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return found


def so_far(text: np.ndarray, lower: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts that go on while they read a chapter, over the probabilities `lower` of the book.

    For contexts of 4 to 8 characters, (n + strength p) / (N + strength), where n is how often the
    character followed the context in the chapter so far, N is how often anything did, and p is the
    probability by the next shorter context. Returns those, and the N: (characters, 5) twice.
    """
    found, often = [], []
    for length in REACH:
        keys = grams(text, length + 1)
        times = earlier(keys // BASE)
        lower = (earlier(keys) + strength * lower) / (times + strength)
        found.append(lower)
        often.append(times)
    return np.stack(found, axis=1), np.stack(often, axis=1)


def after_so_far(text: np.ndarray, lower: np.ndarray, strength: float) -> np.ndarray:
    """The same for every character after a text: `lower` is (symbols,) -> (5, symbols)."""
    found = []
    for length in REACH:
        contexts = grams(text, length)
        followed = text[1:][contexts[:-1] == contexts[-1]]
        times = np.bincount(followed, minlength=BASE)
        lower = (times + strength * lower) / (len(followed) + strength)
        found.append(lower)
    return np.stack(found)


def fixed_weights(chances: np.ndarray, rounds: int = 100) -> np.ndarray:
    """The weights of experts, the same at every character, that need the fewest bits: (K,).

    chances: (T, K). By expectation maximisation: the weight of an expert becomes its mean share of
    the mixture, and no round makes the mixture worse. Source: Jelinek and Mercer 1980,
    "Interpolated estimation of Markov source parameters from sparse data".
    """
    weights = np.full(chances.shape[1], 1 / chances.shape[1])
    for _ in range(rounds):
        weights = weights * (chances / (chances @ weights)[:, None]).mean(axis=0)
    return weights
