{% set torch = cookiecutter.framework == "torch" %}
"""The metric: the notebook reports it, and the check computes it again from here.

Make it yours: change `score` to your metric. `scores` must keep its promise, {seed: score} from
the saved checkpoints and the test data alone.
"""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
{% if torch %}
import torch
from safetensors.torch import load_file, save_file
from torch import nn
{% else %}
from undergrad import engine
from undergrad.engine import nn
{% endif %}

from data import MARK, SYMBOLS, encoded, load
from model import network

CHECKPOINTS = Path(__file__).with_name("checkpoints")
ORDER = 6  # of the n-gram to beat, the best one on the validation names


def logits(model: nn.Module, read: np.ndarray) -> np.ndarray:
    """Of the symbol after each one that is read, without dropout: (n, steps, symbols)."""
    model.eval()
{% if torch %}
    with torch.no_grad():
        found = model(torch.from_numpy(read)).numpy()
{% else %}
    with engine.no_grad():
        found = model(read).numpy()
{% endif %}
    model.train()
    return found


def bits(model: nn.Module, names: Sequence[str]) -> list[np.ndarray]:
    """-log2 of the probability of each letter and of the end, for each name: (length + 1,)."""
    read, targets = encoded(names)
    found = logits(model, read).astype(np.float64)
    found -= np.log(np.exp(found).sum(axis=2, keepdims=True))
    likely = np.take_along_axis(found, targets.clip(0)[:, :, None], axis=2)[:, :, 0]
    return [-row[: len(name) + 1] / math.log(2) for row, name in zip(likely, names, strict=True)]


def per_character(needed: list[np.ndarray]) -> float:
    """Bits per character, each name's end counted as one. Lower is better."""
    return float(np.concatenate(needed).mean())


def together(one: list[np.ndarray], other: list[np.ndarray]) -> list[np.ndarray]:
    """The bits of two models whose probabilities are averaged, from those of each."""
    return [1 - np.logaddexp2(-a, -b) for a, b in zip(one, other, strict=True)]


def score(model: nn.Module, names: Sequence[str], by_counts: list[np.ndarray]) -> float:
    """Bits per character of these names, by the average of network and counts."""
    return per_character(together(bits(model, names), by_counts))


class NGram:
    """Counts of what follows the last `order` - 1 letters, mixed with those after fewer of them.

    Every count is reduced by a discount, and what is saved after a context is distributed by the
    next shorter one. There a letter counts once for each different letter before it, because what
    follows one context only is unlikely after another. Source: Chen and Goodman 1999, "An empirical
    study of smoothing techniques for language modeling", modified Kneser-Ney.
    """

    def __init__(self, names: Sequence[str], order: int) -> None:
        self.order = order
        self.counts = Counter(gram for name in names for gram in self.grams(name))
        for length in range(order, 1, -1):
            longer = [gram for gram in self.counts if len(gram) == length]
            self.counts.update(gram[1:] for gram in longer)
        self.discounts = {length: self.estimated(length) for length in range(1, order + 1)}
        self.totals: Counter[str] = Counter()
        self.saved: Counter[str] = Counter()
        for gram, count in self.counts.items():
            self.totals[gram[:-1]] += count
            self.saved[gram[:-1]] += self.discount(gram)

    def grams(self, name: str) -> list[str]:
        """Each letter and the end, with as many letters before it as the order allows."""
        text = MARK + name + MARK
        return [text[max(0, end - self.order) : end] for end in range(2, len(text) + 1)]

    def estimated(self, length: int) -> list[float]:
        """The discounts of the counts 0, 1, 2, and 3 or more, of grams of this length."""
        n = Counter(count for gram, count in self.counts.items() if len(gram) == length)
        y = n[1] / max(n[1] + 2 * n[2], 1)
        return [0, *(max(k - (k + 1) * y * n[k + 1] / max(n[k], 1), 0.1) for k in (1, 2, 3))]

    def discount(self, gram: str) -> float:
        """What the count of this gram is reduced by."""
        return self.discounts[len(gram)][min(self.counts[gram], 3)]

    def probability(self, gram: str) -> float:
        """Of the last letter after those before it."""
        p = 1 / len(SYMBOLS)
        for start in range(len(gram) - 1, -1, -1):
            known = gram[start:]
            total = self.totals[known[:-1]]
            if total:
                kept = self.counts[known] - self.discount(known)
                p = (kept + self.saved[known[:-1]] * p) / total
        return p

    def bits(self, names: Sequence[str]) -> list[np.ndarray]:
        """-log2 of the probability of the same letters and ends that the network is scored on."""
        return [
            np.array([-math.log2(self.probability(gram)) for gram in self.grams(name)])
            for name in names
        ]


def samples(model: nn.Module, count: int, rng: np.random.Generator, longest: int = 20) -> list[str]:
    """New names, letter by letter; each ends at its mark, or at the longest length."""
    read = np.zeros((count, 1), int)
    for _ in range(longest):
        found = logits(model, read)[:, -1]
        noise = rng.gumbel(size=found.shape)  # the largest of logits and Gumbel noise is a sample
        read = np.hstack([read, (found + noise).argmax(axis=1, keepdims=True)])
    lines = ("".join(SYMBOLS[number] for number in row[1:]) for row in read)
    return [line.partition(MARK)[0] for line in lines]


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: bits per character of the test names} of every saved checkpoint, with the counts."""
    train, _, test = load()
    by_counts = NGram(train, ORDER).bits(test)
    return {seed: score(restore(seed), test, by_counts) for seed in saved()}
