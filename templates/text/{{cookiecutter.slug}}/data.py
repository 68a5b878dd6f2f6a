"""The names: where they come from, how they are split, and their letters as numbers.

Make it yours: return your own texts from `load`, one for each line, verse or message. Keep the
three sets, and split by what repeats itself: by author, page or year.
"""

from collections.abc import Sequence

import numpy as np
from undergrad import datasets

MARK = "."  # stands before the first letter and after the last one
SYMBOLS = MARK + "abcdefghijklmnopqrstuvwxyz"
IGNORED = -100  # a target that the loss leaves out


def load() -> tuple[list[str], list[str], list[str]]:
    """The training, validation and test names: 80, 10 and 10 %, always the same."""
    names = datasets.names().names
    order = np.random.default_rng(0).permutation(len(names))
    ends = [len(names) * 8 // 10, len(names) * 9 // 10]
    train, validation, test = ([names[i] for i in chosen] for chosen in np.split(order, ends))
    return train, validation, test


def encoded(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """What the network reads, and what comes next, as numbers: (n, longest + 1) twice.

    Of "ann" it reads ".ann" and should predict "ann.". A shorter name is filled up with marks, and
    its targets with `IGNORED`.
    """
    shape = len(names), 1 + max(map(len, names))
    read, targets = np.zeros(shape, int), np.full(shape, IGNORED)
    for row, name in enumerate(names):
        numbers = [SYMBOLS.index(letter) for letter in name]
        read[row, 1 : len(name) + 1] = numbers
        targets[row, : len(name) + 1] = [*numbers, 0]
    return read, targets
