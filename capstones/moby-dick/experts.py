"""What every count says about the next character, and how much each of them has seen.

Letters: T characters, K experts, F features. An expert is one set of counts: those of the book by
orders 1 to 8, and those of the chapter so far by contexts of 4 to 8 characters, at two strengths.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from baseline import REACH, KneserNey, after_so_far, so_far

ORDER, SCALE = 8, 1.1  # of the best counts of the book, on the validation chapters
STRENGTHS = (8.0, 64.0)  # of the book, beside the chapter so far
EXPERTS = ORDER + len(STRENGTHS) * len(REACH)
FEATURES = 2 * (ORDER - 1) + len(REACH) + EXPERTS + 1


class Known(NamedTuple):
    """What is known of each character of a text before it is read, and what it then cost.

    chances: (T, K), the probability of the character that stands there, by each expert.
    features: (T, F), float32: how often each context was seen, what the experts gave the character
    before, and how far the chapter has come.
    """

    chances: np.ndarray
    features: np.ndarray


Ask = Callable[[KneserNey, np.ndarray], Known]


def consult(counts: KneserNey, text: np.ndarray) -> Known:
    """What the counts of the book, and those of a chapter so far, say about the chapter."""
    book = counts.by_order(text)
    chapter = [so_far(text, book[:, -1], strength) for strength in STRENGTHS]
    chances = np.hstack([book, *(found for found, _ in chapter)])
    before = np.vstack([np.ones((1, EXPERTS)), chances[:-1]])
    features = [
        counts.seen(text),
        np.log1p(chapter[0][1]),
        np.maximum(np.log(before), -12),
        np.log1p(np.arange(len(text)))[:, None],
    ]
    return Known(chances.astype(np.float32), (np.hstack(features) / 4).astype(np.float32))


def after(counts: KneserNey, text: np.ndarray) -> np.ndarray:
    """The probability of every character after a text, by each expert: (K, symbols)."""
    book = counts.after(text)
    return np.vstack([book, *(after_so_far(text, book[-1], each) for each in STRENGTHS)])
